"""What stands before the providers: as many stages a minute as were agreed, and none while a provider rests."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from pipeline.errors import ProviderResting, ProviderUnavailable
from pipeline.tables import BreakerState
from pipeline.trace import Maker
from pipeline.tracking import Breaker, Record
from pipeline.work import breaker

LOOKS_EVERY_SECONDS = 1.0


class Bucket:
    """Tokens that come back at a rate; a full bucket is a minute's worth, at most ten."""

    def __init__(self, per_minute: float, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._rate = per_minute / 60
        self._most = max(1.0, min(10.0, per_minute))
        self._tokens = self._most
        self._clock, self._sleep = clock, sleep
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Wait for a token; those who come at the same time wait one after the other."""
        with self._lock:
            self._fill()
            if self._tokens < 1:
                self._sleep((1 - self._tokens) / self._rate)
                self._fill()
            self._tokens -= 1

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._rate)
        self._at = now


class ProviderGate:
    """`pipeline.trace.Gate` of a worker. Breakers are shared through the record; rates are each worker's own."""

    def __init__(
        self, record: Record, rates: Mapping[str, float], *, clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep, today: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._record = record
        self._buckets = {family: Bucket(rate, clock=clock, sleep=sleep) for family, rate in rates.items()}
        self._clock, self._today = clock, today
        self._known: dict[str, Breaker] = {}
        self._looked: float | None = None

    def enter(self, by: Maker) -> None:
        """Wait for the family's next token. Raises `ProviderResting` while the provider is left alone."""
        found = self._look().get(_name(by))
        if found is not None and found.state is BreakerState.OPEN:
            if seconds := breaker.rest(found, self._today()):
                raise ProviderResting(f"{by.name} failed {found.failures} times in a row and is left alone for now "
                                      f"({found.last_error})", seconds=seconds)
            self._change(_name(by), lambda now: breaker.asked(now, self._today()))
        if by.family in self._buckets:
            self._buckets[by.family].take()

    def leave(self, by: Maker, fault: Exception | None) -> None:
        """Count what came of it: an answer, or none."""
        name = _name(by)
        if isinstance(fault, ProviderUnavailable | TimeoutError | ConnectionError):
            error = str(fault) or type(fault).__name__
            self._change(name, lambda now: breaker.failed(now, self._today(), error))
        elif fault is None and name in self._known:
            known = self._known[name]
            if known.failures or known.state is not BreakerState.CLOSED:
                self._change(name, lambda now: breaker.succeeded(now, self._today()))

    def _change(self, name: str, change: Callable[[Breaker], Breaker]) -> None:
        self._known = {**self._known, name: self._record.change_breaker(name, change)}

    def _look(self) -> Mapping[str, Breaker]:
        if self._looked is None or self._clock() - self._looked >= LOOKS_EVERY_SECONDS:
            self._looked = self._clock()
            self._known = {found.provider: found for found in self._record.breakers()}
        return self._known


def _name(by: Maker) -> str:
    return f"{by.family}/{by.name}"
