"""How quickly logs are read, and how quickly the page Errors is told: python -m tests.bench logs [--lines 1000000] [--json].

A log of so many lines is made (see `_log`), pulled by two processes beside the main one into each database, and every reading
of the page is timed over it; drain3 alone takes the same messages in the same run. Then the quality of the grouping
(`--quality` alone runs just this). 1 when a limit was not kept.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from pipeline.config import ROOT
from pipeline.database import open_database
from pipeline.incidents import Incidents, Sort, State, Where, Window
from pipeline.logs import given_files
from tests.bench import _grouping
from tests.bench._log import BEGIN, write
from tests.bench.queue import installation

LINES, PROCESSES = 1_000_000, 2
LEAST_PER_SECOND, MOST_MB, MOST_MS = 100_000, 500, 300.0
TIMES = 5
DRAIN3 = "drain3==0.9.11"


class Pull(NamedTuple):
    """One pull of the whole log."""

    database: str
    lines: int
    errors: int
    groups: int
    seconds: float
    busy: float
    """Seconds of all processors that its processes took: what is left where the machine does nothing else."""
    mb: float
    """The resident memory of all processes together, at its highest: what they share is counted in each."""

    @property
    def per_second(self) -> float:
        """Lines."""
        return self.lines / self.seconds


class Reading(NamedTuple):
    """One reading's median milliseconds."""

    database: str
    query: str
    ms: float


def main(argv: Sequence[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench logs")
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--quality", action="store_true", help="only how well lines are told apart")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    if args.quality:
        return _grouping.main()
    kept = _speed(args)
    return _grouping.main() or int(not kept)


def _speed(args: argparse.Namespace) -> bool:
    pulls, readings = list[Pull](), list[Reading]()
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), args.lines)
        size = sum(path.stat().st_size for path in files) / 1e6
        print(f"{args.lines:,} lines in {len(files)} files of {size:.0f} MB", file=sys.stderr)
        for name in ("sqlite", "postgresql") if args.database == "both" else (args.database,):
            with installation(name) as settings:
                pulls.append(_pull(name, settings.database_url, files))
                engine = open_database(settings.database_url)
                readings += _readings(name, engine)
                engine.dispose()
        peer = _peer(Path(folder), files)
    if args.json:
        print(json.dumps({"pulls": [pull._asdict() for pull in pulls], "drain3_lines_per_second": peer,
                          "readings": [reading._asdict() for reading in readings]}))
    else:
        print("\n".join(_table(pulls, readings, peer)))
    return all(pull.per_second >= LEAST_PER_SECOND and pull.mb <= MOST_MB for pull in pulls if pull.database == "sqlite") and all(
        reading.ms <= MOST_MS for reading in readings)


def _pull(name: str, url: str, files: Sequence[Path]) -> Pull:
    process = subprocess.Popen([sys.executable, "-m", "tests.bench._pull", url, str(PROCESSES), *map(str, files)],
                               stdout=subprocess.PIPE, text=True, cwd=ROOT)
    most = 0.0
    while process.poll() is None:
        most = max(most, sum(map(_resident, _family(process.pid))))
        time.sleep(0.05)
    assert process.stdout is not None and process.returncode == 0
    told = json.loads(process.stdout.read())
    return Pull(database=name, mb=most, **told)


def _family(pid: int) -> list[int]:
    """The process and all that it started."""
    try:
        children = [int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]
    except OSError:  # it has ended
        return []
    return [pid, *(one for child in children for one in _family(child))]


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
    except (OSError, IndexError):
        return 0.0


def _readings(name: str, engine: Engine) -> Iterator[Reading]:
    for query, ask in _queries(Incidents(engine)):
        times = []
        for _ in range(TIMES + 1):
            began = time.perf_counter()
            ask()
            times.append(1000 * (time.perf_counter() - began))
        yield Reading(name, query, statistics.median(times[1:]))  # the first is cold


