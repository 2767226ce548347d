"""Runs one stage: times it, keeps its bill, journals it, hands on the value. Stages know nothing of any of this.

A stage that has its result in the journal is neither run nor billed again: its value is handed on.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

from pipeline.bill import Bill
from pipeline.deadlines import NO_DEADLINES, Deadlines
from pipeline.domain import GenerationRequest, Lesson, Stage, StageRun, StageStatus
from pipeline.errors import RequestDeclined
from pipeline.meter import Watch
from pipeline.ports import Call, Journal, Kept

P = ParamSpec("P")
R = TypeVar("R")
Step = Callable[[str, Callable[[], None]], None]
"""Does a stage's work under its name, for an engine that keeps book of steps."""


class Maker(Protocol):
    """Who does a stage's work: a provider's family and name."""

    family: str
    name: str


class Gate(Protocol):
    """Stands before the providers."""

    def enter(self, by: Maker) -> None:
        """Waits until the provider may be asked. Raises `ProviderResting` when it is left alone."""
        ...

    def leave(self, by: Maker, fault: Exception | None) -> None:
        """The provider was asked, and this came of it."""
        ...


class OpenGate:
    """Everybody may pass."""

    def enter(self, by: Maker) -> None:
        """Pass."""

    def leave(self, by: Maker, fault: Exception | None) -> None:
        """Passed."""


class Look(Protocol):
    """Sees one request being made."""

    def stage(self, run: StageRun, calls: Sequence[Call]) -> None:
        """A stage ended, with these calls of models in it."""
        ...

    def decided(self, lesson: Lesson) -> None:
        """What came of the request."""
        ...


class Onlooker(Protocol):
    """Watches requests being made, beside the record: nothing depends on it."""

    def watch(self, request: GenerationRequest) -> AbstractContextManager[Look]:
        """Watch this one."""
        ...

    def close(self) -> None:
        """Tell what has not been told yet, and stop."""
        ...


class Nobody:
    """Nobody watches."""

    def watch(self, request: GenerationRequest) -> AbstractContextManager[Look]:
        """Nobody does."""
        return nullcontext(self)

    def close(self) -> None:
        """Nothing to tell."""

    def stage(self, run: StageRun, calls: Sequence[Call]) -> None:
        """Unseen."""

    def decided(self, lesson: Lesson) -> None:
        """Unseen."""


NOBODY = Nobody()


def plainly(name: str, work: Callable[[], None]) -> None:
    """The step of a request that no engine keeps book of."""
    work()


@dataclass(frozen=True, kw_only=True)
class _Came:
    """What an attempt at a stage came to."""

    value: object = None
    fault: Exception | None = None


class Trace:
    """The record of one run's stages. `last_try` says that no fault of it will be followed by another try."""

    def __init__(
        self, journal: Journal, *, step: Step = plainly, gate: Gate | None = None, deadlines: Deadlines = NO_DEADLINES,
        last_try: bool = True, look: Look = NOBODY,
    ) -> None:
        self.journal = journal
        self.last_try = last_try
        self._step = step
        self._look = look
        self._gate = gate or OpenGate()
        self._deadlines = deadlines.begun()

    def run(self, stage: Stage, verb: Callable[Concatenate[Bill, P], R], /, by: Maker,
            *args: P.args, **kwargs: P.kwargs) -> R:
        """What the verb makes, or made in an earlier run; the stage run is journalled however it ends."""
        kept = self.journal.recall(stage)
        if kept is not None:
            return cast(R, _told(_Came(value=kept.value, fault=kept.declined)))
        came: list[_Came] = []

        def work() -> None:
            came.append(self._attempt(stage, by, lambda bill: verb(bill, *args, **kwargs)))

        self._step(stage, work)
        if not came:  # the engine remembers the step, but the record has no result of it
            work()
        return cast(R, _told(came[0]))

    def skip(self, *stages: Stage) -> None:
        """Note that these stages were not asked for."""
        for stage in stages:
            self._without(StageRun(stage=stage, status=StageStatus.SKIPPED))

    def cached(self, *stages: Stage) -> None:
        """Note that these stages' results came from the shelf, free."""
        for stage in stages:
            self._without(StageRun(stage=stage, status=StageStatus.CACHED))

    def _without(self, run: StageRun) -> None:
        self.journal.stage_finished(run)
        self._look.stage(run, ())

    def _attempt(self, stage: Stage, by: Maker, work: Callable[[Bill], object]) -> _Came:
        """One attempt, journalled. A fault is handed on as a value: the engine need not know it."""
        try:
            self._gate.enter(by)
            bill, watch = Bill(self.journal, self._deadlines.of(stage)), Watch()
            self.journal.stage_started(stage, by.family, by.name)
            came = _tried(work, bill, watch)
            if came.fault is not None or bill.usage:  # a stage that paid for nothing has not asked its provider
                self._gate.leave(by, came.fault)
            run, kept = _stage_run(stage, by, bill, watch, came)
            self.journal.stage_finished(run, kept)
            self._look.stage(run, bill.calls)
            return came
        except Exception as fault:
            return _Came(fault=fault)


def _tried(work: Callable[[Bill], object], bill: Bill, watch: Watch) -> _Came:
    try:
        bill.check()
        with bill.open():
            return _Came(value=work(bill))
    except Exception as fault:
        return _Came(fault=fault)
    finally:
        watch.stop()


def _told(came: _Came) -> object:
    if came.fault is not None:
        raise came.fault
    return came.value


def _stage_run(stage: Stage, by: Maker, bill: Bill, watch: Watch, came: _Came) -> tuple[StageRun, Kept | None]:
    """How it went, and what is kept of it: a value, or that the request was declined."""
    status, error, kept = StageStatus.CACHED if bill.reused else StageStatus.COMPLETED, "", None
    if came.fault is None:
        kept = Kept(value=came.value, prompts=tuple(bill.prompts))
    elif isinstance(came.fault, RequestDeclined):
        error, kept = str(came.fault), Kept(declined=came.fault, prompts=tuple(bill.prompts))
    else:
        status, error = StageStatus.FAILED, f"{type(came.fault).__name__}: {came.fault}"
    measured = () if bill.reused else watch.usage(by.family, by.name)  # a hit costs nothing, its milliseconds included
    return StageRun(
        stage=stage, status=status, family=by.family, model=by.name, started_at=watch.started_at, seconds=watch.seconds,
        usage=(*bill.usage, *measured), error=error, prompts=tuple(f"{each.name}@{each.version}" for each in bill.prompts),
    ), kept
