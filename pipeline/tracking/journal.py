"""`pipeline.ports.Journal` for one run of one request: the record hears what happens, the log gets a line per stage."""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from pipeline.domain import Stage, StageRun
from pipeline.errors import LostLease
from pipeline.ports import Kept
from pipeline.tracking.connected import database_is_away, now
from pipeline.tracking.record import Record
from pipeline.tracking.results import dump, load
from pipeline.tracking.stages import Closed, Opened

logger = logging.getLogger("pipeline")
T = TypeVar("T")
WEIGHTS = {
    Stage.NLU: 3.0, Stage.CACHE: 0.1, Stage.RETRIEVAL: 0.2, Stage.SCRIPT: 12.0, Stage.TTS: 8.0, Stage.IMAGES: 3.0,
    Stage.VIDEO: 18.0,
}
"""Typical seconds of a stage, only used to make the progress bar move evenly."""
WRITE_EVERY_SECONDS = 0.4
PATIENCE = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between the tries to write while the database is away: what was made and paid for is not thrown away at once."""


QUICK_SECONDS = 0.05
"""A stage that took less and cost nothing is written with the next one: doing it again would cost no more than writing."""
SHOWN_AFTER_SECONDS = 0.1
"""When a stage that has begun is written although nothing else is."""


class RequestJournal:
    """Hears what happens to one request whose plan is these stages. Every write shows the lease of the run.

    With `write_every=0` everything is written at once.
    """

    def __init__(
        self, record: Record, request_id: str, plan: Sequence[Stage], *, lease: int | None = None,
        kept: Mapping[Stage, Mapping[str, Any]] | None = None, write_every: float = WRITE_EVERY_SECONDS,
    ) -> None:
        self._record = record
        self._request_id = request_id
        self._lease = lease
        self._kept = dict(kept or {})
        self._total = sum(WEIGHTS[stage] for stage in plan)
        self._done = 0.0
        self._shown = 0.0
        self._write_every = write_every
        self._running: Stage | None = None
        self._wrote = 0.0
        self._asked = 0.0
        self._cancelled = False
        self._lock = threading.RLock()
        self._closed: list[Closed] = []
        self._opened: Opened | None = None
        self._lost = False
        SCRIBE.look_after(self)

    def recall(self, stage: Stage) -> Kept | None:
        """What the stage came to in an earlier run."""
        if stage not in self._kept:
            return None
        kept = load(stage, self._kept.pop(stage))
        if kept is None:
            self._record.forget_result(self._request_id, stage)
            return None
        self._done += WEIGHTS[stage]
        return kept

    def stage_started(self, stage: Stage, family: str, model: str) -> None:
        """Note it; the stage is the current one from now on."""
        with self._lock:
            self._running = stage
            self._opened = Opened(stage=stage, family=family, model=model, started_at=now())
        if not self._write_every:
            self.flush()

    def stage_finished(self, run: StageRun, kept: Kept | None = None) -> None:
        """Note it with its usage and what it came to, and log it."""
        with self._lock:
            if run.stage is self._running:
                self._done += WEIGHTS[run.stage]
                self._running = self._opened = None
            self._closed.append(Closed(run=run, kept=dump(run.stage, kept) if kept else None))
        if run.usage or run.seconds > QUICK_SECONDS or not self._write_every:
            self.flush()
        logger.info("stage finished", extra={
            "action": "stage_finished", "request_id": self._request_id, "stage": run.stage, "status": run.status,
            "seconds": run.seconds,
        })

    def flush(self) -> None:
        """Write what has not been written. Raises `LostLease`."""
        with self._lock:
            closed, opened = tuple(self._closed), self._opened
            if closed or opened:
                progress = self._forward(self._done)
                insist(lambda: self._record.write(
                    self._request_id, closed=closed, opened=opened, progress=progress, lease=self._lease))
                self._closed.clear()
                self._opened = None

    def show(self) -> None:
        """Write a stage that began a while ago. What stands in the way is told to the run when it next asks."""
        opened = self._opened
        if opened is None or (now() - opened.started_at).total_seconds() < SHOWN_AFTER_SECONDS:
            return
        try:
            self.flush()
        except LostLease:
            self._lost = True

    def draft(self, text: str) -> None:
        """Show the article so far."""
        with _best_effort():
            self._record.note(self._request_id, draft=text, lease=self._lease)

    def progress(self, fraction: float) -> None:
        """Show how far the running stage is; written at most every `write_every` seconds, and never less than before."""
        if time.monotonic() - self._wrote < self._write_every or self._running is None:
            return
        self._wrote = time.monotonic()
        reached = self._done + WEIGHTS[self._running] * min(1.0, max(0.0, fraction))
        with _best_effort():
            self._record.note(self._request_id, progress=self._forward(reached), lease=self._lease)

    def cancelled(self) -> bool:
        """Whether somebody asked to stop; looked up at most every `write_every` seconds. Raises `LostLease`."""
        if self._lost:
            raise LostLease
        if not self._cancelled and time.monotonic() - self._asked >= self._write_every:
            self._asked = time.monotonic()
            with _best_effort():
                self._cancelled = self._record.cancel_requested(self._request_id, lease=self._lease)
        return self._cancelled

    def _forward(self, weight: float) -> float:
        """The share of the plan that this weight is, never less than what was shown before and never above 1."""
        self._shown = max(self._shown, min(1.0, weight / self._total))
        return self._shown


@contextmanager
def _best_effort() -> Iterator[None]:
    """What is only nice to have waits for the next time while the database is away."""
    try:
        yield
    except Exception as fault:
        if not database_is_away(fault):
            raise
        logger.warning("the database is away", extra={"action": "database_away"})


class _Scribe:
    """Goes round the journals of this process and writes what began and is not over yet."""

    def __init__(self) -> None:
        self._journals: weakref.WeakSet[RequestJournal] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def look_after(self, journal: RequestJournal) -> None:
        """From now on; a journal that nobody holds any more is forgotten."""
        with self._lock:
            self._journals.add(journal)
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_round, name="scribe", daemon=True)
                self._thread.start()

    def _go_round(self) -> None:
        while True:
            time.sleep(SHOWN_AFTER_SECONDS)
            with self._lock:
                journals = list(self._journals)
            for journal in journals:
                with suppress(Exception):  # the run itself meets the fault at its next write
                    journal.show()
            del journals


SCRIBE = _Scribe()


def insist(write: Callable[[], T], patience: Sequence[float] = PATIENCE) -> T:
    """What the write answers; while the database is away it is tried again, about a minute long."""
    for seconds in patience:
        try:
            return write()
        except Exception as fault:
            if not database_is_away(fault):
                raise
            logger.warning("the database is away", extra={"action": "database_away"})
            time.sleep(seconds)
    return write()
