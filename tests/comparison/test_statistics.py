"""Intervals: exact where there is a closed form, and covering what they claim to cover."""

import numpy as np
import pytest

from pipeline.comparison.statistics import paired_bootstrap, wilson


@pytest.mark.parametrize(("k", "n", "low", "high"), [
    (0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662),
])
def test_wilsons_interval_is_the_one_of_the_tables(k: int, n: int, low: float, high: float):
    interval = wilson(k, n)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=2e-4)
    assert interval.value == k / n and interval.n == n


def test_a_share_of_nothing_has_no_interval():
    assert wilson(0, 0) is None and paired_bootstrap([], seed=1) is None


def test_one_pair_is_a_value_without_bounds():
    assert paired_bootstrap([0.5], seed=1).model_dump() == {"value": 0.5, "low": None, "high": None, "n": 1}


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly_the_same():
    numbers = [0.1 * k for k in range(20)]
    assert paired_bootstrap(numbers, seed=3) == paired_bootstrap(numbers, seed=3)
    assert paired_bootstrap(numbers, seed=3).low == pytest.approx(paired_bootstrap(numbers, seed=4).low, abs=0.05)


def test_equal_differences_leave_no_doubt():
    interval = paired_bootstrap([2.0] * 5, seed=1)
    assert (interval.value, interval.low, interval.high) == (2.0, 2.0, 2.0)


def test_the_interval_covers_the_true_mean_about_as_often_as_it_says():
    chance = np.random.default_rng(11)
    hits = 0
    for run in range(200):
        interval = paired_bootstrap(chance.normal(1.0, 2.0, size=40).tolist(), seed=run)
        hits += interval.low <= 1.0 <= interval.high
    assert 0.90 <= hits / 200 <= 0.98
