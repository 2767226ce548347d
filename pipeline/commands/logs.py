"""`python -m pipeline logs pull | tail | query`: what the processes say, here and in Google Cloud Logging."""

import argparse
import heapq
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import sleep
from typing import Any

from pipeline.commands import since
from pipeline.commands.tailing import cloud_tail, home_tail, in_cloud, on_stderr
from pipeline.config import read_settings
from pipeline.errors import BadRequest
from pipeline.incidents import Pulled
from pipeline.logs import CLOUD_LOOKS_SECONDS, START, Entry, From, Query, Source, Unparsed, given_files, read_query
from pipeline.wiring import Wiring

HOME, CLOUD = "home", "cloud"
LOOKS_SECONDS = 0.5
FIELDS = ("logger", "action", "request_id", "correlation_id", "student_id", "stage", "worker", "version", "execution", "job",
          "source")
SOURCE = "home (this installation's own lines), cloud (Google Cloud Logging), or a file or folder; may be repeated"


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `logs`."""
    parser = verbs.add_parser("logs", help="what the processes say: read it into the record, follow it, search it")
    actions = parser.add_subparsers(required=True, metavar="pull|tail|query")
    pull = actions.add_parser("pull", help="read what is new into the record, where errors are grouped")
    pull.add_argument("--since", metavar="TIME", help="where a first reading begins: 24h, 7d, 2026-11-01")
    pull.add_argument("--processes", type=int, default=1, metavar="N", help="that read for this one (default 1; 0: none)")
    pull.add_argument("--json", action="store_true", help="print one object")
    pull.set_defaults(run=run_pull)
    tail = actions.add_parser("tail", help="the newest lines")
    tail.add_argument("filter", nargs="*", help="as in `logs query`")
    tail.add_argument("--follow", "-f", action="store_true", help="go on with what is written from now on, until Ctrl+C")
    tail.add_argument("--lines", "-n", type=int, default=20, metavar="N", help="default 20")
    tail.add_argument("--source", choices=(HOME, CLOUD), default=HOME,
                      help="this installation's own lines (default), or Cloud Logging")
    tail.set_defaults(run=run_tail)
    query = actions.add_parser("query", help="""lines that a filter finds: 'severity>=ERROR job_name="worker" "sqlalchemy"'""")
    query.add_argument("filter", nargs="*", help="in the language of gcloud logging read")
    query.add_argument("--freshness", metavar="TIME",
                       help="not older than this (default 1d, unless the filter says a timestamp)")
    query.add_argument("--limit", type=int, default=1000, metavar="N", help="default 1000")
    query.add_argument("--order", choices=("desc", "asc"), default="desc", help="newest first (default), or oldest first")
    query.add_argument("--format", choices=("text", "json"), default="text")
    query.set_defaults(run=run_query)
    for each in (pull, query):
        each.add_argument("--source", action="append", metavar="NAME", help=SOURCE)
    for each in actions.choices.values():
        each.set_defaults(wire=Wiring)


def run_pull(args: argparse.Namespace) -> int:
    """Read each source from where it was left."""
    if not 0 <= args.processes <= 64:
        raise BadRequest("--processes", "must be 0 to 64.")
    begin = since("--since", args.since)
    wiring: Wiring = args.wire(read_settings())
    told: dict[str, Any] = {}
    for source in _sources(args.source, wiring, begin):
        pulled = wiring.incidents.pull(source, processes=args.processes)
        told[source.name] = pulled.model_dump(mode="json")
        if not args.json:
            print(_brought(source.name, pulled))
    wiring.deployments.collect()
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
    return 0


def run_tail(args: argparse.Namespace) -> int:
    """Print the newest lines of this installation or of Cloud Logging, and what follows."""
    if args.lines < 0:
        raise BadRequest("--lines", "must be 0 or more.")
    query = read_query(" ".join(args.filter))
    if args.source == CLOUD:
        (shown, following), pause = cloud_tail(args.wire(read_settings()), query, args.lines), CLOUD_LOOKS_SECONDS
    else:
        shown, following = home_tail(read_settings().home, query, args.lines, follow=args.follow)
        pause = LOOKS_SECONDS
    for entry in shown:
        print(_text(entry), flush=True)
    while args.follow:
        sleep(pause)
        for entry in filter(query.finds, following.look()):
            print(_text(entry), flush=True)
    return 0


def run_query(args: argparse.Namespace) -> int:
    """Print the lines that the filter finds."""
    query = read_query(" ".join(args.filter))
    if args.limit < 1:
        raise BadRequest("--limit", "must be 1 or more.")
    begin = since("--freshness", args.freshness or (None if query.times else "1d"))
    unparsed: list[Unparsed] = []
    found = _searched(args, args.wire(read_settings()), query, begin, unparsed)
    choose = heapq.nlargest if args.order == "desc" else heapq.nsmallest
    entries = choose(args.limit, found, key=lambda entry: entry.at)
    if args.format == "json":
        print(json.dumps([_object(entry) for entry in entries], indent=2, ensure_ascii=False))
    else:
        for entry in entries:
            print(_text(entry))
    if len(entries) == args.limit:
        print(f"Only {args.limit} lines are shown: say --limit for more.", file=sys.stderr)
    if unparsed:
        print(f"{len(unparsed)} pieces could not be read, the first at {unparsed[0].place}.", file=sys.stderr)
    return 0


def _searched(args: argparse.Namespace, wiring: Wiring, query: Query, begin: datetime | None, unparsed: list[Unparsed],
              ) -> Iterator[Entry]:
    """The entries of the sources that the query finds. What cannot be read is added to `unparsed`."""
    start = begin.timestamp() if begin else 0.0
    for name in dict.fromkeys(args.source or [HOME]):
        if name == CLOUD:
            yield from islice(in_cloud(wiring, query, begin, newest_first=args.order == "desc", unparsed=unparsed), args.limit)
            continue
        files = wiring.own_logs() if name == HOME else given_files([Path(name)], whole=True)
        for piece in replace(files, raw=True, since=start).pieces(START):
            read = piece.read()
            unparsed += read.unparsed
            yield from (entry for entry in read.entries if entry.at >= start and query.finds(entry))


def _sources(names: Sequence[str] | None, wiring: Wiring, begin: datetime | None) -> Iterator[Source]:
    """The sources of these names; without one, all that this installation has."""
    for name in dict.fromkeys(names or (HOME, *([CLOUD] if wiring.settings.log_project else []))):
        if name == CLOUD:
            yield wiring.cloud_logs(since=begin, hear=on_stderr)
            continue
        files = wiring.own_logs() if name == HOME else given_files([Path(name)])
        yield From(files, begin.timestamp()) if begin else files


def _brought(name: str, pulled: Pulled) -> str:
    twice = f", {pulled.duplicates} known already" if pulled.duplicates else ""
    other = " Another process reads on here." if pulled.overtaken else ""
    return (f"{name}: {pulled.lines} lines, {pulled.errors} errors, {pulled.unparsed} unparsed{twice}; "
            f"{len(pulled.new_groups)} new groups.{other}")


def _text(entry: Entry) -> str:
    """Time, severity, job, message; the traceback below, indented. Nothing in it moves the terminal."""
    at = datetime.fromtimestamp(entry.at, UTC)
    job = f"{entry.job}  " if entry.job else ""
    line = f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}  {entry.severity:<8}  {job}{entry.message}"
    return "\n    ".join(_still(part) for part in (*line.split("\n"), *filter(None, entry.trace.split("\n"))))


def _still(line: str) -> str:
    """The line with its control characters written out."""
    return line if line.isprintable() else "".join(
        sign if sign.isprintable() or sign == "\t" else sign.encode("unicode_escape").decode() for sign in line)


def _object(entry: Entry) -> dict[str, str]:
    at = datetime.fromtimestamp(entry.at, UTC).isoformat().replace("+00:00", "Z")
    more = {name: value for name in FIELDS if (value := getattr(entry, name))}
    trace = {"traceback": entry.trace} if entry.trace else {}
    return {"insertId": entry.id, "timestamp": at, "severity": entry.severity, "message": entry.message, **trace, **more}
