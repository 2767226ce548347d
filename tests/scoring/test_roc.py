"""The area under the curve against its definition, and a calibration that learns what was put into the data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import OperatorError
from pipeline.scoring import Signs, area, curve, fit

CASES = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=30).filter(
    lambda cases: len({truth for _, truth in cases}) == 2)


@settings(max_examples=40, deadline=None)
@given(CASES)
def test_the_area_is_the_chance_that_a_true_one_has_more_of_the_sign(cases):
    sign, truth = [value for value, _ in cases], [true for _, true in cases]
    pairs = [(a, b) for a, first in cases for b, second in cases if first and not second]
    wanted = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)
    found = area(sign, truth)
    assert found.value == pytest.approx(wanted) and 0.0 <= found.low <= found.high <= 1.0
    assert area([-value for value in sign], truth).value == pytest.approx(1.0 - wanted)
    steps = [(0.0, 0.0), *((point.false_share, point.true_share) for point in curve(sign, truth))]
    under = sum((right - left) * (low + high) / 2 for (left, low), (right, high) in zip(steps, steps[1:], strict=False))
    assert under == pytest.approx(wanted, abs=1e-4) and steps[-1] == (1.0, 1.0)


def test_a_perfect_sign_has_no_doubt_and_a_useless_one_much():
    truth = [n % 2 == 0 for n in range(60)]
    assert (area([float(true) for true in truth], truth).low, area([0.0] * 60, truth).value) == (1.0, 0.5)
    noise = area(np.random.default_rng(1).normal(size=60), truth)
    assert noise.low < 0.5 < noise.high and (noise.true, noise.false) == (30, 30)


def test_claims_about_one_text_are_drawn_together_and_widen_the_interval():
    random = np.random.default_rng(7)
    sign, truth, groups = [], [], []
    for group in range(15):
        shift = random.normal(scale=2.0)
        for true in (True, False, True, False):
            sign.append(shift * (1 if true else -1) + 0.5 * true)
            truth.append(true)
            groups.append(str(group))
    alone, together = area(sign, truth), area(sign, truth, groups=groups)
    assert alone.value == together.value and together.high - together.low > alone.high - alone.low


def test_the_same_claims_always_have_the_same_interval():
    sign, truth = [0.1, 0.4, 0.35, 0.8, 0.7, 0.2], [False, False, True, True, True, False]
    assert area(sign, truth) == area(sign, truth)


@pytest.mark.parametrize("truth", [[True, True], [False, False]])
def test_without_both_kinds_there_is_no_curve(truth):
    with pytest.raises(OperatorError, match="one of the two is missing"):
        area([0.1, 0.2], truth)
    with pytest.raises(OperatorError, match="one of the two is missing"):
        fit([Signs(1.0, 1.0, 0.5)] * 2, truth, model="m", prompt="p")


def test_a_calibration_learns_which_sign_matters_and_its_probabilities_are_shares():
    random = np.random.default_rng(3)
    signs = [Signs(cover, 0.5, margin) for cover, margin in zip(random.uniform(size=400), random.uniform(-1, 1, 400), strict=True)]
    truth = [bool(random.uniform() < (0.9 if sign.margin > 0 else 0.2)) for sign in signs]
    learned = fit(signs, truth, model="m", prompt="p@1")
    assert learned.margin > 0.3 > abs(learned.cover) and learned.claims == 400
    likely = [learned.probability(sign) for sign in signs]
    assert np.mean(likely) == pytest.approx(np.mean(truth), abs=0.01)


def test_no_sign_ever_counts_against_a_claim():
    """In few claims that were written to be subtle, chance alone can make those with fewer common words the true ones."""
    signs = [Signs(cover, 0.5, margin) for cover, margin in ((0.2, 0.9), (0.3, 0.4), (0.9, -0.5), (1.0, 0.1), (0.4, -0.2), (0.8, -0.9))]
    learned = fit(signs, [True, True, False, False, True, False], model="m", prompt="p")
    assert learned.cover == 0.0 < learned.margin


def test_a_set_that_is_told_apart_without_a_fault_still_has_finite_weights():
    learned = fit([Signs(1.0, 1.0, 1.0), Signs(0.0, 0.0, -1.0)], [True, False], model="m", prompt="p")
    assert learned.probability(Signs(1.0, 1.0, 1.0)) > 0.9 and abs(learned.margin) < 50
