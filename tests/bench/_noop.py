"""python -m tests.bench._noop bare|ours CONCURRENCY: a worker whose stages do nothing, on bare DBOS or on ours.

What is measured is the queue: both poll as often, run as many at once, and keep book of four steps a request.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable

from dbos import DBOS

from pipeline.allowance import Allowance
from pipeline.bill import Bill
from pipeline.config import read_settings
from pipeline.domain import GenerationRequest, Intent, Lesson, Script, Stage, Status, Subject
from pipeline.generate import House
from pipeline.tables import QueueName
from pipeline.trace import Trace
from pipeline.wiring import Wiring
from pipeline.work import queue_url, run_worker, serving, worker

STAGES = (Stage.NLU, Stage.CACHE, Stage.RETRIEVAL, Stage.SCRIPT)
POLLING_SECONDS = 0.05
BARE_QUEUE, BARE_WORKFLOW, BARE = "bare", "nothing", "bare"
INTENT = Intent(question="Why?", topic_id="t", topic_name="T", subject=Subject.PHYSICS, confidence=1.0, grade_level=10)
SCRIPT = Script(title="T", article="A", sections=(), sentences=(), passages=(), reading_grade=8.0)
MADE = {Stage.NLU: INTENT, Stage.CACHE: None, Stage.RETRIEVAL: (), Stage.SCRIPT: SCRIPT}


class Nobody:
    """Makes nothing, on no machine of ours."""

    family, name = "nobody", "nothing"


class NoHouse:
    """A house that lets everything through."""

    def allow(self, request: GenerationRequest) -> Allowance:
        return Allowance(request=request)


def nothing(_: Bill, value: object) -> object:
    """The stage."""
    return value


def generate(allowance: Allowance, house: House, trace: Trace) -> Lesson:
    """The flow of nothing: a text's four stages, each traced as ever."""
    for stage in STAGES:
        trace.run(stage, nothing, Nobody(), MADE[stage])
    return Lesson(request_id=allowance.request.request_id, status=Status.COMPLETED, intent=INTENT, script=SCRIPT)


def ours(concurrency: int) -> None:
    """A worker of ours."""
    serving.generate = generate
    worker.POLLING_SECONDS = POLLING_SECONDS
    settings = read_settings()
    record = Wiring(settings).record
    open_house: Callable[[], House] = NoHouse  # type: ignore[assignment]
    run_worker(settings, record, open_house, queues=tuple(QueueName), concurrency=concurrency)
    os._exit(0)


def bare(concurrency: int) -> None:
    """DBOS alone: a workflow of four steps."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    DBOS(config={"name": BARE, "system_database_url": queue_url(read_settings()), "log_level": "WARNING",
                 "application_version": BARE, "executor_id": f"bare-{os.getpid()}"})

    @DBOS.workflow(name=BARE_WORKFLOW)
    def workflow(request_id: str) -> None:
        for stage in STAGES:
            DBOS.run_step({"name": str(stage)}, lambda: None)

    DBOS.listen_queues([BARE_QUEUE])
    DBOS.launch()
    DBOS.register_queue(BARE_QUEUE, worker_concurrency=concurrency, polling_interval_sec=POLLING_SECONDS)
    stop.wait()
    os._exit(0)


if __name__ == "__main__":
    {"ours": ours, "bare": bare}[sys.argv[1]](int(sys.argv[2]))
