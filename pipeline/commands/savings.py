"""`python -m pipeline savings`: what was saved by not making films, with its interval, its test and its assumptions."""

import argparse
import json
from collections.abc import Iterator

from pipeline.commands import day
from pipeline.config import read_settings
from pipeline.ledger.backtest import FEWEST_TESTED, BackTest
from pipeline.ledger.savings import BOOK, Report, SavedBy
from pipeline.report import Estimate
from pipeline.wiring import Wiring


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `savings`."""
    parser = verbs.add_parser("savings", help="what was saved by not making films")
    parser.add_argument("--since", metavar="DAY", help="decided from this day on (UTC, as 2026-11-01)")
    parser.add_argument("--until", metavar="DAY", help="decided before this day")
    parser.add_argument("--by", choices=list(SavedBy), default=SavedBy.DAY, help="lines by this (default day)")
    parser.add_argument("--book", default=BOOK, metavar="NAME", help=f"price book (default {BOOK})")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Print the report."""
    since, until = day("--since", args.since), day("--until", args.until)
    wiring: Wiring = args.wire(read_settings())
    report = wiring.savings.report(since, until, by=SavedBy(args.by), book=args.book)
    if args.json:
        print(json.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_told(report)))
    return 0


def _told(report: Report) -> Iterator[str]:
    yield f"{report.requests} requests did without a film and saved {_amount(report.saved)}."
    if report.wordless:
        yield f"NOT PREDICTED: {report.wordless} of them, whose script cannot be read any more."
    for usage in report.unpriced:
        yield f"UNPRICED, and not learned from: {usage}"
    width = max((len(line.key) for line in report.lines), default=0)
    yield from (f"  {line.key:<{width}}  {line.requests:>9} requests  {_amount(line.saved)}" for line in report.lines)
    yield from ("", _tested(report.back_test), "", "This rests on:")
    yield from (f"  - {assumption}" for assumption in report.assumptions)


def _amount(saved: Estimate) -> str:
    between = "" if saved.low is None else f" (95 %: ${saved.low:f} to ${saved.high:f})"
    return f"${saved.usd:f}{between}"


def _tested(test: BackTest | None) -> str:
    if test is None:
        return f"Back-test: there are fewer than {FEWEST_TESTED} films to test the prediction on."
    share = "" if test.mean_absolute_share is None else f", {test.mean_absolute_share:.1%} off on average"
    return (
        f"Back-test: {test.tested} films, each predicted from the others: {test.coverage:.1%} cost what the interval said, mean "
        f"error ${test.mean_error:f}{share}. The newer half together cost ${test.later_usd:.6f}; predicted from the older half: "
        f"{_amount(test.later)}.")
