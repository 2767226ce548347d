"""Runs one stage: times it, keeps its bill, journals it, hands on the value. Stages know nothing of any of this."""

import resource
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from pipeline.domain import Stage, StageRun, StageStatus, Unit, Usage
from pipeline.errors import Cancelled, RequestDeclined
from pipeline.ports import Journal, Paid

P = ParamSpec("P")
R = TypeVar("R")
GIB = 2**30


class Maker(Protocol):
    """Who does a stage's work: a provider's family and name."""

    family: str
    name: str


class Bill:
    """Passed to a stage as `spend`: unwraps each paid value and keeps what it used, even when the stage fails later."""

    def __init__(self, journal: Journal) -> None:
        self.usage: list[Usage] = []
        self.reused = False
        self.journal = journal

    def __call__(self, paid: Paid[Any]) -> Any:
        """The value, its usage noted. Raises `Cancelled` when somebody asked to stop."""
        self.usage += paid.usage
        self.check()
        return paid.value

    def check(self) -> None:
        """Raises `Cancelled` when somebody asked to stop."""
        if self.journal.cancelled():
            raise Cancelled("The request was cancelled.")


class Trace:
    """The record of one request's stages."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.runs: list[StageRun] = []

    def run(self, stage: Stage, verb: Callable[Concatenate[Bill, P], R], /, by: Maker,
            *args: P.args, **kwargs: P.kwargs) -> R:
        """What the verb makes; the stage run is journalled however it ends."""
        bill = Bill(self.journal)
        watch = _Watch()
        self.journal.stage_started(stage, by.family, by.name)
        status, error = StageStatus.FAILED, ""
        try:
            bill.check()
            value = verb(bill, *args, **kwargs)
            status = StageStatus.CACHED if bill.reused else StageStatus.COMPLETED
            return value
        except RequestDeclined as declined:
            status, error = StageStatus.COMPLETED, str(declined)
            raise
        except BaseException as fault:
            error = f"{type(fault).__name__}: {fault}"
            raise
        finally:
            measured = () if bill.reused else watch.usage(by)  # a hit costs nothing, its milliseconds included
            self._finish(StageRun(
                stage=stage, status=status, family=by.family, model=by.name, started_at=watch.started_at,
                seconds=watch.seconds, usage=(*bill.usage, *measured), error=error,
            ))

    def skip(self, *stages: Stage) -> None:
        """Note that these stages were not asked for."""
        for stage in stages:
            self._finish(StageRun(stage=stage, status=StageStatus.SKIPPED))

    def cached(self, *stages: Stage) -> None:
        """Note that these stages' results came from the shelf, free."""
        for stage in stages:
            self._finish(StageRun(stage=stage, status=StageStatus.CACHED))

    def _finish(self, run: StageRun) -> None:
        self.runs.append(run)
        self.journal.stage_finished(run)


class _Watch:
    """Wall time and what this process used meanwhile: one lesson is made at a time in a process."""

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC)
        self._wall = time.perf_counter()
        self._cpu = _cpu_seconds()

    @property
    def seconds(self) -> float:
        return round(time.perf_counter() - self._wall, 3)

    def usage(self, by: Maker) -> tuple[Usage, ...]:
        """vCPU-seconds used and GiB-seconds held, for work that this machine did itself."""
        if by.family != "embedded":
            return ()
        held = Decimal(_resident_bytes()) / GIB * Decimal(str(self.seconds))
        quantities = {Unit.VCPU_SECOND: Decimal(str(round(_cpu_seconds() - self._cpu, 3))),
                      Unit.GIB_SECOND: held.quantize(Decimal("0.001"))}
        return tuple(Usage(provider=by.family, model=by.name, unit=u, quantity=q) for u, q in quantities.items() if q > 0)


def _cpu_seconds() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _resident_bytes() -> int:
    with suppress(OSError), open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
