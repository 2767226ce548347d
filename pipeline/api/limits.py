"""So many calls a minute for each key. Counted in this process: it forgets with it, and asks no database."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MINUTE = 60.0
MOST_KEYS = 10_000


class Allowance:
    """A sliding minute for each key."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_minute
        self._clock = clock
        self._calls: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """0.0 when the call may go on, and it is counted; else the seconds until one may."""
        with self._lock:
            now = self._clock()
            calls = self._calls.setdefault(key, deque())
            self._calls.move_to_end(key)
            while calls and now - calls[0] >= MINUTE:
                calls.popleft()
            if len(calls) >= self._most:
                return MINUTE - (now - calls[0])
            calls.append(now)
            self._forget(now)
            return 0.0

    def _forget(self, now: float) -> None:
        """Drop the keys that have rested for a minute, the longest first; and the oldest where there are too many."""
        while self._calls:
            key, calls = next(iter(self._calls.items()))
            if len(self._calls) <= MOST_KEYS and calls and now - calls[-1] < MINUTE:
                return
            del self._calls[key]
