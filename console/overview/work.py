"""What waits, who works, what was given up, and which errors are new. Pure."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup

from console import words
from console.loaders.overview import Fresh
from console.loaders.workers import Floor
from console.organisation.labels import number
from console.overview.cards import Card, Notice
from console.overview.day import Day
from console.overview.errors import FreshError
from console.workers.alerts import SHOWN_SECONDS, alerts, is_live
from console.workers.cards import long
from pipeline.domain import Status

WORKERS = "workers"
SHOWN = 5
_ERROR = Markup('<div><a href="requests?{link}" target="_self">{text}</a><small>{told}</small></div>')
_CHARACTERS = 240


def cards(day: Day, floor: Floor, fresh: Fresh, now: datetime) -> list[Card]:
    """The queue, the workers, dead letters, new errors."""
    return [_queue(floor, now), _workers(floor), _dead(floor), _errors(day, fresh)]


def notices(floor: Floor, now: datetime) -> list[Notice]:
    """What stops the work, in the words of the page Workers."""
    return [Notice(weight="error", text=alert.text, href=WORKERS) for alert in alerts(floor, now) if alert.weight == "error"]


def listed(errors: Sequence[FreshError], now: datetime) -> str:
    """The new errors, each leading to its newest request."""
    items = [_ERROR.format(
        link=urlencode({"request": one.newest_id}), text=_short(one.text),
        told=f"{number(one.requests, 'request')}, the last {words.ago(one.last, now)}") for one in errors[:SHOWN]]
    more = Markup("<div><small>and {}</small></div>").format(number(len(errors) - SHOWN, "other")) if len(errors) > SHOWN else ""
    return str(Markup('<div class="fresh">{}{}</div>').format(Markup("").join(items), more))


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


def _errors(day: Day, fresh: Fresh) -> Card:
    known = f"{fresh.failed:,} failed today with {number(fresh.texts, 'error text')}" if fresh.failed else "nothing failed today"
    of = f"of the newest {fresh.failed:,} failures" if fresh.capped else known
    return Card(label="New errors", value=f"{len(fresh.errors):,}", href=day.requests(status=Status.FAILED.value),
                lines=("texts not seen in the 7 days before", of), mood="bad" if fresh.errors else "")


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else f"{text[:_CHARACTERS - 1]}…"
