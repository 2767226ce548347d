"""Every view of the ledger at a million requests against ten thousand: python -m tests.bench costs [--requests N] [--json].

On SQLite and on PostgreSQL. Exit code 1 when a view takes more than 300 ms in the database, or more than three times as long
as with ten thousand requests (below 20 ms that does not matter), or when pricing a million anew takes more than 2 s.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, event, text

from pipeline.database import open_database
from pipeline.domain import Stage
from pipeline.ledger import Budgets, By, Ledger, Where
from pipeline.ledger.folding import fold
from pipeline.ledger.savings import SavedBy, Savings
from pipeline.organisation import COMMAND_LINE
from tests.bench._fill import DAYS, FIRST, fill
from tests.bench.queue import installation

SMALL = 10_000
MOST_SECONDS, MOST_TIMES, FLOOR_SECONDS = 0.3, 3.0, 0.02
REPRICED_SECONDS = 2.0
ROUNDS = 5
FOLDED_FOR_SECONDS = 10.0
WAITING = 150
"""Requests that are not folded yet; above 200 a reader folds first."""
AFTERWARDS = {"sqlite": "ANALYZE", "postgresql": "VACUUM ANALYZE"}
"""What the databases do by themselves in time; PostgreSQL would go through every entry that was folded at once."""
LAST = FIRST + timedelta(days=DAYS)
MONTH = LAST - timedelta(days=30)


def main(argv: Sequence[str]) -> int:
    """Print what each view takes, at both sizes."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench costs")
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    told: dict[str, Any] = {}
    held = True
    for name in [args.only] if args.only else ["sqlite", "postgresql"]:
        small, large = _measured(name, SMALL), _measured(name, args.requests)
        broken = [view for view in large["views"] if _is_slow(large["views"][view], small["views"][view])]
        broken += ["re-pricing"] if large["repriced"] > REPRICED_SECONDS else []
        told[name] = {"small": small, "large": large, "broken": broken}
        held &= not broken
        if not args.json:
            _tell(name, small, large, broken)
    if args.json:
        print(json.dumps(told))
    return 0 if held else 1


def _is_slow(large: Sequence[float], small: Sequence[float]) -> bool:
    return large[0] > MOST_SECONDS or large[0] > MOST_TIMES * max(FLOOR_SECONDS, small[0])


def _tell(name: str, small: dict[str, Any], large: dict[str, Any], broken: Sequence[str]) -> None:
    print(f"{name}: {large['requests']:,} requests, {large['usage']:,} entries of usage, {large['cells']:,} cells; folded "
          f"{large['folded_per_second']:,.0f} requests a second ({small['folded_per_second']:,.0f} with {SMALL:,})")
    for view, (database, whole) in large["views"].items():
        mark = "  BROKEN" if view in broken else ""
        print(f"  {view:<28} {1000 * database:7.1f} ms in the database, {1000 * whole:7.1f} ms in all; "
              f"{SMALL:,}: {1000 * small['views'][view][0]:6.1f} ms{mark}")
    print(f"  all of it under another book {large['repriced']:.2f} s{'  BROKEN' if 're-pricing' in broken else ''}", flush=True)


def _measured(name: str, requests: int) -> dict[str, Any]:
    with installation(name) as settings:
        engine = open_database(settings.database_url)
        usage = fill(engine, requests)
        with _under_way(engine):
            start = time.monotonic()
            folded = fold(engine, seconds=FOLDED_FOR_SECONDS)
            rate = folded / (time.monotonic() - start)
            fold(engine, at_once=20_000)
        ledger = Ledger(engine)
        budgets = Budgets(engine, ledger)
        for organisation in (None, "school-1"):
            budgets.set(COMMAND_LINE, "month", Decimal(1000), organisation=organisation)
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(AFTERWARDS[name]))
            cells = connection.scalar(text("SELECT count(*) FROM usage_cells"))
        views = {view: _timed(engine, look) for view, look in _views(engine, ledger, budgets).items()}
        start = time.monotonic()
        ledger.spend(by=By.DAY, book="list")
        ledger.spend(by=By.ORGANISATION, book="list")
        repriced = time.monotonic() - start
        engine.dispose()
    return {"requests": requests, "usage": usage, "cells": cells, "folded_per_second": rate, "views": views,
            "repriced": repriced}


