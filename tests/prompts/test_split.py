"""Splits of the traffic: shares that sum to 100, a student who always gets the same, arms in proportion."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.prompts import Arm, Shares, assign


@st.composite
def shares(draw: Any) -> Shares:
    cuts = sorted(draw(st.sets(st.integers(1, 99), min_size=1, max_size=4)))
    sizes = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    return Shares(salt=draw(st.text("abcdef", min_size=1)), arms=tuple(
        Arm(name=f"arm-{n}", share=size, prompts={"hook": f"v{n}"}) for n, size in enumerate(sizes)))


def two(first: int, second: int, **parts: Any) -> Shares:
    arms = (Arm(name="a", share=first, prompts={"hook": "1"}), Arm(name="b", share=second, prompts={"hook": "2"}))
    return Shares.model_validate({"salt": "s", "arms": arms, **parts})


@given(shares(), st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_every_student_has_one_arm_and_keeps_it(split: Shares, student: str):
    assert assign(split, student) == assign(split, student)
    assert sum(arm.share for arm in split.arms) == 100


@given(shares())
@settings(max_examples=8, deadline=None)
def test_the_arms_are_in_proportion(split: Shares):
    """Within five standard deviations of the binomial: wrong once in a million."""
    n = 4000
    given_to = [assign(split, f"student-{number}").name for number in range(n)]
    for arm in split.arms:
        share = arm.share / 100
        assert abs(given_to.count(arm.name) - n * share) < 5 * (n * share * (1 - share)) ** 0.5 + 1


def test_two_splits_do_not_draw_the_same_students():
    students = [f"student-{number}" for number in range(2000)]
    one, other = two(50, 50), two(50, 50, salt="another")
    both = sum(assign(one, s).name == assign(other, s).name == "b" for s in students)
    assert 400 < both < 600  # a quarter, not a half


def test_widening_an_arm_moves_nobody_out_of_it():
    students = [f"student-{number}" for number in range(500)]
    narrow = {s for s in students if assign(two(10, 90), s).name == "a"}
    wide = {s for s in students if assign(two(30, 70), s).name == "a"}
    assert narrow < wide


@pytest.mark.parametrize(("arms", "said"), [
    ([("a", 50, "hook"), ("b", 49, "hook")], "sum to 99"),
    ([("a", 50, "hook"), ("a", 50, "hook")], "two arms have one name"),
    ([("a", 50, "hook"), ("b", 50, "link")], "must name the same prompts"),
    ([("a", 99, "hook")], "at least 2"),
    ([("a", 0, "hook"), ("b", 99, "hook")], "greater than or equal to 1"),
])
def test_shares_that_cannot_be_are_refused(arms: list[tuple[str, int, str]], said: str):
    with pytest.raises(ValidationError, match=said):
        Shares(salt="s", arms=tuple(Arm(name=name, share=share, prompts={prompt: name}) for name, share, prompt in arms))
