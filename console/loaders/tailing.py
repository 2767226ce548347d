"""The live tail: one thread of this process reads what is appended to the logs of this machine, and what comes to Cloud
Logging where a project is set, while somebody looks.

The script thread only takes what the thread has kept in memory.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

import streamlit as st

from console.loaders.door import wiring
from pipeline.errors import PipelineError
from pipeline.logs import CLOUD_LOOKS_SECONDS, START, Entry, Following, Source

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
    """Keeps the newest lines of one source."""

    def __init__(self, source: Callable[[], Source], begin: str = START, *, every: float = LOOKS_SECONDS) -> None:
        self._following, self._every, self._next = Following(source, begin), every, 0.0
        self.kept: deque[Entry] = deque(maxlen=KEPT)
        self.fault = ""

    def look(self) -> None:
        """Read what is new, when it is time to."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._every
        try:
            self.kept.extend(self._following.look())
            self.fault = ""
        except PipelineError as fault:
            self.fault = str(fault)


def seen_by(followers: Sequence[Follower]) -> Seen:
    """What all of them have kept, by time."""
    entries = sorted(chain.from_iterable(one.kept for one in followers), key=lambda entry: entry.at)
    return Seen(tuple(entries[-KEPT:]), " ".join(filter(None, (one.fault for one in followers))))


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
            followers = [Follower(parts.own_logs, parts.own_logs().end())]
            if parts.settings.log_project:
                cloud = parts.cloud_logs(since=datetime.now(UTC))
                followers.append(Follower(lambda: cloud, every=CLOUD_LOOKS_SECONDS))
            while self._wanted():
                for follower in followers:
                    follower.look()
                self._seen = seen_by(followers)
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
    """The newest lines."""
    return _watch().seen()


@st.cache_resource(show_spinner=False)
def _watch() -> _Watch:
    return _Watch()
