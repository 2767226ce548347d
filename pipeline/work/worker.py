"""The worker: takes requests from its queues and makes lessons, until it is told to stop."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from dbos import DBOS

from pipeline.config import Settings
from pipeline.deadlines import Deadlines
from pipeline.domain import Status
from pipeline.generate import House
from pipeline.stopping import told_to_stop, wait_for
from pipeline.tables import QueueName
from pipeline.tracking import RUNNING_PER_STUDENT, Record
from pipeline.work.engine import APPLICATION, APPLICATION_VERSION, WORKFLOW, engine_step
from pipeline.work.faults import TRIES
from pipeline.work.gate import ProviderGate
from pipeline.work.heart import Heart
from pipeline.work.queue import open_engine, queue_url
from pipeline.work.reaper import Chore, Reaper
from pipeline.work.serving import Terms, hand_back, serve

logger = logging.getLogger("pipeline")
POLLING_SECONDS = 0.25
GRACE_SECONDS = 7.0
"""What ends within this after a SIGTERM is finished, the rest is handed back: `up` kills three seconds later."""
LOOKS_EVERY_SECONDS = 0.1


class Worker:
    """One process that makes lessons."""

    def __init__(
        self, settings: Settings, record: Record, open_house: Callable[[], House], *, queues: Sequence[QueueName],
        concurrency: int, chores: Sequence[Chore] = (),
    ) -> None:
        self._settings, self._record, self._chores = settings, record, chores
        self._open_house = open_house
        self._queues, self._concurrency = queues, concurrency
        self._stopping = threading.Event()  # until it runs
        self._heart = Heart(record, queues, concurrency)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; finish what is quick then, and hand the rest back."""
        self._stopping = told_to_stop()
        house = self._open_house()
        engine = open_engine(self._settings)
        reaper = Reaper(self._record, engine, self._heart, chores=self._chores)
        self._heart.start()
        self._listen(house)
        reaper.start()
        logger.info("worker started", extra={"action": "worker_started", "worker_id": self._heart.worker_id})
        wait_for(self._stopping)
        logger.info("worker stopping", extra={"action": "worker_stopping", "worker_id": self._heart.worker_id})
        self._finish_what_is_quick()
        reaper.stop()
        hand_back(self._record, self._heart.worker_id)
        self._heart.stop()
        engine.close()

    def _listen(self, house: House) -> None:
        terms = Terms(
            worker_id=self._heart.worker_id, step=engine_step, gate=ProviderGate(self._record, self._settings.rates),
            deadlines=Deadlines(factor=self._settings.deadline_factor), tries=TRIES, at_once=RUNNING_PER_STUDENT, buries=True)
        DBOS(config={
            "name": APPLICATION, "system_database_url": queue_url(self._settings), "log_level": "WARNING",
            "application_version": APPLICATION_VERSION, "executor_id": self._heart.worker_id, "run_migrations": True,
        })

        @DBOS.workflow(name=WORKFLOW)
        def make_lesson(request_id: str) -> None:
            self._make(request_id, house, terms)

        DBOS.listen_queues(self._queues)
        DBOS.launch()
        for queue in self._queues:
            DBOS.register_queue(queue, worker_concurrency=self._concurrency, polling_interval_sec=POLLING_SECONDS,
                                on_conflict="always_update")

    def _make(self, request_id: str, house: House, terms: Terms) -> None:
        """Make one lesson. Whatever goes wrong with the record itself, the reaper gives the request back."""
        if self._stopping.is_set():  # it is still pending: another worker puts it in again, at once
            self._record.seen([request_id], seconds=0)
            return
        self._heart.pick_up(request_id)
        done = failed = False
        try:
            lesson = serve(request_id, house, self._record, terms)
            done, failed = lesson is not None, lesson is not None and lesson.status is Status.FAILED
        except Exception as fault:
            logger.error("request dropped", exc_info=fault, extra={"action": "request_dropped", "request_id": request_id})
        finally:
            self._heart.put_down(request_id, done=done, failed=failed)

    def _finish_what_is_quick(self) -> None:
        end = time.monotonic() + GRACE_SECONDS
        while self._heart.hands and time.monotonic() < end:
            time.sleep(LOOKS_EVERY_SECONDS)


def run_worker(
    settings: Settings, record: Record, open_house: Callable[[], House], *,
    queues: Sequence[QueueName] = tuple(QueueName), concurrency: int = 1, chores: Sequence[Chore] = (),
) -> None:
    """Work until SIGTERM or SIGINT; every second also the chores."""
    Worker(settings, record, open_house, queues=queues, concurrency=concurrency, chores=chores).run()