@contextmanager
def _under_way(engine: Engine) -> Iterator[None]:
    """The newest are decided only afterwards: readers find them and add them up themselves."""
    newest = "UPDATE content_requests SET status = '{}' WHERE id IN (SELECT id FROM content_requests ORDER BY id DESC LIMIT {})"
    for status in ("running", "completed"):
        with engine.begin() as connection:
            connection.execute(text(newest.format(status, WAITING)))
        if status == "running":
            yield


def _views(engine: Engine, ledger: Ledger, budgets: Budgets) -> dict[str, Callable[[], object]]:
    savings = Savings(engine)
    whole = {f"spend by {by}": (lambda by=by: ledger.spend(by=by)) for by in By}
    month = {f"spend by {by}, 30 days": (lambda by=by: ledger.spend(MONTH, LAST, by=by)) for by in By}
    return {
        **whole, **month,
        "spend of an organisation": lambda: ledger.spend(by=By.DAY, where=Where(organisation="school-3")),
        "spend of a topic by stage": lambda: ledger.spend(by=By.STAGE, where=Where(topic="topic-7")),
        "spend by topic of a stage": lambda: ledger.spend(by=By.TOPIC, where=Where(stage=Stage.SCRIPT)),
        "the same, 30 days": lambda: ledger.spend(MONTH, LAST, by=By.TOPIC, where=Where(stage=Stage.SCRIPT)),
        "over time by stage": lambda: ledger.over_time(by=By.STAGE),
        "the same, of a topic": lambda: ledger.over_time(by=By.STAGE, where=Where(topic="topic-7")),
        "over time, six organisations": lambda: ledger.over_time(by=By.ORGANISATION, keys=[f"school-{n}" for n in range(6)]),
        "over time, six topics": lambda: ledger.over_time(by=By.TOPIC, keys=[f"topic-{n}" for n in range(6)]),
        "requests behind a day": lambda: ledger.bills(MONTH, MONTH + timedelta(days=1)),
        "requests of an organisation": lambda: ledger.bills(MONTH, LAST, where=Where(organisation="school-3")),
        "counts": lambda: ledger.counts(),
        "counts of an organisation": lambda: ledger.counts(where=Where(organisation="school-3")),
        "cost per lesson": lambda: ledger.lessons(),
        "cache savings": lambda: ledger.cache_savings(MONTH, LAST),
        "savings of films": lambda: Savings(engine).learned(),
        **{f"skipped by {by}": (lambda by=by: savings.report(by=by)) for by in SavedBy},
        **{f"skipped by {by}, 30 days": (lambda by=by: savings.report(MONTH, LAST, by=by)) for by in SavedBy},
        "budgets": lambda: budgets.state(),
    }


def _timed(engine: Engine, look: Callable[[], object]) -> tuple[float, float]:
    """The fewest seconds in the database, and in all: what else the machine does is no part of them."""
    look()
    with _heard(engine) as statements:
        look()
    wholes = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        look()
        wholes.append(time.perf_counter() - start)
    return min(_in_database(engine, statements) for _ in range(ROUNDS)), min(wholes)


def _in_database(engine: Engine, statements: Sequence[tuple[str, Any]]) -> float:
    """The seconds that these take with all their rows fetched: SQLite makes a row only when it is asked for it."""
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        start = time.perf_counter()
        for statement, given in statements:
            cursor.execute(statement, given)
            cursor.fetchall()
        return time.perf_counter() - start


@contextmanager
def _heard(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are asked meanwhile, all of them readings."""
    heard: list[tuple[str, Any]] = []

    def hear(_: Any, __: Any, statement: str, given: Any, *___: Any) -> None:
        heard.append((statement, given))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
