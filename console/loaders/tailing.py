"""The live tail: one thread of this process reads what is appended to the logs of this machine while somebody looks.

The script thread only takes what the thread has kept in memory.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from console.loaders.door import wiring
from pipeline.errors import PipelineError
from pipeline.logs import Entry, Source

logger = logging.getLogger(__name__)
KEPT = 2_000
LOOKS_SECONDS, IDLE_SECONDS = 1.0, 30.0
"""How often it looks, and for how long after somebody looked last."""


class Seen(NamedTuple):
    """What the thread has kept."""

    entries: Sequence[Entry] = ()
    """The oldest first."""
    fault: str = ""


class Follower:
    """Follows one source from a cursor on; the source is made anew for each look, as its folder may come later."""

    def __init__(self, source: Callable[[], Source], begin: str) -> None:
        self._source, self._cursor = source, begin
        self._kept: deque[Entry] = deque(maxlen=KEPT)
        self._fault = ""

    def look(self) -> None:
        """Read what is new."""
        try:
            for piece in self._source().pieces(self._cursor):
                self._kept.extend(piece.read().entries)
                self._cursor = piece.cursor
            self._fault = ""
        except PipelineError as fault:
            self._fault = str(fault)

    def seen(self) -> Seen:
        """What is kept now."""
        return Seen(tuple(self._kept), self._fault)


class _Watch:
    """The thread, while somebody looks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._looked = 0.0
        self._seen = Seen()

    def seen(self) -> Seen:
        """What is kept; begins to follow where nobody looked before."""
        with self._lock:
            self._looked = time.monotonic()
            if self._thread is None:
                self._seen = Seen()
                self._thread = threading.Thread(target=self._follow, name="tail", daemon=True)
                self._thread.start()
            return self._seen

    def _follow(self) -> None:
        try:
            parts = wiring()
            follower = Follower(parts.own_logs, parts.own_logs().end())
            while self._wanted():
                follower.look()
                self._seen = follower.seen()
                time.sleep(LOOKS_SECONDS)
        except Exception:
            logger.exception("tail ended", extra={"action": "tail_ended"})
            with self._lock:
                self._thread, self._seen = None, Seen(fault="The logs cannot be followed: see the log of the console.")

    def _wanted(self) -> bool:
        with self._lock:
            if time.monotonic() - self._looked < IDLE_SECONDS:
                return True
            self._thread = None
            return False


def seen() -> Seen:
    """The newest lines of this machine's logs."""
    return _watch().seen()


@st.cache_resource(show_spinner=False)
def _watch() -> _Watch:
    return _Watch()
