"""What waits, who works, and what was given up. Pure."""

from datetime import datetime

from console.loaders.workers import Floor
from console.organisation.labels import number
from console.overview.cards import Card, Notice
from console.workers.alerts import SHOWN_SECONDS, alerts, is_live
from console.workers.cards import long

WORKERS = "workers"


def cards(floor: Floor, now: datetime) -> list[Card]:
    """The queue, the workers, dead letters."""
    return [_queue(floor, now), _workers(floor), _dead(floor)]


def notices(floor: Floor, now: datetime) -> list[Notice]:
    """What stops the work, in the words of the page Workers."""
    return [Notice(weight="error", text=alert.text, href=WORKERS) for alert in alerts(floor, now) if alert.weight == "error"]


def _queue(floor: Floor, now: datetime) -> Card:
    oldest = min((queue.oldest_waiting_at for queue in floor.queues if queue.oldest_waiting_at), default=None)
    parts = ", ".join(f"{queue.name} {queue.waiting:,}" for queue in floor.queues)
    stuck = any(alert.weight == "error" for alert in alerts(floor, now))
    return Card(label="Waiting", value=f"{sum(queue.waiting for queue in floor.queues):,}", href=WORKERS,
                lines=(f"the oldest for {long(now - oldest)}" if oldest else "nothing waits", parts), mood="bad" if stuck else "")


def _workers(floor: Floor) -> Card:
    live = [worker for worker in floor.workers if is_live(worker)]
    silent = sum(not is_live(worker) and worker.stopped_at is None and worker.silent_seconds < SHOWN_SECONDS
                 for worker in floor.workers)
    busy = sum(len(worker.doing) for worker in live)
    wanted = any(queue.waiting or queue.running for queue in floor.queues)
    return Card(label="Workers alive", value=f"{len(live):,}", href=WORKERS, mood="bad" if wanted and not live else "",
                lines=(f"making {number(busy, 'lesson')}", *([f"{silent:,} silent"] if silent else [])))


def _dead(floor: Floor) -> Card:
    return Card(label="Dead letters", value=f"{floor.dead:,}", href=WORKERS, mood="bad" if floor.dead else "",
                lines=("given up, for somebody to look at" if floor.dead else "nothing given up",))
