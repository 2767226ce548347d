"""`pipeline.ports.Journal` for one request: the record hears what happens, and the log gets a line per stage."""

import logging
import time
from collections.abc import Sequence

from pipeline.domain import Stage, StageRun
from pipeline.tracking.record import Record

logger = logging.getLogger("pipeline")
WEIGHTS = {
    Stage.NLU: 3.0, Stage.CACHE: 0.1, Stage.RETRIEVAL: 0.2, Stage.SCRIPT: 12.0, Stage.TTS: 8.0, Stage.IMAGES: 3.0,
    Stage.VIDEO: 18.0,
}
"""Typical seconds of a stage, only used to make the progress bar move evenly."""
WRITE_EVERY_SECONDS = 0.4


class RequestJournal:
    """Hears what happens to one request whose plan is these stages."""

    def __init__(
        self, record: Record, request_id: str, plan: Sequence[Stage], *, write_every: float = WRITE_EVERY_SECONDS
    ) -> None:
        self._record = record
        self._request_id = request_id
        self._total = sum(WEIGHTS[stage] for stage in plan)
        self._done = 0.0
        self._shown = 0.0
        self._write_every = write_every
        self._running: Stage | None = None
        self._wrote = 0.0
        self._asked = 0.0
        self._cancelled = False

    def stage_started(self, stage: Stage, family: str, model: str) -> None:
        """Note it; the stage is the current one from now on."""
        self._running = stage
        self._record.stage_started(self._request_id, stage, family, model)

    def stage_finished(self, run: StageRun) -> None:
        """Note it with its usage, and log it."""
        if run.stage is self._running:
            self._done += WEIGHTS[run.stage]
            self._running = None
        self._record.stage_finished(self._request_id, run, self._forward(self._done))
        logger.info("stage finished", extra={
            "action": "stage_finished", "request_id": self._request_id, "stage": run.stage, "status": run.status,
            "seconds": run.seconds,
        })

    def draft(self, text: str) -> None:
        """Show the article so far."""
        self._record.note(self._request_id, draft=text)

    def progress(self, fraction: float) -> None:
        """Show how far the running stage is; written at most every `write_every` seconds, and never less than before."""
        if time.monotonic() - self._wrote < self._write_every or self._running is None:
            return
        self._wrote = time.monotonic()
        reached = self._done + WEIGHTS[self._running] * min(1.0, max(0.0, fraction))
        self._record.note(self._request_id, progress=self._forward(reached))

    def cancelled(self) -> bool:
        """Whether somebody asked to stop; looked up at most every `write_every` seconds."""
        if not self._cancelled and time.monotonic() - self._asked >= self._write_every:
            self._asked = time.monotonic()
            self._cancelled = self._record.cancel_requested(self._request_id)
        return self._cancelled

    def _forward(self, weight: float) -> float:
        """The share of the plan that this weight is, never less than what was shown before and never above 1."""
        self._shown = max(self._shown, min(1.0, weight / self._total))
        return self._shown
