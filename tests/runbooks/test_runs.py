"""Runs of runbooks: steps are ticked by somebody at some time, a run ends once, and what ended stays as it was."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pipeline.database import Engine, open_database, upgrade
from pipeline.errors import BadRequest, NotAllowed
from pipeline.organisation import COMMAND_LINE, Actor, Audit
from pipeline.runbooks import Runs, RunState, find
from pipeline.tables import UserRole

BOOK = find("dead-letters")
GROUP = "c1-3bd04723d169"
VERA = Actor(user_id="vera", name="Vera", role=UserRole.ENGINEERING)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    upgrade(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


def test_a_run_keeps_who_did_what_and_when(engine: Engine):
    moments = iter(datetime(2025, 11, 4, tzinfo=UTC) + timedelta(minutes=n) for n in range(100))
    runs = Runs(engine, clock=lambda: next(moments))
    run = runs.start(VERA, BOOK, fingerprint=GROUP)
    runs.tick(VERA, run.run_id, 2)
    runs.tick(COMMAND_LINE, run.run_id, 1)
    again = runs.tick(VERA, run.run_id, 1)
    assert [(tick.step, tick.by) for tick in again.ticks] == [(1, "command line"), (2, "Vera")]
    assert again.ticks[0].at > again.ticks[1].at > run.started_at
    assert runs.untick(VERA, run.run_id, 2).done == {1}
    assert runs.all(fingerprint=GROUP) == [runs.run(run.run_id)] and runs.all(runbook="other") == []
    actions = [change.action for change in Audit(engine).entries(COMMAND_LINE, action="runbook.")]
    assert sorted(actions) == ["runbook.started", "runbook.ticked", "runbook.ticked", "runbook.unticked"]


def test_an_open_run_for_the_same_group_goes_on(engine: Engine):
    runs = Runs(engine)
    first = runs.start(VERA, BOOK, fingerprint=GROUP)
    assert runs.start(COMMAND_LINE, BOOK, fingerprint=GROUP) == first
    assert runs.start(VERA, BOOK).run_id != first.run_id
    runs.abandon(VERA, first.run_id, why="the other one fits better")
    assert runs.start(VERA, BOOK, fingerprint=GROUP).run_id != first.run_id


def test_steps_that_are_left_need_a_reason(engine: Engine):
    runs = Runs(engine)
    run = runs.start(VERA, BOOK)
    with pytest.raises(BadRequest, match="why: must have 1 to 500"):
        runs.finish(VERA, run.run_id)
    for step in range(1, run.steps + 1):
        runs.tick(VERA, run.run_id, step)
    ended = runs.finish(VERA, run.run_id)
    assert (ended.state, ended.ended_by, ended.why) == (RunState.FINISHED, "Vera", "")


@pytest.mark.parametrize("act", [
    lambda runs, actor: runs.start(actor, BOOK), lambda runs, actor: runs.tick(actor, 1, 1),
    lambda runs, actor: runs.finish(actor, 1), lambda runs, actor: runs.abandon(actor, 1, why="x"),
])
def test_a_viewer_works_through_nothing(tmp_path, act):
    with pytest.raises(NotAllowed):
        act(Runs(open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")), Actor(user_id="v", name="V", role=UserRole.VIEWER))


def test_what_is_not_there_is_one_sentence(engine: Engine):
    runs = Runs(engine)
    run = runs.start(VERA, BOOK)
    for step in (0, run.steps + 1):
        with pytest.raises(BadRequest, match=f"step: must be 1 to {run.steps}"):
            runs.tick(VERA, run.run_id, step)
    with pytest.raises(BadRequest, match="none with the number 99"):
        runs.run(99)


class Working(RuleBasedStateMachine):
    """Any order of ticks and ends."""

    engine: Engine

    def __init__(self) -> None:
        super().__init__()
        self.runs = Runs(self.engine)
        self.run = self.runs.start(VERA, BOOK, fingerprint=str(id(self)))
        self.done: set[int] = set()
        self.state = RunState.OPEN

    @rule(step=some.integers(1, len(BOOK.steps)), on=some.booleans())
    def tick(self, step: int, on: bool) -> None:
        act = self.runs.tick if on else self.runs.untick
        if self.state is not RunState.OPEN:
            with pytest.raises(BadRequest, match=str(self.state)):
                act(VERA, self.run.run_id, step)
            return
        act(VERA, self.run.run_id, step)
        (self.done.add if on else self.done.discard)(step)

    @rule(finish=some.booleans())
    def end(self, finish: bool) -> None:
        act = self.runs.finish if finish else self.runs.abandon
        if self.state is not RunState.OPEN:
            with pytest.raises(BadRequest, match="start a new one"):
                act(VERA, self.run.run_id, why="enough")
            return
        act(VERA, self.run.run_id, why="enough")
        self.state = RunState.FINISHED if finish else RunState.ABANDONED

    @invariant()
    def what_is_kept_is_what_was_done(self) -> None:
        kept = self.runs.run(self.run.run_id)
        assert (kept.done, kept.state) == (self.done, self.state)
        assert (kept.ended_at is None) == (self.state is RunState.OPEN)


def test_any_order_of_ticks_and_ends_is_kept(tmp_path):
    address = f"sqlite:///{tmp_path / 'runs.sqlite'}"
    upgrade(address)
    engine = open_database(address)
    machine = type("Case", (Working,), {"engine": engine}).TestCase
    machine.settings = settings(max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    machine().runTest()
    engine.dispose()
