"""Takes over what dead workers left, and puts back what waits: in every worker, every second."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from pipeline.domain import Lesson, Status
from pipeline.errors import LostLease
from pipeline.tables import EventKind
from pipeline.tracking import SILENT_SECONDS, Orphan, Record
from pipeline.work.engine import Engine
from pipeline.work.heart import Heart, is_living, this_machine

logger = logging.getLogger("pipeline")
ROUND_SECONDS = 1.0
LONGEST_PAUSE = 15.0
KNOWN_SECONDS = 10.0
"""How long a request that the engine knows is not looked at again."""
MOST_TAKEOVERS = 5
"""A request whose workers died this often is what kills them."""
Chore = Callable[[], object]
"""Something that whoever goes round does besides."""


class Reaper:
    """Looks after the requests of all workers."""

    def __init__(self, record: Record, engine: Engine, heart: Heart, *, silent: float = SILENT_SECONDS,
                 chores: Sequence[Chore] = ()) -> None:
        self._record, self._engine, self._heart = record, engine, heart
        self._silent, self._chores = silent, chores
        self._dropped: dict[str, int] = {}
        self._thread = threading.Thread(target=self._work, name="reaper", daemon=True)
        self._stopped = threading.Event()

    def start(self) -> None:
        """Go round from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Go round no more."""
        self._stopped.set()
        self._thread.join(ROUND_SECONDS)

    def go_round(self) -> None:
        """One look at everything."""
        for orphan in self._record.orphans(machine=this_machine(), living=is_living, silent=self._silent):
            self._take_over(orphan)
        self._pick_up_dropped()
        waiting = self._record.waiting()
        if waiting:
            known = self._engine.put_back(waiting, self._living())
            self._record.seen(known, seconds=KNOWN_SECONDS)

    def _take_over(self, orphan: Orphan) -> None:
        silent = None if orphan.silent_seconds is None else round(orphan.silent_seconds, 1)
        told: dict[str, Any] = {"worker_id": orphan.worker_id, "silent_seconds": silent}
        try:
            if orphan.takeovers >= MOST_TAKEOVERS:
                error = f"{orphan.takeovers + 1} workers died while they made this lesson."
                lesson = Lesson(request_id=orphan.request_id, status=Status.FAILED, reason=error)
                self._record.finish(lesson, {}, error, lease=orphan.lease, dead=True)
            else:
                self._record.release(orphan.request_id, orphan.lease, EventKind.TAKEN_OVER, **told)
        except LostLease:
            return  # another worker was quicker
        logger.warning("request taken over", extra={"action": "taken_over", "request_id": orphan.request_id, **told})

    def _pick_up_dropped(self) -> None:
        """What the record gives this worker, but nothing here works on, twice in a row: something broke on the way."""
        held = self._record.in_hand(self._heart.worker_id)
        idle = {request_id: lease for request_id, lease in held.items() if request_id not in self._heart.hands}
        for request_id, lease in idle.items():
            if self._dropped.get(request_id) == lease:
                with suppress(LostLease):
                    self._record.release(request_id, lease, EventKind.HANDED_BACK, worker_id=self._heart.worker_id)
        self._dropped = idle

    def _living(self) -> set[str]:
        return {
            worker.worker_id for worker in self._record.workers()
            if worker.stopped_at is None and worker.silent_seconds < self._silent
            and (worker.machine != this_machine() or is_living(worker.pid))
        }

    def _work(self) -> None:
        pause = ROUND_SECONDS
        while not self._stopped.wait(pause):
            try:
                self.go_round()
                pause = ROUND_SECONDS
            except Exception as fault:  # the database may be away: it is tried again, less and less often
                pause = min(LONGEST_PAUSE, pause * 2)
                logger.warning("no round", exc_info=fault, extra={"action": "round_lost"})
                continue
            self._do_chores()

    def _do_chores(self) -> None:
        """What goes wrong here keeps nobody from looking after the requests."""
        for chore in self._chores:
            try:
                chore()
            except Exception as fault:
                logger.warning("chore failed", exc_info=fault, extra={"action": "chore_failed"})
