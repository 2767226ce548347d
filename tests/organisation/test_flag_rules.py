"""How a flag is decided: a table of cases with their words, and what holds for every user and every percentage."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.organisation import FLAGS
from pipeline.organisation.flag_rules import FlagState, Override, decide, rollout_place

NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EXAMS = Override(enabled=False, reason="exam week", organization="Hillsboro")
PILOT = Override(enabled=True, reason="pilot")
users = st.text(max_size=40)
percentages = st.integers(0, 100)


def flag(**fields: Any) -> FlagState:
    return FlagState(**{"key": "video_generation", "enabled": True, **fields})


@pytest.mark.parametrize(("state", "override", "why"), [
    (flag(), None, "on for everybody"),
    (flag(enabled=False), None, "off for everybody"),
    (flag(rollout_percentage=14), None, "off: 14 % roll-out, this user is at 14"),  # the place counts from 0
    (flag(rollout_percentage=15), None, "on: 15 % roll-out, this user is at 14"),
    (flag(rollout_percentage=0), None, "off: 0 % roll-out, this user is at 14"),
    (flag(starts_at=NOW + DAY), None, "off: scheduled from 2026-11-03 08:00 UTC"),
    (flag(starts_at=NOW), None, "on for everybody"),  # the start is inside
    (flag(ends_at=NOW), None, "off: ended 2026-11-02 08:00 UTC"),  # the end is outside
    (flag(ends_at=NOW + DAY, starts_at=NOW - DAY, enabled=False), None, "off for everybody"),
    (flag(starts_at=NOW + DAY, enabled=False), None, "off: scheduled from 2026-11-03 08:00 UTC"),
    (flag(), EXAMS, "off: organisation override of Hillsboro (exam week)"),
    (flag(ends_at=NOW - DAY), PILOT, "on: user override (pilot)"),  # an override beats the schedule,
    (flag(enabled=False, rollout_percentage=0), PILOT, "on: user override (pilot)"),  # and everything else
    (flag(), Override(enabled=False), "off: user override"),
])
def test_a_decision_says_why(state: FlagState, override: Override | None, why: str):
    switch = decide(state, "sam", NOW, override)
    assert switch.why == why and switch.on == why.startswith("on")


def test_the_same_moment_in_another_zone_is_the_same_moment():
    oregon = timezone(timedelta(hours=-8))
    assert not decide(flag(starts_at=NOW + DAY), "sam", (NOW + DAY).astimezone(oregon) - timedelta(seconds=1)).on
    assert decide(flag(starts_at=NOW + DAY), "sam", (NOW + DAY).astimezone(oregon)).on


def test_the_place_in_a_roll_out_is_the_one_the_original_gave():
    """The first 8 digits of `printf %s video_generation:user_123 | sha256sum`, modulo 100, worked out in a shell."""
    assert rollout_place("video_generation", "user_123") == 48
    assert rollout_place("images", "user_123") == 80


@given(users, percentages, percentages)
def test_raising_the_percentage_never_takes_a_flag_away(user: str, one: int, other: int):
    low, high = (decide(flag(rollout_percentage=each), user, NOW).on for each in sorted((one, other)))
    assert low <= high


@given(users, percentages)
def test_the_same_user_always_gets_the_same(user: str, percentage: int):
    state = flag(rollout_percentage=percentage)
    assert decide(state, user, NOW) == decide(state, user, NOW + DAY)


@given(users)
def test_nought_per_cent_is_nobody_and_a_hundred_everybody(user: str):
    assert not decide(flag(rollout_percentage=0), user, NOW).on
    assert decide(flag(rollout_percentage=100), user, NOW).on


@given(users, percentages, st.booleans(), st.booleans())
def test_an_override_always_decides(user: str, percentage: int, enabled: bool, overridden: bool):
    state = flag(rollout_percentage=percentage, enabled=enabled, ends_at=NOW)
    assert decide(state, user, NOW, Override(enabled=overridden)).on == overridden


def test_a_roll_out_reaches_about_its_share_and_each_flag_another_part():
    people = [f"user_{number}" for number in range(2000)]
    places = {key: [rollout_place(key, person) for person in people] for key in FLAGS}
    shares = {key: sum(place < 30 for place in found) / len(people) for key, found in places.items()}
    assert all(0.26 < share < 0.34 for share in shares.values())
    assert len({tuple(found) for found in places.values()}) == len(FLAGS)