def _queries(incidents: Incidents) -> Iterator[tuple[str, Callable[[], object]]]:
    week, day = Window(), Window(since=BEGIN + timedelta(days=1), until=BEGIN + timedelta(days=2))
    facets = Where(stage=("nlu", "script"), severity=("ERROR",), version=("build-0", "build-1"))
    top = incidents.groups(limit=1).groups[0].fingerprint
    older = incidents.occurrences(top, limit=500).older
    for name, window in (("all time", week), ("a day", day)):
        yield f"groups, {name}", lambda window=window: incidents.groups(window, buckets=48)
        for sort in (Sort.LAST, Sort.REQUESTS):
            yield f"groups by {sort}, {name}", lambda window=window, sort=sort: incidents.groups(window, sort=sort, buckets=48)
        yield f"groups by facets, {name}", lambda window=window: incidents.groups(window, facets, buckets=48)
        yield f"groups by text, {name}", lambda window=window: incidents.groups(window, Where(text="mappers"), buckets=48)
        yield f"groups by state, {name}", lambda window=window: incidents.groups(window, Where(state=(State.NEW, State.ONGOING)))
        yield f"facets, {name}", lambda window=window: incidents.facets(window)
        yield f"rate, {name}", lambda window=window: incidents.rate(window, step_seconds=3600)
        yield f"activity, {name}", lambda window=window: incidents.activity(window, step_seconds=3600)
        yield f"one group, {name}", lambda window=window: incidents.detail(top, window)
        yield f"exposure, {name}", lambda window=window: incidents.exposure(window)
    yield "occurrences", lambda: incidents.occurrences(top)
    yield "occurrences, deep", lambda: incidents.occurrences(top, before=older)
    yield "live tail", lambda: incidents.tail(after=incidents.newest_number() - 100)
    yield "executions", lambda: incidents.executions(week)
    yield "sources", incidents.sources
    yield "review of all states", incidents.review


def _peer(folder: Path, files: Sequence[Path]) -> tuple[float, float] | None:
    """drain3's lines per second, and of one processor's time; None, and said loudly, where it cannot be installed."""
    python = folder / "environment" / "bin" / "python"
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "environment")], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", DRAIN3], check=True)
    except (OSError, subprocess.CalledProcessError):
        print("DRAIN3 COULD NOT BE INSTALLED: THERE IS NOTHING TO COMPARE WITH", file=sys.stderr)
        return None
    messages, count = folder / "messages.txt", 0
    with messages.open("w", encoding="utf-8") as file:
        for piece in given_files(files, whole=True).pieces():
            for entry in piece.read().entries:
                file.write(entry.message.replace("\n", " ") + "\n")
                count += 1
    done = subprocess.run([str(python), "-P", str(Path(__file__).with_name("_drain3.py")), str(messages)], check=True,
                          capture_output=True, text=True)  # -P: beside it stands a module that is called queue
    seconds, busy = map(float, done.stdout.split()[:2])
    return count / seconds, count / busy


def _table(pulls: Sequence[Pull], readings: Sequence[Reading], peer: tuple[float, float] | None) -> Iterator[str]:
    for pull in pulls:
        late = "" if pull.per_second >= LEAST_PER_SECOND else f"   LESS THAN {LEAST_PER_SECOND:,}"
        yield (f"{pull.database:11} {pull.lines:,} lines, {pull.errors:,} errors in {pull.groups} groups: {pull.seconds:.1f} s, "
               f"{pull.per_second:,.0f} lines/s ({1e6 * pull.busy / pull.lines:.1f} µs of processors a line), {pull.mb:.0f} MB at most{late}")
    if peer is not None:
        yield f"drain3      alone, over their messages: {peer[0]:,.0f} lines/s ({1e6 / peer[1]:.1f} µs a line)"
    yield f"{'database':11} {'reading':32} {'ms':>8}   (median of {TIMES})"
    for reading in readings:
        yield f"{reading.database:11} {reading.query:32} {reading.ms:8.1f}{'' if reading.ms <= MOST_MS else '   TOO SLOW'}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
