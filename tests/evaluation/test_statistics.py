"""The statistics: what must hold for any values, and a few that can be worked out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.evaluation.statistics import detectable, effect, holm, intervals, randomisation

VALUES = arrays(np.float64, st.tuples(st.integers(2, 40), st.integers(1, 3)), elements=st.floats(0, 1))
CHANCES = st.lists(st.floats(0, 1), max_size=12)


@settings(max_examples=15, deadline=None)
@given(VALUES)
def test_an_interval_holds_the_mean_and_stays_among_the_values(values):
    low, high = intervals(values)
    means = values.mean(axis=0)
    assert (low <= means + 1e-9).all() and (means <= high + 1e-9).all()
    assert (low >= values.min(axis=0) - 1e-9).all() and (high <= values.max(axis=0) + 1e-9).all()


def test_an_interval_is_repeatable_and_narrows_with_more_queries():
    values = np.random.default_rng(1).random((400, 1))
    assert [list(each) for each in intervals(values)] == [list(each) for each in intervals(values)]
    wide, narrow = (float(np.subtract(*reversed(intervals(values[:n]))).item()) for n in (40, 400))
    assert narrow < wide / 2


def test_an_interval_covers_the_truth_as_often_as_it_says():
    random = np.random.default_rng(2)
    samples = random.random((60, 200))
    low, high = intervals(samples)  # 200 samples of 60 values whose mean is known to be one half
    assert 0.90 <= float(((low <= 0.5) & (high >= 0.5)).mean()) <= 0.99


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 60))
def test_equal_systems_are_never_significant(n):
    assert randomisation(np.zeros((n, 2))) == [1.0, 1.0]


@settings(max_examples=10, deadline=None)
@given(st.integers(20, 80), st.floats(0.01, 0.5), st.integers(0, 100))
def test_a_system_that_is_better_everywhere_is_significant(n, shift, seed):
    differences = shift * (1 + np.random.default_rng(seed).random((n, 1)))
    assert randomisation(differences)[0] < 0.001


@settings(max_examples=15, deadline=None)
@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(-1, 1)))
def test_the_test_does_not_know_which_system_comes_first(differences):
    column = differences[:, None]
    assert randomisation(column) == randomisation(-column)


def test_few_queries_are_tested_exactly():
    assert randomisation(np.full((5, 1), 0.1)) == [2 / 2 ** 5]
    assert randomisation(np.array([[0.3], [-0.1]])) == [1.0]  # of the four patterns none is nearer to zero than |0.2| but the two at it
    assert randomisation(np.array([[3.0], [2.0], [-1.0]])) == [0.5]


def test_queries_that_a_comparison_does_not_have_change_nothing():
    own = np.full((6, 1), 0.2)
    assert randomisation(np.vstack([own, np.zeros((300, 1))])) == randomisation(own)


def test_chance_alone_is_called_significant_as_rarely_as_it_says():
    noise = np.random.default_rng(3).normal(size=(50, 400))
    assert 0.02 <= float((np.array(randomisation(noise)) <= 0.05).mean()) <= 0.085


@given(CHANCES)
def test_holm_never_lowers_a_chance_and_keeps_the_order(chances):
    adjusted = holm(chances)
    assert all(before <= after <= 1 for before, after in zip(chances, adjusted, strict=True))
    ranked = [after for _, after in sorted(zip(chances, adjusted, strict=True))]
    assert ranked == sorted(ranked)


@given(CHANCES, st.floats(0, 1))
def test_holm_is_stricter_the_more_is_looked_at(chances, another):
    assert all(more >= less - 1e-12 for less, more in zip(holm(chances), holm([*chances, another]), strict=False))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_the_size_of_an_effect_and_what_could_have_been_seen():
    differences = np.array([0.1, 0.3] * 50)
    assert effect(differences) == pytest.approx(0.2 / 0.100504, rel=1e-4)
    assert detectable(differences) == pytest.approx(2.801585 * 0.100504 / 10, rel=1e-4)
    assert effect(np.array([0.2, 0.2])) is None and detectable(np.array([0.2])) is None
