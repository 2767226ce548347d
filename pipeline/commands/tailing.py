"""The newest lines, of this installation or of Cloud Logging, and what follows them; and what Cloud Logging finds."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from pipeline.logs import START, Entry, Files, Following, Query, Unparsed, Wanted, own_logs
from pipeline.wiring import Wiring

NEWEST = timedelta(days=1)
"""Of Cloud Logging a tail shows nothing older first."""


def home_tail(home: Path, query: Query, lines: int, *, follow: bool) -> tuple[Sequence[Entry], Following]:
    """So many of the newest lines of this installation, and what follows them."""
    files = own_logs(home, raw=True)
    return _newest(files, query, lines), Following(lambda: own_logs(home, raw=True), files.end() if follow else START)


def cloud_tail(wiring: Wiring, query: Query, lines: int) -> tuple[Sequence[Entry], Following]:
    """The same of Cloud Logging. What comes late is told too, unless it is older than what was shown first."""
    now = datetime.now(UTC)
    found = islice(in_cloud(wiring, query, now - NEWEST, newest_first=True, unparsed=[]), lines)
    shown = sorted(found, key=lambda entry: entry.at)
    begin = datetime.fromtimestamp(min([entry.at for entry in shown], default=now.timestamp()), UTC)
    cloud = wiring.cloud_logs(Wanted(query=query.google), since=begin, hear=on_stderr)
    following = Following(lambda: cloud)
    following.know(shown)
    return shown, following


def in_cloud(wiring: Wiring, query: Query, begin: datetime | None, *, newest_first: bool, unparsed: list[Unparsed],
              ) -> Iterator[Entry]:
    """What Cloud Logging itself finds, in that order, page after page: each is a call of the few that it allows a minute."""
    cloud = wiring.cloud_logs(Wanted(query=query.google), since=begin or datetime.fromtimestamp(0, UTC), hear=on_stderr)
    for read in cloud.search(newest_first=newest_first):
        unparsed += read.unparsed
        yield from read.entries


def on_stderr(said: str) -> None:
    """Tell what it waits for."""
    print(said, file=sys.stderr)


def _newest(files: Files, query: Query, number: int) -> Sequence[Entry]:
    """So many of the newest entries, the oldest first; older files are not opened once there are enough."""
    found: list[Entry] = []
    for file in reversed(files.each()):
        if len(found) >= number:
            break
        read = (piece.read() for piece in file.pieces())
        found = [*(entry for some in read for entry in some.entries if query.finds(entry)), *found]
    return sorted(found, key=lambda entry: entry.at)[-number:] if number else []
