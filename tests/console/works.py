"""Work in every state, put into a record the way workers do: a takeover, a retry, dead letters, a breaker, a silent worker."""

from datetime import timedelta

from sqlalchemy import update

from pipeline.domain import Lesson, Modality, Stage, StageStatus, Status
from pipeline.store import LocalStore
from pipeline.tables import BreakerState, DeadSource, EventKind, QueueName
from pipeline.tracking import Breaker, Record
from pipeline.tracking.connected import WORKERS, now
from tests.console import lessons

BUSY, SILENT = "busy-worker", "silent-worker"
FAULT = "The provider did not answer: <b>503</b> at https://example.test"


def enrol(record: Record, worker_id: str, *queues: QueueName, silent: float = 0.0, host: str = "studio-1", pid: int = 4021) -> None:
    """A worker whose heart last beat so many seconds ago."""
    record.enrol(worker_id, host=host, machine="elsewhere", pid=pid, version="0.1.0", queues=queues or tuple(QueueName), concurrency=1)
    record.beat(worker_id, memory_bytes=1_480_000_000, done=12, failed=1)
    if silent:
        with record._engine.begin() as connection:
            connection.execute(update(WORKERS).where(WORKERS.c.worker_id == worker_id).values(
                heartbeat_at=now() - timedelta(seconds=silent)))


def taken_over(record: Record, name: str = "moved") -> None:
    """A request that a silent worker lost, another one tried twice and then made."""
    record.accept(lessons.request(name, Modality.TEXT, Modality.VIDEO), correlation_id="req_0011223344556677")
    taken = record.begin(name, SILENT)
    record.stage_finished(name, lessons.run(Stage.NLU, 1.2), 0.1, lease=taken.lease)
    record.stage_started(name, Stage.SCRIPT, "embedded", "qwen2.5-1.5b", lease=taken.lease)
    record.release(name, taken.lease, EventKind.TAKEN_OVER, worker_id=SILENT, silent_seconds=40.0)
    taken = record.begin(name, BUSY)
    record.stage_finished(name, lessons.run(Stage.SCRIPT, 0.4, StageStatus.FAILED, FAULT), 0.2, lease=taken.lease)
    record.release(name, taken.lease, EventKind.RETRY_SCHEDULED, seconds=2.0, attempt=1, reason=FAULT)
    taken = record.begin(name, BUSY)
    record.stage_finished(name, lessons.run(Stage.SCRIPT, 0.9), 0.5, lease=taken.lease)
    record.finish(Lesson(request_id=name, status=Status.COMPLETED, intent=lessons.INTENT, script=lessons.script()), {}, lease=taken.lease)


def given_up(record: Record, name: str = "given-up") -> None:
    """A request that failed for good."""
    record.accept(lessons.request(name))
    taken = record.begin(name, BUSY)
    record.stage_finished(name, lessons.run(Stage.NLU, 0.2, StageStatus.FAILED, FAULT), 0.1, lease=taken.lease)
    record.finish(Lesson(request_id=name, status=Status.FAILED, reason=FAULT), {}, FAULT, lease=taken.lease, dead=True)


def under_way(record: Record, name: str = "under-way") -> None:
    """A request that the busy worker films."""
    record.accept(lessons.request(name, Modality.VIDEO))
    taken = record.begin(name, BUSY)
    record.stage_started(name, Stage.VIDEO, "embedded", "boards-1", lease=taken.lease)


def bad_message(record: Record) -> None:
    """A message that can never succeed."""
    record.bury_message(DeadSource.BRIDGE, {"data": "<script>alert(1)</script>", "request_id": "not-a-uuid"},
                        "request_id: must be a UUID; it is 'not-a-uuid'.", key="message-1")


def resting(record: Record) -> None:
    """A provider that is not asked for now."""
    record.change_breaker("embedded:qwen2.5-1.5b", lambda _: Breaker(
        provider="embedded:qwen2.5-1.5b", state=BreakerState.OPEN, failures=5, changed_at=now(), last_error=FAULT))


def everything(record: Record, store: LocalStore) -> None:
    """All of it."""
    enrol(record, BUSY, QueueName.VIDEO)
    enrol(record, SILENT, silent=40.0, host="studio-2", pid=977)
    lessons.everything(record, store)
    taken_over(record)
    given_up(record)
    under_way(record)
    bad_message(record)
    resting(record)
