"""Splits of the traffic: who gets what is recorded, a request keeps its arm, and harm stops it however often one looks."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.domain import Status
from pipeline.errors import BadRequest, OperatorError
from pipeline.organisation import COMMAND_LINE, Audit
from pipeline.registry import GUARDS, Arm, Registry, Split
from pipeline.registry.guarding import ALPHA, evidence, limit
from pipeline.tables import ExposureRow, ReviewRow
from tests.registry.conftest import CARLA, PAUL, Desk, longer

REPLACED = {"script": {"sentences": [{"origin": "book"}, {"origin": "replaced"}]}}


def arms(*shares: int, refs: Sequence[str] = ("production", "plain"), prompts: Sequence[str] = ("hook", "link")) -> list[Arm]:
    return [Arm(name=ref, share=share, prompts=dict.fromkeys(prompts, ref)) for ref, share in zip(refs, shares, strict=True)]


def exposures(desk: Desk) -> list[tuple[str, str]]:
    with Session(desk.engine) as session:
        return list(session.execute(select(ExposureRow.request_id, ExposureRow.arm).order_by(ExposureRow.request_id)).tuples())


def serve(desk: Desk, registry: Registry, students: int, *, numbers: Any = None) -> None:
    """Each student asks once."""
    for number in numbers or range(students):
        registry.book(desk.accept(f"r{number:04}", f"student-{number}"))


def test_students_are_told_apart_and_what_they_got_is_recorded(desk: Desk):
    registry = desk.registry()
    split = registry.start_split(PAUL, arms(50, 50), why="Is plain good enough?")
    books = {number: registry.book(desk.accept(f"r{number}", f"student-{number}")) for number in range(12)}
    plain = registry.labelled("plain")
    got = {f"r{number}": "plain" if book.versions["hook"] == plain["hook"] else "production" for number, book in books.items()}
    assert dict(exposures(desk)) == got and set(got.values()) == {"plain", "production"}
    assert all((book.versions["link"] == plain["link"]) == (got[f"r{number}"] == "plain") for number, book in books.items())
    look = registry.look(split.split_id)
    assert [arm.requests for arm in look.arms] == [list(got.values()).count("production"), list(got.values()).count("plain")]
    assert {entry.name: entry.split_id for entry in registry.entries() if entry.split_id} == {"hook": split.split_id, "link": split.split_id}


def test_a_request_that_is_taken_up_again_keeps_its_arm_after_the_split_ended(desk: Desk):
    registry = desk.registry()
    split = registry.start_split(PAUL, arms(1, 99), why="try")
    request = desk.accept("r", "student-1")
    first = registry.book(request).versions
    assert first["hook"] == registry.labelled("plain")["hook"]
    registry.stop_split(PAUL, split.split_id, why="enough")
    assert registry.book(request).versions == first
    assert registry.book(desk.accept("later", "student-1")).versions == registry.production().versions
    assert len(exposures(desk)) == 1


@pytest.mark.parametrize("fields", [{"fresh": True}, {"prompts": {"hook": "v1"}}, {"revision_of": "r"}])
def test_what_is_no_students_own_request_takes_no_part(light: Desk, fields: dict[str, Any]):
    registry = light.registry()
    registry.start_split(PAUL, arms(1, 99), why="try")
    light.accept("r", "nobody")
    registry.book(light.accept("mine", "student", **fields))
    assert exposures(light) == []


def test_a_request_outside_of_the_record_takes_no_part(light: Desk):
    registry = light.registry()
    registry.start_split(PAUL, arms(1, 99), why="try")
    request = light.accept("r", "student").model_copy(update={"request_id": "nowhere"})
    assert registry.book(request).versions == registry.production().versions and exposures(light) == []


def test_pins_are_what_a_request_is_made_by(light: Desk):
    registry = light.registry()
    plain = registry.labelled("plain")
    book = registry.book(light.accept("r", "student", prompts=plain))
    assert {name: book.versions[name] for name in plain} == plain
    assert book.versions["nlu"] == registry.production().versions["nlu"]
    with pytest.raises(OperatorError, match="pins a prompt that cannot be had.*hook has none"):
        registry.book(light.accept("s", "student", prompts={"hook": "0123456789"}))


@pytest.mark.parametrize(("given", "said"), [
    (arms(50, 49), "sum to 99"), (arms(50, 50, refs=("v1", "production")), "same versions"),
    (arms(50, 50, refs=("production", "nowhere")), "hook has none"), (arms(50, 50)[:1], "at least 2"),
])
def test_a_split_that_tells_nothing_apart_is_refused(light: Desk, given: list[Arm], said: str):
    with pytest.raises(BadRequest, match=said):
        light.registry().start_split(PAUL, given, why="try")


def test_a_prompt_is_in_one_open_split_and_moving_production_ends_it(light: Desk):
    registry = light.registry()
    split = registry.start_split(PAUL, arms(50, 50), why="try")
    with pytest.raises(BadRequest, match=f"hook is in split {split.split_id} already"):
        registry.start_split(PAUL, arms(50, 50, prompts=("hook",)), why="another")
    registry.promote(PAUL, registry.labelled("plain"), override="plain is enough")
    ended = registry.splits()[0]
    assert not ended.open and ended.ended_why == "The production version of hook was moved." and ended.ended_by == "Paul"
    with pytest.raises(BadRequest, match="has ended"):
        registry.stop_split(PAUL, split.split_id, why="again")


def test_it_ends_when_its_time_is_over(light: Desk):
    registry = light.registry()
    registry.start_split(PAUL, arms(50, 50), why="a day", ends_at=light.now + timedelta(days=1))
    assert registry.watch() == []
    light.wait(days=1)
    registry.keep_watch()
    assert [(split.open, split.ended_by, split.ended_why) for split in registry.splits()] == [
        (False, "stop rule", "Its time was over.")]
    with pytest.raises(BadRequest, match="ends_at: must lie ahead"):
        registry.start_split(PAUL, arms(50, 50), why="yesterday", ends_at=light.now)


def test_an_arm_that_does_harm_is_stopped_with_the_figures(desk: Desk):
    registry = desk.registry()
    split = registry.start_split(PAUL, arms(50, 50), why="try")
    serve(desk, registry, 40)
    for request_id, arm in exposures(desk):
        desk.decide(request_id, Status.COMPLETED, REPLACED if arm == "plain" else {})
    look = registry.look(split.split_id)
    worst = next(guard for guard in look.arms[1].guards if guard.guard == "replaced")
    assert (worst.arm_bad, worst.control_bad) == (look.arms[1].students, 0) and worst.harmful and look.harmful == (worst,)
    ended, = registry.watch()
    assert "stock sentence stands there" in ended.split.ended_why and not ended.split.open and registry.watch() == []
    assert registry.book(desk.accept("after", "student-1")).versions == registry.production().versions
    entry = Audit(desk.engine).entries(COMMAND_LINE, action="prompt.split_ended")[0]
    assert entry.actor_name == "stop rule"


def test_each_guard_counts_a_student_once(light: Desk):
    registry = light.registry()
    split = registry.start_split(PAUL, arms(1, 99), why="try")
    ends = [(Status.FAILED, None), (Status.PARTIAL, {}), (Status.OUT_OF_SCOPE, {}), (Status.CANCELLED, None), (Status.COMPLETED, REPLACED)]
    for number, (status, result) in enumerate(ends):
        registry.book(light.accept(f"r{number}", "student-1"))
        light.decide(f"r{number}", status, result)
    registry.book(light.accept("waiting", "student-1"))
    with Session(light.engine) as session, session.begin():
        session.add(ReviewRow(request_id="r3", rating=2, note="", created_at=light.now))
    arm = registry.look(split.split_id).arms[1]
    assert (arm.students, arm.requests) == (1, 6)
    assert {guard.guard: guard.arm_bad for guard in arm.guards} == {
        "failed": 1, "declined": 1, "replaced": 1, "slow": 0, "disliked": 1}
    assert set(GUARDS) == {guard.guard for guard in arm.guards}


# the stop rule


@given(some.integers(0, 60), some.integers(0, 60), some.floats(0.01, 0.99))
@settings(max_examples=200, deadline=None)
def test_the_e_value_is_a_fair_game(inside: int, outside: int, share: float):
    """Of the next student who meets trouble nothing is expected: that is what makes looking at any time harmless."""
    now = evidence(inside, inside + outside, share)
    expected = share * evidence(inside + 1, inside + outside + 1, share) + (1 - share) * evidence(inside, inside + outside + 1, share)
    assert expected == pytest.approx(now, rel=1e-6)
    assert evidence(0, 0, share) == pytest.approx(1.0)


def test_looking_after_every_student_stops_fewer_than_one_harmless_split_in_twenty():
    """1,000 splits without harm, 200 students with trouble each, looked at 200 times: the exact bound is 5 %."""
    random = np.random.default_rng(1)
    value = {(k, n): evidence(k, n, 0.5) for n in range(201) for k in range(n + 1)}
    stopped = sum(
        any(value[int(k), n] >= 1 / ALPHA for n, k in enumerate(np.cumsum(random.random(200) < 0.5), start=1)) for _ in range(1000))
    assert 0 < stopped < 1000 * ALPHA


def test_an_arm_with_three_times_the_trouble_is_stopped_within_100_students_with_trouble():
    random = np.random.default_rng(2)
    needed = []
    for _ in range(200):
        inside = np.cumsum(random.random(400) < 0.75)
        needed.append(next(n for n in count(1) if evidence(int(inside[n - 1]), n, 0.5) >= limit(5, 1)))
    assert np.median(needed) < 60 and np.quantile(needed, 0.95) < 110


def test_more_guards_and_arms_need_more_evidence():
    assert limit(1, 1) == pytest.approx(20) and limit(5, 2) == pytest.approx(200)


def test_a_new_version_may_be_tried_on_a_few(light: Desk):
    registry = light.registry()
    saved = registry.save(CARLA, longer(registry), message="longer")
    split: Split = registry.start_split(
        PAUL, [Arm(name="now", share=90, prompts={"hook": "production"}), Arm(name="new", share=10, prompts={"hook": "v3"})], why="try")
    assert split.shares.arms[1].prompts == {"hook": saved.version}
    assert registry.splits(only_open=True) == [split]
