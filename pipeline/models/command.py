"""`python -m pipeline models pull | list`: the weights on the command line."""

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from pipeline.config import read_settings
from pipeline.models.catalogue import PROFILES, Kind
from pipeline.models.find import Row, listing
from pipeline.models.pull import Progress, Report, pull


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `models` to the command line; each verb sets `run`, a function of the parsed arguments."""
    models = subparsers.add_parser("models", help="the model weights of this machine")
    verbs = models.add_subparsers(dest="models_verb", required=True)
    fetch = verbs.add_parser("pull", help="fetch what is missing and check it")
    fetch.add_argument("--profile", choices=(*PROFILES, "all"), help="default: VIVIDLY_PROFILE, or standard")
    fetch.add_argument("--kind", choices=(*Kind, "all"), default="all", help="only what does this (default all)")
    fetch.set_defaults(run=pull_command)
    show = verbs.add_parser("list", help="what there is, its licence and its state")
    show.add_argument("--verify", action="store_true", help="hash every file again")
    show.add_argument("--json", action="store_true", help="for machines")
    show.set_defaults(run=list_command)


def pull_command(args: argparse.Namespace) -> int:
    """Fetch the weights of the profile, with a bar for each step."""
    settings = read_settings()
    profile = args.profile or settings.profile
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        pull(settings, profile, _shown(bar), kinds=tuple(Kind) if args.kind == "all" else (Kind(args.kind),))
    kind = "" if args.kind == "all" else f", kind {args.kind},"
    print(f"The weights of the profile {profile}{kind} are in {settings.models}.")
    return 0


def list_command(args: argparse.Namespace) -> int:
    """Show every model, as a table or as JSON."""
    rows = listing(read_settings(), verify=args.verify)
    if args.json:
        print(json.dumps([asdict(row) | {"path": str(row.path)} for row in rows], indent=2, ensure_ascii=False))
    else:
        # Into a file or a pipe the table is written wide enough for whole paths.
        Console(width=None if sys.stdout.isatty() else 240).print(_table(rows))
    return 0


def _shown(bar: Bar) -> Report:
    tasks: dict[str, TaskID] = {}

    def report(progress: Progress) -> None:
        task = tasks.get(progress.step)
        if task is None:
            task = tasks[progress.step] = bar.add_task(progress.step, total=None)
        bar.update(task, completed=progress.done, total=progress.total or None)

    return report


def _table(rows: tuple[Row, ...]) -> Table:
    table = Table("model", "kind", "profile", "licence", "size", "state", "where", box=None)
    for row in rows:
        size = f"{row.size / 1e6:,.0f} MB"
        table.add_row(row.id, row.kind, row.profile, row.licence, size, row.state, str(row.path))
    return table
