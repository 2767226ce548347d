"""A store of incidents in an empty database, and a source of entries that a test writes down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Engine

from pipeline.database import open_database, upgrade
from pipeline.incidents import Incidents
from pipeline.logs import Entry, Most, Read, Unparsed

NOON = 1_762_300_800.0
"""2025-11-05 00:00 UTC."""


class Cut(NamedTuple):
    """A piece of given entries."""

    cursor: str
    entries: Sequence[Entry]
    unparsed: Sequence[Unparsed] = ()

    def read(self) -> Read[Entry]:
        return Read(self.entries, self.unparsed)

    def skim(self, most: Most) -> Read[Entry]:
        return self.read()


@dataclass
class Written:
    """A source of these entries, so many to a piece; the cursor counts them."""

    entries: Sequence[Entry]
    name: str = "written"
    at_once: int = 3
    unparsed: Sequence[Unparsed] = ()
    overlaps: bool = False

    def pieces(self, cursor: str = "") -> Iterator[Cut]:
        for begin in range(int(cursor or 0), len(self.entries), self.at_once):
            end = min(begin + self.at_once, len(self.entries))
            yield Cut(str(end), self.entries[begin:end], self.unparsed if begin == 0 else ())


def line(number: int = 1, message: str = "Worker stopped", **fields: Any) -> Entry:
    """A line; the number is its place, and by default its second after noon."""
    given = {"id": f"w.log:{number}", "at": NOON + number, "severity": "INFO", "source": "w.log", "job": "worker", **fields}
    return Entry(message=message, **given)


def error(number: int = 1, message: str = "Worker crashed: boom", **fields: Any) -> Entry:
    return line(number, message, **{"severity": "ERROR", **fields})


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    upgrade(url)
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def incidents(engine: Engine) -> Incidents:
    return Incidents(engine)
