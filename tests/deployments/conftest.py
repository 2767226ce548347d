"""An office whose logs were read: a database at the newest migration, and a hand that pulls lines into it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from pipeline.database import Engine, open_database, upgrade
from pipeline.deployments import Deploy, Deployments
from pipeline.incidents.pulling import pull
from pipeline.logs import Entry, Most, Piece, Read, parse
from pipeline.organisation import COMMAND_LINE

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Text:
    """A source that holds everything in one piece."""

    name: str
    data: bytes
    overlaps: bool = True
    cursor: str = "end"

    def pieces(self, cursor: str = "") -> Iterator[Piece]:
        if cursor != self.cursor:
            yield self

    def read(self) -> Read[Entry]:
        return parse(self.data, source=self.name)

    def skim(self, most: Most) -> Read[Entry]:
        return self.read()


@dataclass
class Office:
    """The deployments of a database, and its logs."""

    engine: Engine
    now: datetime = NOW
    sources: int = 0
    deployments: Deployments = field(init=False)

    def __post_init__(self) -> None:
        self.deployments = Deployments(self.engine, clock=lambda: self.now)

    def read(self, data: bytes) -> None:
        """Pull these lines."""
        self.sources += 1
        pull(self.engine, Text(f"file{self.sources}.log", data), processes=0)

    def record(self, *deploys: Deploy) -> None:
        for deploy in deploys:
            self.deployments.record(COMMAND_LINE, deploy)


@pytest.fixture
def office(url: str) -> Iterator[Office]:
    """On SQLite and on PostgreSQL."""
    upgrade(url)
    engine = open_database(url)
    yield Office(engine)
    engine.dispose()


@pytest.fixture
def desk(tmp_path) -> Iterator[Office]:
    """On SQLite alone."""
    address = f"sqlite:///{tmp_path / 'desk.sqlite'}"
    upgrade(address)
    engine = open_database(address)
    yield Office(engine)
    engine.dispose()

