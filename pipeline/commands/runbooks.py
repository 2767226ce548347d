"""`python -m pipeline runbooks list | show | start | tick | untick | finish | abandon | runs`: what to do, step by step."""

import argparse
import json
from collections.abc import Callable, Iterator

from pipeline.config import read_settings
from pipeline.organisation import COMMAND_LINE
from pipeline.runbooks import Run, Runbook, find, load
from pipeline.wiring import Wiring

ACTIONS = "list|show|runs|start|tick|untick|finish|abandon"


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `runbooks`."""
    parser = verbs.add_parser("runbooks", help="what to do about a fault, step by step")
    actions = parser.add_subparsers(required=True, metavar=ACTIONS)

    def action(name: str, what: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = actions.add_parser(name, help=what)
        made.add_argument("--json", action="store_true", help="print one JSON value")
        made.set_defaults(run=run, wire=Wiring)
        return made

    action("list", "every runbook", run_list)
    action("show", "one of them", run_show).add_argument("name")
    runs = action("runs", "who worked through one lately", run_runs)
    runs.add_argument("--for", dest="fingerprint", default="", metavar="GROUP", help="only those for this group of errors")
    start = action("start", "work through one; prints the number of the run", run_start)
    start.add_argument("name")
    start.add_argument("--for", dest="fingerprint", default="", metavar="GROUP", help="the fingerprint of a group of errors")
    for name, what, run in (("tick", "a step is done", run_tick), ("untick", "it is not done after all", run_untick)):
        one = action(name, what, run)
        one.add_argument("run_id", type=int, metavar="RUN")
        one.add_argument("step", type=int)
    finish = action("finish", "the run is done", run_finish)
    abandon = action("abandon", "it is not gone on with", run_abandon)
    for one, needed in ((finish, False), (abandon, True)):
        one.add_argument("run_id", type=int, metavar="RUN")
        one.add_argument("--why", default="", required=needed, help="needed where steps are left")


def run_list(args: argparse.Namespace) -> int:
    """Print a line for each."""
    books = load()
    if args.json:
        print(json.dumps([book.model_dump(mode="json", include={"name", "title", "effort"}) for book in books]))
        return 0
    width = max(len(book.name) for book in books)
    print("\n".join(f"{book.name:<{width}}  {book.title} ({book.effort})" for book in books))
    return 0


def run_show(args: argparse.Namespace) -> int:
    """Print the text."""
    book = find(args.name)
    print(json.dumps(book.model_dump(mode="json"), ensure_ascii=False) if args.json else "\n".join(_text(book)))
    return 0


def run_runs(args: argparse.Namespace) -> int:
    """Print the newest runs."""
    runs = args.wire(read_settings()).runbook_runs.all(fingerprint=args.fingerprint)
    if args.json:
        print(json.dumps([run.model_dump(mode="json") for run in runs]))
    else:
        print("\n".join(_line(run) for run in runs) or "Nobody has worked through one.")
    return 0


def run_start(args: argparse.Namespace) -> int:
    """Begin, or go on with, a run."""
    book = find(args.name)
    return _tell(args, args.wire(read_settings()).runbook_runs.start(COMMAND_LINE, book, fingerprint=args.fingerprint))


def run_tick(args: argparse.Namespace) -> int:
    """Tick a step."""
    return _tell(args, args.wire(read_settings()).runbook_runs.tick(COMMAND_LINE, args.run_id, args.step))


def run_untick(args: argparse.Namespace) -> int:
    """Take a tick back."""
    return _tell(args, args.wire(read_settings()).runbook_runs.untick(COMMAND_LINE, args.run_id, args.step))


def run_finish(args: argparse.Namespace) -> int:
    """Finish a run."""
    return _tell(args, args.wire(read_settings()).runbook_runs.finish(COMMAND_LINE, args.run_id, why=args.why))


def run_abandon(args: argparse.Namespace) -> int:
    """Abandon a run."""
    return _tell(args, args.wire(read_settings()).runbook_runs.abandon(COMMAND_LINE, args.run_id, why=args.why))


def _tell(args: argparse.Namespace, run: Run) -> int:
    print(run.model_dump_json() if args.json else _line(run))
    return 0


def _line(run: Run) -> str:
    about = f" for {run.fingerprint}" if run.fingerprint else ""
    why = f": {run.why}" if run.why else ""
    return (f"run {run.run_id}  {run.runbook}{about}  {len(run.ticks)} of {run.steps} steps, {run.state}{why}  "
            f"({run.started_by}, {run.started_at:%Y-%m-%d %H:%M} UTC)")


def _text(book: Runbook) -> Iterator[str]:
    yield f"{book.title} ({book.effort})\n"
    yield book.text.strip()
