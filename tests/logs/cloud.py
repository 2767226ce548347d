"""A reading of Cloud Logging as the store of incidents does it: what was seen and the cursor are kept together."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline.logs.cloud_source import CloudSource
from pipeline.logs.entry import Entry
from pipeline.testing.cloud_logging import CloudLogging

NOW = 1_800_000_000.0
"""2027-01-15T08:00:00Z."""


def stamp(at: float) -> str:
    """The time as Cloud Logging writes it, exact to the microsecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def line(name: str, at: float = NOW, text: str = "", **fields: Any) -> dict[str, Any]:
    """An entry of that id and time."""
    return {"insertId": name, "timestamp": stamp(at), "textPayload": text or f"said {name}", **fields}


@dataclass
class Clock:
    """Stands still until somebody moves it."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


@dataclass
class Keeper:
    """Keeps entries by id and the cursor, in one step for each piece."""

    cursor: str = ""
    seen: set[str] = field(default_factory=set)
    entries: list[Entry] = field(default_factory=list)
    read: int = 0
    """Entries that came, known ones too."""

    def pull(self, source: CloudSource, *, pieces: int | None = None) -> "Keeper":
        """Read; `pieces` is after how many of them the process dies, the last one read and not kept."""
        for number, piece in enumerate(source.pieces(self.cursor)):
            said = piece.read()
            if number == pieces:
                break
            self.read += len(said.entries)
            self.entries += [entry for entry in said.entries if entry.id not in self.seen]
            self.seen |= {entry.id for entry in said.entries} | {name for name, _ in said.absorbed}
            self.cursor = piece.cursor
        return self

    @property
    def counts(self) -> Counter[str]:
        """How often each id was kept."""
        return Counter(entry.id for entry in self.entries)


Reading = Callable[..., CloudSource]


@dataclass
class Sky:
    """The stand-in, its address and its clock, and readings of it."""

    cloud: CloudLogging
    address: str
    clock: Clock
    reading: Reading
