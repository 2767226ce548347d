"""`python -m pipeline errors`: groups of errors by cause, from what was pulled or from files of logs."""

import argparse
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.commands import since
from pipeline.config import read_settings
from pipeline.database import open_database, upgrade
from pipeline.deployments import Deployments, Mark, fixed_in, read_deploys
from pipeline.errors import BadRequest
from pipeline.incidents import Group, Groups, Incidents, Window
from pipeline.logs import given_files
from pipeline.organisation import COMMAND_LINE
from pipeline.runbooks import load, match
from pipeline.wiring import Wiring

SAMPLES = 5
SHOWN = 50
WIDE = 150
ALL = 1_000_000
AGO = "smhdw"
"""What a time ends with that is so long ago, and no other."""
STATE_STYLES = {"new": "yellow", "regressed": "bold red", "escalating": "bold red", "resolved": "green", "ignored": "dim"}


class Found(NamedTuple):
    """What is told."""

    groups: Groups
    lines: Mapping[str, Sequence[str]]
    marks: Mapping[str, Mark]


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `errors`."""
    parser = verbs.add_parser("errors", help="errors of the logs, grouped by cause")
    parser.add_argument("--logs", nargs="+", type=Path, metavar="FILE",
                        help="of these files or folders, kept nowhere (default: what `logs pull` has read)")
    parser.add_argument("--since", metavar="TIME",
                        help="not older than this: 24h, 7d (with --logs before the newest line, else before now), 2026-11-01")
    parser.add_argument("--deploys", type=Path, metavar="FILE",
                        help="what was put into service when, with --logs: JSON or CSV of build, commit, image, at")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Print the groups, those with the most errors first."""
    since("--since", args.since)  # a mistake is told before anything is read
    if args.logs:
        found = _of_files(args)
    elif args.deploys:
        raise BadRequest("--deploys", "goes with --logs; for this installation use `deploy record --deploys FILE`.")
    else:
        wiring: Wiring = args.wire(read_settings())
        found = _found(wiring.incidents, wiring.deployments, Window(since=since("--since", args.since)))
    if args.json:
        print(json.dumps(_told(found), ensure_ascii=False, indent=2))
    else:
        _show(found)
    return 0


def _of_files(args: argparse.Namespace) -> Found:
    """From the files, in a database that is gone afterwards. Its clock stands at the newest line."""
    deploys = read_deploys(args.deploys) if args.deploys else []
    with tempfile.TemporaryDirectory(prefix="vividly-errors-") as folder:
        url = f"sqlite:///{Path(folder) / 'errors.sqlite'}"
        upgrade(url)
        engine = open_database(url)
        try:
            incidents, deployments = Incidents(engine), Deployments(engine)
            incidents.pull(given_files(args.logs, whole=True), processes=2, review=False)
            newest = max((state.last_line for state in incidents.sources() if state.last_line), default=datetime.now(UTC))
            incidents.review(now=newest.timestamp())
            deployments.collect()
            for deploy in deploys:
                deployments.record(COMMAND_LINE, deploy)
            return _found(incidents, deployments, Window(since=_before(args.since, newest)))
        finally:
            engine.dispose()


def _before(given: str | None, newest: datetime) -> datetime | None:
    """The moment that is meant where the newest line stands for now."""
    begin = since("--since", given)
    ago = begin is not None and given is not None and given.strip()[-1] in AGO
    return newest - (datetime.now(UTC) - begin) if ago and begin else begin


def _found(incidents: Incidents, deployments: Deployments, window: Window) -> Found:
    marks = deployments.marks()
    groups = incidents.groups(window, limit=ALL, fixed=fixed_in(marks))
    return Found(groups, incidents.line_ids(window), marks)


def _told(found: Found) -> dict[str, object]:
    groups = found.groups
    return {"groups": [_group(group, found) for group in groups.groups], "lines": groups.lines + groups.unparsed,
            "errors": groups.errors, "unparsed": groups.unparsed}


def _group(group: Group, found: Found) -> dict[str, object]:
    line_ids, mark = found.lines.get(group.fingerprint, ()), found.marks.get(group.fingerprint)
    return {
        "fingerprint": group.fingerprint, "title": group.title, "state": group.told.state, "count": group.count,
        "first_seen": group.first_seen.isoformat(), "last_seen": group.last_seen.isoformat(),
        "sample_ids": list(line_ids[:SAMPLES]), "line_ids": list(line_ids),
        "unmasked_by": mark.unmasked_by if mark else None, "fixed_in": mark.fixed_in if mark else None,
        "runbook": _runbook(group),
    }


def _runbook(group: Group) -> str | None:
    found = match(group, load())
    return found.name if found else None


def _show(found: Found) -> None:
    groups, console = found.groups, Console(width=None if Console().is_terminal else WIDE)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title, justify in (("errors", "right"), ("share", "right"), ("state", "left"), ("last seen (UTC)", "left"),
                           ("fingerprint", "left"), ("what", "left"), ("about it", "left")):
        table.add_column(title, header_style="dim", justify=justify, no_wrap=title not in ("what", "about it"))  # type: ignore[arg-type]
    for group in groups.groups[:SHOWN]:
        state = group.told.state.value
        table.add_row(f"{group.count:,}", f"{100 * group.share:.1f} %", Text(state, STATE_STYLES.get(state, "")),
                      f"{group.last_seen:%Y-%m-%d %H:%M}", group.fingerprint, Text(_plain(group.title)),
                      Text(_about(group, found)))
    if groups.groups:
        console.print(table, markup=False, highlight=False)
    rest = f", {groups.found - SHOWN} more with fewer errors" if groups.found > SHOWN else ""
    unparsed = f"; unparsed: {groups.unparsed:,}" if groups.unparsed else ""
    console.print(f"{groups.found} groups{rest}; {groups.errors:,} errors in {groups.lines + groups.unparsed:,} lines{unparsed}",
                  markup=False, highlight=False)


def _about(group: Group, found: Found) -> str:
    mark, runbook = found.marks.get(group.fingerprint), _runbook(group)
    said = (f"fixed in {mark.fixed_in}" if mark and mark.fixed_in else "",
            f"behind {mark.unmasked_by}" if mark and mark.unmasked_by else "", f"runbook {runbook}" if runbook else "")
    return _plain("; ".join(part for part in said if part))


def _plain(text: str) -> str:
    """Without what would tell a terminal to do something: the words are a log's."""
    return "".join(character if character.isprintable() else "\u00b7" for character in text)
