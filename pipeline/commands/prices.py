"""`python -m pipeline prices check | list | show BOOK`: the price books, every fault of their files, and what has no price."""

import argparse
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from rich.console import Console
from rich.table import Table

from pipeline.config import read_settings
from pipeline.database import is_missing, open_database, state, told_plainly
from pipeline.errors import OperatorError
from pipeline.ledger import Lack, Ledger, lacks
from pipeline.prices import PRICES, BadPrices, Book, Planned, Price, Severity, book_names, check_books, read_book, today

WIDE = 160
"""Columns that the rows of a book may need; a narrower terminal folds the lines itself."""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `prices`."""
    parser = verbs.add_parser("prices", help="the price books, and whether anything is wrong with them")
    actions = parser.add_subparsers(required=True, metavar="check|list|show")
    look = actions.add_parser("check", help="name every fault by file, line and field, and every usage without a price")
    look.add_argument("--json", action="store_true", help="one object, for machines")
    look.set_defaults(run=check)
    actions.add_parser("list", help="every book, its currency and how old its prices are").set_defaults(run=books)
    one = actions.add_parser("show", help="the rows of a book")
    one.add_argument("book")
    one.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="only the rows that hold on this day")
    one.set_defaults(run=show)


def check(args: argparse.Namespace) -> int:
    """Print the faults of the files and the usage without a price; 1 when a file has an error, or no book prices a usage."""
    faults, (without, untold) = check_books(PRICES, today=today()), _usage(read_settings().database_url)
    errors = sum(fault.severity is Severity.ERROR for fault in faults) + sum(lack.nowhere for lack in without)
    if args.json:
        told = {"ok": not errors, "faults": [fault.model_dump(mode="json") for fault in faults],
                "unpriced": [lack.model_dump(mode="json") for lack in without], "usage_untold": untold or None}
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 1 if errors else 0
    for fault in faults:
        print(f"{fault.severity}: {fault}")
    for lack in without:
        print(f"{Severity.ERROR if lack.nowhere else Severity.WARNING}: usage: {lack}")
    if untold:
        print(f"No usage was looked at: {untold}")
    names, found = book_names(PRICES), len(faults) + len(without)
    said = f"{errors} errors, {found - errors} warnings" if found else "no faults"
    print(f"{len(names)} price books ({', '.join(names)}): {said}.")
    return 1 if errors else 0


def _usage(url: str) -> tuple[Sequence[Lack], str]:
    """What the record has used without a price, or why nobody can tell. The database is looked at as it is."""
    if is_missing(url):
        return (), "there is no database yet."
    try:
        engine = open_database(url)
        try:
            if not (found := state(engine)).ready:
                return (), found.what_to_do
            with told_plainly():
                return lacks(Ledger(engine), _readable()), ""
        finally:
            engine.dispose()
    except OperatorError as fault:
        return (), str(fault)


def _readable() -> list[Book]:
    """The books without those that cannot be read, whose faults are told."""
    readable = []
    for name in book_names(PRICES):
        with suppress(BadPrices):
            readable.append(read_book(name, PRICES))
    return readable


def books(_: argparse.Namespace) -> int:
    """Print a line for each book; one that cannot be read says why."""
    table = _table("book", "currency", "rows", "oldest check")
    broken = []
    for name in book_names(PRICES):
        try:
            book = read_book(name, PRICES)
        except BadPrices as fault:
            broken.append(str(fault))
            continue
        rows = (*book.prices, *book.plans)
        table.add_row(name, book.currency, str(len(rows)), str(min(row.checked for row in rows)))
    Console().print(table, markup=False)
    print("\n".join(f"cannot be read: {fault}" for fault in broken), end="\n" if broken else "")
    return 0


def show(args: argparse.Namespace) -> int:
    """Print the rows of the book, and below them where they are from."""
    book = read_book(args.book, PRICES)
    rows: tuple[Price | Planned, ...] = (*book.prices, *book.plans)
    held = [row for row in rows if args.on is None or _holds(row, args.on)]
    sources = list(dict.fromkeys((row.source, row.checked) for row in held))
    table = _table("what", "unit", f"price in {book.currency}", "billed", "from", "until", "source")
    for row in held:
        until = "" if row.ends is None else str(row.ends)
        table.add_row(*_cells(row), str(row.starts), until, str(1 + sources.index((row.source, row.checked))))
    Console(width=WIDE).print(table, markup=False)
    for number, (source, checked) in enumerate(sources, start=1):
        print(f"{number}: {source}; checked {checked}")
    return 0


def _cells(row: Price | Planned) -> tuple[str, str, str, str]:
    if isinstance(row, Planned):
        return row.what, row.stage, str(row.usd), "by the lesson"
    per = "" if row.per == 1 else f" per {row.per:,}"
    large = f", calls over {row.above:,}" if row.above else ""
    return f"{row.provider} {row.model}", row.unit, f"{row.usd}{per}", f"{row.tier}{large}"


def _holds(row: Price | Planned, day: date) -> bool:
    return row.starts <= day and (row.ends is None or day < row.ends)


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in titles:
        table.add_column(title, header_style="dim", no_wrap=True)
    return table
