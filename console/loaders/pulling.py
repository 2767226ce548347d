"""Reading the logs in the background: at most one pull at a time in this process, and what it brought so far."""

import logging
import threading
from datetime import UTC, datetime
from typing import NamedTuple

import streamlit as st

from console.loaders import deployments
from console.loaders.door import door, wiring
from pipeline.errors import PipelineError
from pipeline.incidents import Pulled
from pipeline.wiring import Wiring

logger = logging.getLogger(__name__)
PROCESSES = 1
"""Lines are parsed in a process of their own, so that pages stay quick."""
FRESH_SECONDS = 45.0
"""How old what was read may be while somebody looks."""


class Pulling(NamedTuple):
    """How far the last pull is."""

    running: bool = False
    so_far: Pulled = Pulled()
    faults: tuple[str, ...] = ()
    """Sentences of sources that could not be read."""
    ended_at: datetime | None = None
    by_itself: bool = False
    """Whether nobody asked for it."""


class _Puller:
    """The one pull of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.state = Pulling()

    def start(self, parts: Wiring, *, by_itself: bool = False) -> None:
        """Begin, unless one is under way, or, by itself, has just ended."""
        with self._lock:
            ended, now = self.state.ended_at, datetime.now(UTC)
            if self.state.running or (by_itself and ended and (now - ended).total_seconds() < FRESH_SECONDS):
                return
            self.state = Pulling(running=True, by_itself=by_itself)
        threading.Thread(target=self._run, args=(parts,), name="pull", daemon=True).start()

    def _run(self, parts: Wiring) -> None:
        done, faults = Pulled(), list[str]()
        try:
            for source in parts.log_sources():
                before = done
                try:
                    done = together(before, parts.incidents.pull(
                        source, processes=PROCESSES, told=lambda so_far, before=before: self._so_far(together(before, so_far))))  # type: ignore[misc]
                except PipelineError as fault:
                    faults.append(f"{source.name} could not be read: {fault}")
            parts.deployments.collect()
            parts.incidents.regroup()
        except Exception:
            logger.exception("pull failed", extra={"action": "pull_failed"})
            faults.append("The pull ended early: see the log of the console.")
        finally:
            self.state = self.state._replace(running=False, faults=tuple(faults), ended_at=datetime.now(UTC))

    def regroup(self, parts: Wiring) -> None:
        """Look at stored lines again where rules began or ended."""
        threading.Thread(target=self._regroup, args=(parts,), name="regroup", daemon=True).start()

    def _regroup(self, parts: Wiring) -> None:
        try:
            parts.incidents.regroup()
        except Exception:
            logger.exception("regrouping ended", extra={"action": "regroup_failed"})

    def _so_far(self, brought: Pulled) -> None:
        self.state = self.state._replace(so_far=brought)


def state() -> Pulling:
    """How far it is."""
    return _puller().state


def start() -> None:
    """Begin to read all sources of this installation. Raises `NotAllowed`."""
    deployments.allowed()
    with door() as parts:
        parts.engine.connect().close()  # a database that cannot be reached is told here, and not in the background
    _puller().start(wiring())


def freshen() -> None:
    """Read what is new in the background, where there is a log and it was not read just now."""
    parts = wiring()
    if parts.settings.log_project or parts.own_logs().paths:
        _puller().start(parts, by_itself=True)


def regroup() -> None:
    """Have stored lines looked at again in the background, after a rule began or ended; each pull goes on with it."""
    _puller().regroup(wiring())


def together(one: Pulled, other: Pulled) -> Pulled:
    """What two pulls brought."""
    counts = {name: getattr(one, name) + getattr(other, name) for name in ("lines", "errors", "others", "unparsed", "duplicates")}
    return Pulled(**counts, new_groups=tuple(dict.fromkeys((*one.new_groups, *other.new_groups))))


@st.cache_resource(show_spinner=False)
def _puller() -> _Puller:
    return _Puller()
