"""What the API did and how the work stands, as Prometheus reads it. Labels are names of ours, never what callers sent."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from pipeline.tables import BreakerState, QueueName
from pipeline.tracking import SILENT_SECONDS, Breaker, QueueView, WorkerView

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Work(Protocol):
    """What is asked of the record."""

    def queues(self) -> Sequence[QueueView]:
        """Each queue as it stands."""
        ...

    def workers(self) -> Sequence[WorkerView]:
        """The workers of the last day."""
        ...

    def breakers(self) -> Sequence[Breaker]:
        """Every provider that has ever failed."""
        ...


class Meters:
    """The counters of this process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._calls = Counter("vividly_http_requests", "Calls answered.", ["operation", "status"], registry=self._registry)
        self._seconds = Histogram("vividly_http_request_seconds", "Seconds until an answer began.", ["operation"],
                                  buckets=SECONDS, registry=self._registry)

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """Count a call."""
        self._calls.labels(operation, str(status)).inc()
        self._seconds.labels(operation).observe(seconds)

    def text(self, work: Work) -> bytes:
        """Everything, in Prometheus' text format."""
        now = CollectorRegistry()
        now.register(_Standing(list(_families(work))))
        return generate_latest(self._registry) + generate_latest(now)


class _Standing:
    """Numbers that were read a moment ago."""

    def __init__(self, families: Sequence[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The numbers."""
        yield from self._families


def is_live(worker: WorkerView) -> bool:
    """Whether the worker's heart beats."""
    return worker.stopped_at is None and worker.silent_seconds < SILENT_SECONDS


def _families(work: Work) -> Iterator[GaugeMetricFamily]:
    queues, workers = work.queues(), [worker for worker in work.workers() if is_live(worker)]
    yield _gauge("vividly_queue_waiting", "Requests that wait.", "queue", {q.name: q.waiting for q in queues})
    yield _gauge("vividly_queue_running", "Requests under way.", "queue", {q.name: q.running for q in queues})
    yield _gauge("vividly_queue_done_last_hour", "Requests decided in the last hour.", "queue",
                 {q.name: q.done_last_hour for q in queues})
    yield _gauge("vividly_queue_oldest_waiting_seconds", "How long the oldest waits; 0 where none does.", "queue",
                 {q.name: _age(q.oldest_waiting_at) for q in queues})
    yield _gauge("vividly_workers_live", "Workers whose heart beats, by the queues they serve.", "queue",
                 {name: sum(name in worker.queues for worker in workers) for name in QueueName})
    yield _gauge("vividly_provider_resting", "1 for a provider that is left alone for now.", "provider",
                 {b.provider: float(b.state is BreakerState.OPEN) for b in work.breakers()})


def _gauge(name: str, what: str, label: str, numbers: dict[QueueName, int] | dict[QueueName, float] | dict[str, float],
           ) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=[label])
    for key, number in numbers.items():
        family.add_metric([str(key)], number)
    return family


def _age(since: datetime | None) -> float:
    return 0.0 if since is None else max(0.0, (datetime.now(UTC) - since).total_seconds())
