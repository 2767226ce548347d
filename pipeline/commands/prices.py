"""`python -m pipeline prices check | list | show BOOK`: the price books, and every fault of their files."""

import argparse
import json
from datetime import UTC, date, datetime

from rich.console import Console
from rich.table import Table

from pipeline.prices import PRICES, BadPrices, Planned, Price, Severity, book_names, check_books, read_book

WIDE = 160
"""Columns that the rows of a book may need; a narrower terminal folds the lines itself."""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `prices`."""
    parser = verbs.add_parser("prices", help="the price books, and whether anything is wrong with them")
    actions = parser.add_subparsers(required=True, metavar="check|list|show")
    look = actions.add_parser("check", help="name every fault by file, line and field")
    look.add_argument("--json", action="store_true", help="one object, for machines")
    look.set_defaults(run=check)
    actions.add_parser("list", help="every book, its currency and how old its prices are").set_defaults(run=books)
    one = actions.add_parser("show", help="the rows of a book")
    one.add_argument("book")
    one.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="only the rows that hold on this day")
    one.set_defaults(run=show)


def check(args: argparse.Namespace) -> int:
    """Print the faults; 1 when one of them is an error."""
    faults = check_books(PRICES, today=datetime.now(UTC).date())
    errors = sum(fault.severity is Severity.ERROR for fault in faults)
    if args.json:
        rows = [fault.model_dump(mode="json") for fault in faults]
        print(json.dumps({"ok": not errors, "faults": rows}, ensure_ascii=False, indent=2))
        return 1 if errors else 0
    for fault in faults:
        print(f"{fault.severity}: {fault}")
    said = f"{errors} errors, {len(faults) - errors} warnings" if faults else "no faults"
    names = book_names(PRICES)
    print(f"{len(names)} price books ({', '.join(names)}): {said}.")
    return 1 if errors else 0


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
