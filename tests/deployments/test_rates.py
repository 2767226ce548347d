"""The tests of rates: exact, symmetric where they must be, and as rare in error as they claim."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy import stats

from pipeline.deployments.rates import (
    SIGNIFICANCE,
    Rate,
    beyond_chance,
    fell,
    is_sure,
    occasions_to_see,
    quiet_needed,
    rose,
)

RATES = some.integers(1, 500).flatmap(lambda of: some.builds(Rate, some.integers(0, of), some.just(of)))
CHANCES = some.lists(some.floats(0, 1), max_size=20)


@pytest.mark.parametrize(("before", "after", "chance"), [
    (Rate(3, 3), Rate(0, 6), (3 / 9) ** 3),  # all three in the first third of the exposure
    (Rate(1, 1), Rate(0, 19), 1 / 20),
    (Rate(0, 10), Rate(0, 10), 1.0),
    (Rate(5, 10), Rate(5, 10), sum(math.comb(10, k) for k in range(6)) / 2**10),
    (Rate(5, 10), Rate(0, 0), 1.0),  # nothing ran
])
def test_the_chance_of_a_fall_is_that_of_a_binomial(before: Rate, after: Rate, chance: float):
    assert fell(before, after) == pytest.approx(chance)


@settings(max_examples=200, deadline=None)
@given(before=RATES, after=RATES)
def test_a_fall_read_backwards_is_a_rise(before: Rate, after: Rate):
    assert fell(before, after) == pytest.approx(rose(after, before))


@settings(max_examples=100, deadline=None)
@given(before=RATES.filter(lambda rate: rate.struck > 0))
def test_what_is_needed_is_enough_and_one_less_is_not(before: Rate):
    needed = quiet_needed(before)
    assert needed is not None and is_sure(fell(before, Rate(0, needed)))
    assert needed == 1 or not is_sure(fell(before, Rate(0, needed - 1)))


@settings(max_examples=100, deadline=None)
@given(before=RATES.filter(lambda rate: rate.struck > 0))
def test_two_quiet_occasions_never_tell_anything(before: Rate):
    """Even a fault of every occasion, seen for ever, leaves (1 - share) … e ** -2 = 13 % for silence by chance."""
    assert before.struck > before.of or not is_sure(fell(before, Rate(0, 2)))


def test_nothing_that_never_struck_can_be_gone():
    assert quiet_needed(Rate(0, 50)) is None


@pytest.mark.parametrize(("share", "occasions"), [(0.2, 14), (0.5, 5), (0.05, 59)])
def test_a_fault_of_this_share_would_have_shown_itself(share: float, occasions: int):
    assert occasions_to_see(share) == occasions
    assert (1 - share) ** occasions <= SIGNIFICANCE < (1 - share) ** (occasions - 1)


@settings(max_examples=200, deadline=None)
@given(chances=CHANCES)
def test_of_several_tests_only_those_hold_that_would_hold_alone(chances: list[float]):
    held = beyond_chance(chances)
    assert all(chance <= SIGNIFICANCE for chance, holds in zip(chances, held, strict=True) if holds)
    least = min(chances, default=1.0)
    assert not chances or (least <= SIGNIFICANCE / len(chances)) == any(held)


def test_where_nothing_changed_a_rise_is_seen_in_one_of_twenty_cases_at_most():
    chance = np.random.default_rng(7)
    struck = chance.poisson(0.2 * 60, size=(400, 10)), chance.poisson(0.2 * 40, size=(400, 10))
    wrong = sum(any(beyond_chance([rose(Rate(int(b), 60), Rate(int(a), 40)) for b, a in zip(*row, strict=True)]))
                for row in zip(*struck, strict=True))
    assert wrong <= stats.binom.isf(0.001, 400, SIGNIFICANCE)
