"""`python -m pipeline costs`: what was used and what it comes to, by day, stage, …, under any price book."""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from pipeline.commands import day
from pipeline.config import read_settings
from pipeline.errors import OperatorError
from pipeline.ledger import BOOK, By, CacheSavings, Counts, Imbalance, LessonCosts, Spend, SpendRow
from pipeline.wiring import Wiring

MILLIONTH = Decimal("0.000001")
FIELDS = ("listed", "contracted", "effective")
UNKNOWN = "not told"


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `costs`."""
    parser = verbs.add_parser("costs", help="what was used and what it comes to")
    parser.add_argument("--since", metavar="DAY", help="from this day on (UTC, as 2026-11-01)")
    parser.add_argument("--until", metavar="DAY", help="before this day")
    parser.add_argument("--by", choices=list(By), default=By.DAY, help="lines by this (default day)")
    parser.add_argument("--book", default=BOOK, metavar="NAME", help=f"price book (default {BOOK})")
    parser.add_argument("--check", action="store_true", help="add up every row of the record and compare (slow)")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="print one object")
    shape.add_argument("--csv", action="store_true", help="print the lines as CSV")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Print the costs. Raises `OperatorError` when the books were to be checked and do not balance."""
    since, until = day("--since", args.since), day("--until", args.until)
    wiring: Wiring = args.wire(read_settings())
    ledger = wiring.ledger
    if args.check:
        _refuse(ledger.balance())
    spend = ledger.spend(since, until, by=By(args.by), book=args.book)
    if args.csv:
        _write_csv(spend)
        return 0
    lessons, counts = ledger.lessons(since, until, book=args.book), ledger.counts(since, until)
    shelf = ledger.cache_savings(since, until, book=args.book)
    if args.json:
        parts = {"lessons": lessons, "counts": counts, "cache_savings": shelf}
        told = {**spend.model_dump(mode="json"), **{name: part.model_dump(mode="json") for name, part in parts.items()},
                "text_only": counts.text_only}
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        print("\n".join((*_lines(spend), *_lessons(lessons, counts), *_shelf(shelf))))
    return 0


def _refuse(found: Sequence[Imbalance]) -> None:
    if found:
        first = found[0]
        raise OperatorError(
            f"The books do not balance in {len(found)} places, first {first.unit} of {first.provider} ({first.model}) by "
            f"{first.where}: the record has {first.raw}, the roll-up {first.counted}.")


def _write_csv(spend: Spend) -> None:
    lines = csv.writer(sys.stdout)
    lines.writerow((spend.by, *(f"{name}_usd" for name in FIELDS), "unpriced"))
    for row in (*spend.rows, spend.total):
        unpriced = "; ".join(f"{u.quantity:f} {u.unit} of {u.provider} ({u.model})" for u in row.unpriced)
        lines.writerow((_plain(row.key), *_money(row), unpriced))


def _plain(key: str) -> str:
    """Never a formula: a model may be called anything."""
    return f"'{key}" if key[:1] in "=+-@\t\r" else key


def _lines(spend: Spend) -> Iterator[str]:
    if not spend.rows:
        yield "Nothing was used in this time."
        return
    table = [(spend.by.value, "list", "contracted", "effective"),
             *((row.key, *_money(row)) for row in (*spend.rows, spend.total))]
    wide = [max(len(line[column]) for line in table) for column in range(4)]
    for number, line in enumerate(table):
        if number == len(table) - 1:
            yield "-" * (sum(wide) + 6)
        yield "  ".join((line[0].ljust(wide[0]), *(cell.rjust(width) for cell, width in zip(line[1:], wide[1:], strict=True))))
    yield f"USD at the {spend.book} book's prices" + (f"; credits {_usd(spend.credits)}" if spend.credits else "")
    yield from spend.notes
    for usage in spend.total.unpriced:
        yield (f"UNPRICED, and in no sum: {usage.quantity:f} {usage.unit} of {usage.provider} ({usage.model}), "
               f"first on {usage.first}")


def _lessons(lessons: LessonCosts, counts: Counts) -> Iterator[str]:
    if lessons.measured:
        yield ""
        newest = "the newest " if lessons.capped else ""
        yield f"Cost of a completed lesson in USD, of {newest}{lessons.measured} lessons:"
    for row in lessons.rows:
        shelf = " from the shelf" if row.cached else ""
        yield f"  {row.modality + shelf:<22} {row.lessons:>7}  median {_usd(row.p50)}  95 of 100 under {_usd(row.p95)}"
    if counts.text_only is not None:
        yield f"{100 * counts.text_only:.1f} % of {counts.wanted} completed lessons were text only."


def _shelf(saved: CacheSavings) -> Iterator[str]:
    if saved.lessons:
        yield (f"The shelf spared {_usd(saved.usd)} (95 % between {_usd(saved.low)} and {_usd(saved.high)}) "
               f"with {saved.lessons} lessons.")
    if saved.unknown:
        yield f"Of {saved.unknown} more lessons from the shelf nothing is said: too few of their form were made."


def _money(row: SpendRow) -> tuple[str, str, str]:
    return _usd(row.listed), _usd(row.contracted), _usd(row.effective)


def _usd(amount: Decimal | None) -> str:
    return UNKNOWN if amount is None else f"{amount.quantize(MILLIONTH, ROUND_HALF_EVEN):f}"
