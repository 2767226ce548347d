"""What an operator should know at once, in words. Draws nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from console import words
from console.loaders.workers import SILENT_SECONDS, Floor
from console.organisation.labels import number
from pipeline.tables import BreakerState, QueueName
from pipeline.tracking import Breaker, QueueView, WorkerView
from pipeline.visuals import Value

LONG_WAIT_SECONDS = 600
SHOWN_SECONDS = 3600
START = "python -m pipeline worker"
Weight = Literal["error", "warning"]


class Alert(Value):
    """One thing that is wrong."""

    weight: Weight
    text: str


def alerts(floor: Floor, now: datetime) -> list[Alert]:
    """All that is wrong, the worst first."""
    found = [
        *(_unserved(queue, floor.workers) for queue in floor.queues), *(_silent(worker, floor) for worker in floor.workers),
        *(_resting(breaker, now) for breaker in floor.breakers), *(_waits_long(queue, floor, now) for queue in floor.queues),
        _dead(floor.dead),
    ]
    return sorted((alert for alert in found if alert), key=lambda alert: alert.weight != "error")


def is_live(worker: WorkerView) -> bool:
    """Whether the worker runs and its heart beats."""
    return worker.stopped_at is None and worker.silent_seconds < SILENT_SECONDS


def serves(workers: Sequence[WorkerView], queue: QueueName) -> bool:
    """Whether a live worker takes from this queue."""
    return any(is_live(worker) and queue in worker.queues for worker in workers)


def _unserved(queue: QueueView, workers: Sequence[WorkerView]) -> Alert | None:
    if not queue.waiting or serves(workers, queue.name):
        return None
    return Alert(weight="error", text=f"The {queue.name} queue has work and no worker polls it: "
                                      f"{number(queue.waiting, 'request')} waiting. Start one: {START} --queues {queue.name}")


def _silent(worker: WorkerView, floor: Floor) -> Alert | None:
    if worker.stopped_at is not None or is_live(worker) or worker.silent_seconds > SHOWN_SECONDS:
        return None
    held, taken = len(worker.doing), floor.taken_over.get(worker.worker_id, 0)
    name = f"Worker {worker.host}, process {worker.pid}, silent for {words.clock(worker.silent_seconds)}"
    if held:
        helpers = "another worker takes them over" if any(is_live(other) for other in floor.workers) else (
            f"nobody is there to take over. Start a worker: {START}")
        return Alert(weight="error", text=f"{name}: it holds {number(held, 'request')}, {helpers}")
    if taken:
        were = "was" if taken == 1 else "were"
        return Alert(weight="warning", text=f"{name}: its {number(taken, 'request')} {were} taken over")
    return Alert(weight="warning", text=f"{name}: it held nothing")


def _resting(breaker: Breaker, now: datetime) -> Alert | None:
    if breaker.state is BreakerState.CLOSED:
        return None
    state = "is not asked" if breaker.state is BreakerState.OPEN else "is being tried again"
    since = words.clock((now - breaker.changed_at).total_seconds())
    return Alert(weight="warning", text=f"{breaker.provider} {state}, since {since}: {breaker.last_error}")


def _waits_long(queue: QueueView, floor: Floor, now: datetime) -> Alert | None:
    if queue.oldest_waiting_at is None or not serves(floor.workers, queue.name):
        return None
    waited = (now - queue.oldest_waiting_at).total_seconds()
    if waited < LONG_WAIT_SECONDS:
        return None
    return Alert(weight="warning", text=f"The oldest request in the {queue.name} queue has waited {words.clock(waited)}. More "
                                        f"workers make it shorter: {START} --queues {queue.name}")


def _dead(count: int) -> Alert | None:
    return Alert(weight="warning", text=f"{number(count, 'dead letter')} to be looked at, below.") if count else None
