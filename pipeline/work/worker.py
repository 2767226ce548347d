"""The worker: takes requests from the queue and makes lessons, one at a time, until it is told to stop."""

import logging
import signal
import threading
from collections.abc import Callable

from dbos import DBOS

from pipeline.allowance import plan
from pipeline.config import Settings
from pipeline.domain import Lesson, Status
from pipeline.errors import Cancelled, PipelineError
from pipeline.generate import House, generate
from pipeline.shelf import files_of
from pipeline.trace import Trace
from pipeline.tracking import Record, RequestJournal
from pipeline.work.queue import APPLICATION, APPLICATION_VERSION, QUEUE, WORKFLOW, LessonQueue, queue_url

logger = logging.getLogger("pipeline")
POLLING_SECONDS = 0.25


def serve(request_id: str, house: House, record: Record) -> Lesson | None:
    """Make one accepted request's lesson and record whatever comes of it; None when there is nothing left to do."""
    request = record.begin(request_id)
    if request is None:
        return None
    error, sizes = "", dict[str, tuple[str, int]]()
    try:
        allowance = house.allow(request)
        trace = Trace(RequestJournal(record, request_id, plan(allowance.request)))
        lesson = generate(allowance, house, trace)
        sizes = {name: (kind, house.store.path(name).stat().st_size) for name, kind in files_of(lesson).items()}
    except Cancelled:
        lesson = Lesson(request_id=request_id, status=Status.CANCELLED, reason="Cancelled on request.")
    except PipelineError as fault:
        error = str(fault)
        lesson = Lesson(request_id=request_id, status=Status.FAILED, reason=error)
    except Exception as fault:
        logger.exception("request failed", extra={"action": "request_failed", "request_id": request_id})
        error = f"Something unexpected went wrong ({type(fault).__name__}: {fault}); the log of the worker has the details."
        lesson = Lesson(request_id=request_id, status=Status.FAILED, reason=error)
    record.finish(lesson, sizes, error)
    return lesson


def run_worker(settings: Settings, record: Record, open_house: Callable[[], House]) -> None:
    """Work until SIGTERM or SIGINT; the lesson being made then is started again by the next worker."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    house = open_house()
    queue = LessonQueue(settings, record)
    DBOS(config={
        "name": APPLICATION, "system_database_url": queue_url(settings), "application_version": APPLICATION_VERSION,
        "executor_id": "local", "log_level": "WARNING", "run_migrations": True,
    })

    @DBOS.workflow(name=WORKFLOW)
    def make_lesson(request_id: str) -> None:
        serve(request_id, house, record)

    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=POLLING_SECONDS)
    for request_id in record.undecided():
        queue.revive(request_id)
    logger.info("worker started", extra={"action": "worker_started"})
    stop.wait()
    logger.info("worker stopping", extra={"action": "worker_stopping"})
    queue.close()
    DBOS.destroy(workflow_completion_timeout_sec=0)
