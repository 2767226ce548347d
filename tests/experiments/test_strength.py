"""Preferences become strengths, and a judge is held beside people."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.experiments.agreement import SAID, agreement
from pipeline.experiments.strength import PRIOR, Met, strengths

NAMES = ("plain", "tuned", "other")


def met(*preferred: str | None, one: str = "plain", other: str = "tuned") -> list[Met]:
    return [Met(f"q{number}", one, other, each) for number, each in enumerate(preferred)]


def test_two_variants_stand_as_their_wins():
    found = strengths(met(*["tuned"] * 9, *["plain"] * 3), NAMES[:2])
    odds = math.log((9 + PRIOR) / (3 + PRIOR)) / 2
    assert [round(each.value, 6) for each in found.strengths] == [round(-odds, 6), round(odds, 6)]
    assert (found.pairs, found.strengths[1].wins, found.strengths[1].losses) == (12, 9, 3)
    assert found.strengths[1].low < odds < found.strengths[1].high


def test_who_always_wins_is_strong_and_not_infinitely_strong():
    assert math.isfinite(strengths(met(*["tuned"] * 30), NAMES[:2]).strengths[1].value)


def test_strength_passes_from_pair_to_pair():
    pairs = met(*["tuned"] * 8, "plain", "plain") + met(*["other"] * 8, "tuned", "tuned", one="tuned", other="other")
    plain, tuned, other = strengths(pairs, NAMES).strengths
    assert plain.value < tuned.value < other.value


def test_of_one_question_there_is_no_interval_and_of_none_there_is_nothing():
    assert strengths(met("tuned"), NAMES[:2]).strengths[0].low is None
    assert strengths([], NAMES).strengths == ()


@settings(max_examples=5, deadline=None)
@given(st.lists(st.sampled_from(["plain", "tuned", None]), min_size=2, max_size=30))
def test_the_order_of_the_two_does_not_matter(preferred):
    there = strengths(met(*preferred), NAMES[:2]).strengths
    back = strengths(met(*preferred, one="tuned", other="plain"), NAMES[:2]).strengths
    assert [each.value for each in there] == pytest.approx([each.value for each in back])
    assert [each.ties for each in there] == [each.ties for each in back] == [preferred.count(None)] * 2
    assert sum(each.value for each in there) == pytest.approx(0, abs=1e-9)


def test_a_judge_that_says_what_people_say_agrees_perfectly():
    found = agreement([("one", "one"), ("other", "other"), ("none", "none")] * 8)
    assert found.kappa == 1.0 and found.same and found.same.mean == 1.0 and "almost perfect" in found.said
    assert sum(each.count for each in found.matrix) == found.n == 24 and len(found.matrix) == 9


def test_a_judge_that_always_says_one_agrees_by_chance_alone():
    found = agreement([("one", "one")] * 10 + [("one", "other")] * 10)
    assert found.kappa == 0.0 and "do not decide by the judge" in found.said


def test_nothing_is_claimed_of_no_votes():
    assert agreement([]).kappa is None and "Nobody has voted" in agreement([]).said
    assert agreement([("one", "one")] * 5).kappa is None


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SAID), st.sampled_from(SAID)), min_size=2, max_size=15))
def test_kappa_stays_within_its_bounds(pairs):
    found = agreement(pairs)
    assert found.kappa is None or -1.0 <= found.kappa <= 1.0
