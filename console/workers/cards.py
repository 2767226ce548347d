"""Workers, queues and breakers as small pieces of HTML; every value is escaped where it is put in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from markupsafe import Markup

from console import words
from console.organisation.labels import number
from console.workers.alerts import is_live, serves
from pipeline.tables import BreakerState, QueueName
from pipeline.tracking import Breaker, Doing, Hour, QueueView, WorkerView

_CARD = Markup(
    '<article class="worker {state}"><header><b>{title}</b><span><i class="dot"></i>{said}</span></header>'
    '<dl>{facts}</dl>{more}</article>'
)
_FACT = Markup('<div class="{}"><dt>{}</dt><dd title="{}">{}</dd></div>')
_WIDE = 24
"""From so many characters on a value has a line of its own."""
_SPARK = Markup('<div class="spark" role="img" aria-label="{told}" title="{told}">{bars}</div><p class="spark_told">{told}</p>')
_BAR = Markup('<i style="height:{percent}%"></i>')
_DOING = Markup('<p class="doing">{what}, since {since} · <a href="requests?request={link}" target="_self">{short}</a></p>')
_STATES = {BreakerState.CLOSED: "asked", BreakerState.OPEN: "not asked", BreakerState.HALF_OPEN: "being tried again"}
MIB = 1024 * 1024


def workers(seen: Sequence[WorkerView], hours: Mapping[str, Hour], now: datetime) -> str:
    """A card per worker: the living first."""
    ordered = sorted(seen, key=lambda worker: not is_live(worker))
    return _grid([_worker(worker, hours.get(worker.worker_id, Hour()), now) for worker in ordered])


def queues(
    lines: Sequence[QueueView], fleet: Sequence[WorkerView], day: Mapping[QueueName, Sequence[int]], now: datetime,
) -> str:
    """A card per queue, with its last day."""
    return _grid([_queue(line, fleet, day.get(line.name, ()), now) for line in lines])


def breakers(known: Sequence[Breaker], now: datetime) -> str:
    """A card per provider that has ever failed."""
    return _grid([_breaker(breaker, now) for breaker in known])


def _worker(worker: WorkerView, hour: Hour, now: datetime) -> Markup:
    live = is_live(worker)
    said = "alive" if live else "stopped" if worker.stopped_at else f"silent for {words.clock(worker.silent_seconds)}"
    return _CARD.format(
        state="alive" if live else "stopped" if worker.stopped_at else "silent", title=f"{worker.host} · {worker.pid}",
        said=said, more=Markup("").join(_doing(doing, now) for doing in worker.doing),
        facts=_facts([
            ("Heartbeat", f"{worker.silent_seconds:.0f} s ago", words.exact(worker.heartbeat_at)),
            ("Up for", long((worker.stopped_at or now) - worker.started_at), words.exact(worker.started_at)),
            ("Done · failed, last hour", f"{hour.done:,} · {hour.failed:,}",
             f"{worker.done:,} done and {worker.failed:,} failed since it started"),
            ("Memory", f"{worker.memory_bytes / MIB:,.0f} MiB" if worker.memory_bytes else "–", "resident"),
            ("Queues", ", ".join(worker.queues), f"{worker.concurrency} at a time from each"),
            ("Version", worker.version, worker.worker_id),
        ]))


def _doing(doing: Doing, now: datetime) -> Markup:
    since = words.clock((now - doing.since).total_seconds()) if doing.since else "?"
    what = words.STAGES[doing.stage] if doing.stage else "Between two stages"
    return _DOING.format(what=what, since=since, link=quote(doing.request_id, safe=""), short=doing.request_id[:8])


def _queue(line: QueueView, fleet: Sequence[WorkerView], day: Sequence[int], now: datetime) -> Markup:
    served = sum(is_live(worker) and line.name in worker.queues for worker in fleet)
    oldest = words.clock((now - line.oldest_waiting_at).total_seconds()) if line.oldest_waiting_at else "–"
    room = sum(worker.concurrency for worker in fleet if is_live(worker) and line.name in worker.queues)
    return _CARD.format(
        state="alive" if serves(fleet, line.name) else "silent" if line.waiting or line.running else "stopped",
        title=f"{line.name} queue",
        said=f"{number(served, 'worker')}" if served else "no worker", more=_spark(day),
        facts=_facts([
            ("Waiting", f"{line.waiting:,}", ""), ("Oldest waits", oldest, ""),
            ("Running", f"{line.running:,}", "also what silent workers hold"),
            ("In use", f"{min(1.0, line.running / room):.0%} of {number(room, 'place')}" if room else "–",
             "running, of what the workers that are alive may run at once"),
        ]))


def _spark(day: Sequence[int]) -> Markup:
    """A bar per hour of the last day, the newest at the right; the highest is full."""
    most, last = max(day, default=0), day[-1] if day else 0
    told = f"{sum(day):,} ended in the last {number(len(day), 'hour')}, {last:,} of them in the last one"
    bars = (_BAR.format(percent=max(4, round(100 * count / most)) if count else 0) for count in day)
    return _SPARK.format(told=told, bars=Markup("").join(bars))


def _breaker(breaker: Breaker, now: datetime) -> Markup:
    state = {BreakerState.CLOSED: "alive", BreakerState.OPEN: "silent", BreakerState.HALF_OPEN: "trying"}[breaker.state]
    return _CARD.format(
        state=state, title=breaker.provider, said=_STATES[breaker.state], more="",
        facts=_facts([
            ("Since", long(now - breaker.changed_at), words.exact(breaker.changed_at)),
            ("Failures in a row", str(breaker.failures), ""), ("Last error", breaker.last_error[:200], breaker.last_error),
        ]))


def long(passed: timedelta) -> str:
    """A span in its largest two units: 48 s, 12 min, 3 h 20 min, 2 days 4 h."""
    seconds = max(0, int(passed.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{number(days, 'day')} {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{seconds} s"


def _facts(entries: Sequence[tuple[str, str, str]]) -> Markup:
    return Markup("").join(
        _FACT.format("wide" if len(value) > _WIDE else "", label, hint, value) for label, value, hint in entries if value)


def _grid(cards: Sequence[Markup]) -> str:
    return str(Markup('<div class="fleet">{}</div>').format(Markup("").join(cards)))
