"""Is the Requests page quick with a million rows: python -m tests.bench tracking [--requests N] [--database both] [--json].

Every query of the pages Requests and Workers at 10 thousand requests and at N. 1 when one takes more than 300 ms with N, or
more than 3 times as long as in the small case, where less than 20 ms count as 20.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine, text

from pipeline.database import open_database
from pipeline.domain import Modality, Stage, Status
from pipeline.tracking import Filter, Key, Record, Search
from pipeline.tracking.connected import REQUESTS
from tests.bench._filled import fill
from tests.bench.queue import installation

SMALL, LARGE = 10_000, 1_000_000
LIMIT_MS, RATIO, FLOOR_MS = 300.0, 3.0, 20.0
TIMES = 9
Query = Callable[[], object]
EITHER = (Status.FAILED, Status.COMPLETED)
STOPPABLE, AGAIN = (Status.PENDING, Status.RUNNING), (Status.FAILED, Status.CANCELLED)


class Figure(NamedTuple):
    """One query's median milliseconds."""

    database: str
    query: str
    small: float
    large: float

    @property
    def held(self) -> bool:
        """Whether it kept the limits."""
        return self.large <= LIMIT_MS and self.large <= RATIO * max(self.small, FLOOR_MS)


def main(argv: Sequence[str]) -> int:
    """Print a table: query, small, large, ratio."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench tracking")
    parser.add_argument("--requests", type=int, default=LARGE)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    figures: list[Figure] = []
    for name in ("sqlite", "postgresql") if args.database == "both" else (args.database,):
        figures += _measured(name, args.requests)
    print(json.dumps([figure._asdict() | {"held": figure.held} for figure in figures]) if args.json
          else "\n".join(_table(figures, args.requests)))
    return 0 if all(figure.held for figure in figures) else 1


def _measured(name: str, requests: int) -> Iterator[Figure]:
    """Small and large by turns, so that whatever else the machine does slows both."""
    with ExitStack() as stack:
        few, many = (_filled(stack, name, most) for most in (SMALL, requests))
        for (query, small), (_, large) in zip(_queries(few), _queries(many), strict=True):
            times = [(_milliseconds(small), _milliseconds(large)) for _ in range(TIMES + 1)][1:]  # the first is cold
            yield Figure(name, query, *(statistics.median(of) for of in zip(*times, strict=True)))


def _filled(stack: ExitStack, name: str, requests: int) -> Engine:
    settings = stack.enter_context(installation(name))
    engine = open_database(settings.database_url)
    stack.callback(engine.dispose)
    begun = time.monotonic()
    fill(engine, requests)
    with engine.connect() as connection:
        runs = connection.scalar(text("SELECT count(*) FROM stage_runs"))
    print(f"{name}: {requests:,} requests, {runs:,} stage runs, filled in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return engine


def _milliseconds(ask: Query) -> float:
    begun = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - begun)


def _queries(engine: Engine) -> Iterator[tuple[str, Query]]:
    search, record = Search(engine), Record(engine)
    filters = _filters()
    deep = _key_in_the_middle(engine)
    yield "page, deep in the list", lambda: search.page(Filter(), older=deep)
    yield "page, back up from there", lambda: search.page(Filter(), newer=deep)
    for name, wanted in filters.items():
        yield f"page, {name}", lambda wanted=wanted: search.page(wanted)
        yield f"counts, {name}", lambda wanted=wanted: search.counts(wanted)
        yield f"speeds, {name}", lambda wanted=wanted: search.speeds(wanted)
        yield f"funnel, {name}", lambda wanted=wanted: search.funnel(wanted)
        yield f"looked through, {name}", lambda wanted=wanted: search.looked_through(wanted)
    yield "page, text, deep", lambda: search.page(filters["text"], older=deep)
    yield "ids to cancel", lambda: search.ids(Filter(), statuses=STOPPABLE, limit=200)
    yield "ids to run again", lambda: search.ids(Filter(), statuses=AGAIN, limit=200, anew=True)
    yield "ids to run again, text", lambda: search.ids(filters["text"], statuses=AGAIN, limit=200, anew=True)
    one = search.page(Filter(statuses=(Status.COMPLETED,))).lines[0].request_id
    yield "dead", search.dead
    yield "dead letters", record.dead_letters
    yield "taken over", search.taken_over
    yield "listed", record.listed
    yield "listed, failed", lambda: record.listed(status=Status.FAILED)
    yield "recent, 100", lambda: record.recent(100)
    yield "one request", lambda: record.view(one)
    yield "its events", lambda: record.events(one)
    yield "queues", record.queues
    yield "workers", record.workers
    yield "undecided", record.undecided
    yield "usual seconds", record.stage_seconds


def _filters() -> Mapping[str, Filter]:
    now = datetime.now(UTC)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "everything": Filter(), "7 days": Filter(since=now - timedelta(days=7)), "status": Filter(statuses=(Status.FAILED,)),
        "two statuses": Filter(statuses=EITHER), "stage": Filter(stage=Stage.SCRIPT), "modality": Filter(modality=Modality.VIDEO),
        "student": Filter(student="student-7"), "topic": Filter(topic="topic_7"), "family": Filter(family="google"),
        "organisation": Filter(organisation="school-7"), "no organisation": Filter(organisation="none"),
        "organisation that asked nothing": Filter(organisation="school-99"), "no topic": Filter(topic="none"),
        "model": Filter(model="rare"), "model that nobody used": Filter(model="nobody's"),
        "bar of costs": Filter(spent_since=today - timedelta(days=30), spent_until=today + timedelta(days=1), family="embedded",
                               spent_in=Stage.SCRIPT, model="m", modality=Modality.TEXT, organisation="school-7"),
        "bar of one day": Filter(spent_since=today, spent_until=today + timedelta(days=1), topic="topic_7", spent_in=Stage.SCRIPT),
        "old bar": Filter(spent_since=today - timedelta(days=60), spent_until=today - timedelta(days=53), spent_in=Stage.NLU),
        "text": Filter(text="membrane"), "text that nobody wrote": Filter(text="quantum chromodynamics"),
        "student and status": Filter(student="student-7", statuses=(Status.COMPLETED,)),
        "topic and status": Filter(topic="topic_7", statuses=(Status.FAILED,)),
        "everything at once": Filter(statuses=EITHER, stage=Stage.SCRIPT, modality=Modality.VIDEO, topic="topic_7",
                                     family="embedded", text="ions", since=now - timedelta(days=60), organisation="school-7",
                                     model="m", spent_in=Stage.SCRIPT),
    }


def _key_in_the_middle(engine: Engine) -> Key:
    c = REQUESTS.c
    half = REQUESTS.select().with_only_columns(c.created_at, c.id).order_by(c.created_at.desc())
    with engine.connect() as connection:
        count = connection.scalar(text("SELECT count(*) FROM content_requests")) or 0
        row = connection.execute(half.offset(count // 2).limit(1)).one()
    return Key(created_at=row.created_at, request_id=row.id)


def _table(figures: Sequence[Figure], requests: int) -> Iterator[str]:
    yield f"{'database':11} {'query':34} {'10,000':>9} {f'{requests:,}':>11} ratio   (median of {TIMES}, milliseconds)"
    for f in figures:
        told = "" if f.held else "   TOO SLOW"
        yield f"{f.database:11} {f.query:34} {f.small:9.1f} {f.large:11.1f} {f.large / f.small:5.1f}{told}"
    kept = sum(figure.held for figure in figures)
    yield (f"{kept} of {len(figures)} within {LIMIT_MS:.0f} ms and {RATIO:.0f} times the small case; a small case of "
           f"less than {FLOOR_MS:.0f} ms counts as {FLOOR_MS:.0f}: up to {RATIO * FLOOR_MS:.0f} ms no ratio matters.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
