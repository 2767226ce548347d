"""What this process uses, shared out among the stages that run in it: together they never bill more than it used.

Most of a stage's work is done by threads that are not its own (a language model keeps a pool of them for all its callers),
so a thread's clock would miss it. Processor time and memory between two moments are divided equally among the stages
that were under way; with one stage at a time that is exact.
"""

import resource
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from pipeline.domain import Unit, Usage

GIB = 2**30


@dataclass
class Share:
    """What one stage has used so far."""

    vcpu_seconds: float = 0.0
    gib_seconds: float = 0.0


class Meter:
    """The use of one process. One per process, or each would count the whole again."""

    def __init__(self, *, clock: Callable[[], float] | None = None, cpu: Callable[[], float] | None = None) -> None:
        self._clock, self._used = clock or time.perf_counter, cpu or _cpu_seconds
        self._lock = threading.Lock()
        self._open: list[Share] = []
        self._at, self._cpu = self._clock(), self._used()

    def start(self) -> Share:
        """A share that grows from now on."""
        with self._lock:
            self._settle()
            self._open.append(Share())
            return self._open[-1]

    def stop(self, share: Share) -> None:
        """The share has its last value now."""
        with self._lock:
            self._settle()
            self._open = [other for other in self._open if other is not share]

    def _settle(self) -> None:
        at, cpu = self._clock(), self._used()
        if self._open:
            held = resident_bytes() / GIB * (at - self._at)
            for share in self._open:
                share.vcpu_seconds += (cpu - self._cpu) / len(self._open)
                share.gib_seconds += held / len(self._open)
        self._at, self._cpu = at, cpu


def _cpu_seconds() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def resident_bytes() -> int:
    """The memory that this process holds."""
    with suppress(OSError), open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


METER = Meter()
"""Of this process."""
OWN = "embedded"
"""The family whose work this machine does itself."""


class Watch:
    """Wall time of one stage, and its share of what the process used meanwhile."""

    def __init__(self) -> None:
        self.started_at = datetime.now(UTC)
        self.seconds = 0.0
        self._wall = time.perf_counter()
        self._share = METER.start()

    def stop(self) -> None:
        """The stage has ended."""
        METER.stop(self._share)
        self.seconds = round(time.perf_counter() - self._wall, 3)

    def usage(self, family: str, model: str) -> tuple[Usage, ...]:
        """vCPU-seconds used and GiB-seconds held, for work that this machine did itself."""
        if family != OWN:
            return ()
        used = {Unit.VCPU_SECOND: self._share.vcpu_seconds, Unit.GIB_SECOND: self._share.gib_seconds}
        counted = {unit: Decimal(str(round(quantity, 3))) for unit, quantity in used.items()}
        return tuple(Usage(provider=family, model=model, unit=u, quantity=q) for u, q in counted.items() if q > 0)
