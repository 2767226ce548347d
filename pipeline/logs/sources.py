"""Where lines come from, cut into pieces that can be read one by one, elsewhere, and once.

A source yields pieces in order from a cursor. Whoever stores what a piece says keeps the piece's cursor in the same
transaction: then a pull that is killed anywhere goes on behind the last piece that was kept, and loses and doubles nothing.
"""

from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from pipeline.logs.calm import Calm, Most, Sum
from pipeline.logs.entry import Entry

Said = TypeVar("Said", bound=Entry | Calm, covariant=True)
START = ""
"""The cursor of whoever has read nothing yet."""


class Unparsed(NamedTuple):
    """What no entry could be made of."""

    place: str
    """`FILE:LINE`, or the id in its source."""
    reason: str
    text: str
    """Its beginning, undecodable bytes replaced."""
    lines: int = 1
    """Physical lines."""


class Read(NamedTuple, Generic[Said]):
    """What a piece says."""

    entries: Sequence[Said]
    unparsed: Sequence[Unparsed] = ()
    replaced: int = 0
    """Bytes that were no UTF-8 and stand as U+FFFD now."""
    lines: int = 0
    """Physical lines, also empty ones."""
    absorbed: Sequence[tuple[str, float]] = ()
    """Id and time of entries that stand inside others now, as lines of their traceback: where the source overlaps they were
    seen."""
    sums: Sequence[Sum] = ()
    """Lines that are only counted, where a piece was skimmed."""


class Piece(Protocol):
    """Whole entries that stand together. It can be pickled: reading is the dear part and may be done in another process."""

    @property
    def cursor(self) -> str:
        """Where the source goes on behind it, as text of JSON."""

    def read(self) -> Read[Entry]:
        """Its entries, in the order in which they stand."""

    def skim(self, most: Most) -> Read[Entry | Calm]:
        """The same, but what is no error by what it is called may be summed; `most` lines of each kind are then still told."""


class Later(NamedTuple):
    """`Piece` of which only what was said from a time on is read."""

    piece: Piece
    since: float

    @property
    def cursor(self) -> str:
        """That of the piece."""
        return self.piece.cursor

    def read(self) -> Read[Entry]:
        """What is not older."""
        read = self.piece.read()
        return read._replace(entries=[entry for entry in read.entries if entry.at >= self.since])

    def skim(self, most: Most) -> Read[Entry | Calm]:
        """The same: a sum has lines from before and after it."""
        return self.read()


class Source(Protocol):
    """Something that lines are read from."""

    @property
    def name(self) -> str:
        """Its own name, under which its cursor is kept: the same from pull to pull, `files:/home/logs`, `cloud:PROJECT:…`."""

    @property
    def overlaps(self) -> bool:
        """Whether an entry may come again behind the cursor, in this source or another of its kind (Cloud Logging, dumps):
        then those whose `id` was seen are left out. An id that is a place (`FILE:LINE`) is never a reason to leave one out."""

    def pieces(self, cursor: str = START) -> Iterator[Piece]:
        """What stands behind the cursor now; ends there. Raises `OperatorError`."""


class From(NamedTuple):
    """`Source` whose first reading begins at a time: what is older is left out then, but never what came between readings."""

    source: Source
    since: float

    @property
    def name(self) -> str:
        """That of the source."""
        return self.source.name

    @property
    def overlaps(self) -> bool:
        """As of the source."""
        return self.source.overlaps

    def pieces(self, cursor: str = START) -> Iterator[Piece]:
        """The same pieces."""
        pieces = self.source.pieces(cursor)
        return pieces if cursor else (Later(piece, self.since) for piece in pieces)
