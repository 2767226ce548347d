"""What is stored of a piece of a log, and how long a text may be: the words between those who read and the one who stores."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from pipeline.logs import Cause, Notable, Rule

MINUTE = 60
SHORT, NAME, LONG_NAME, TITLE, FINGERPRINT, MESSAGE, TRACE, SAMPLE = 32, 200, 500, 300, 64, 2_000, 16_000, 500
"""The most characters that are kept; the columns of the tables are as wide."""
FIRST_TRACES, NEWEST_TRACES = 3, 5
NO_ERROR = 0
"""The key of stored lines that a rule calls none; no hash is 0. They are in no group, and counted apart."""
COUNTED = tuple(kind.value for kind in Notable if kind is not Notable.DEPLOYED)
"""The columns of an activity cell behind `first_at, last_at, lines, errors`."""
FIRST_AT, LAST_AT, LINES, ERRORS, KINDS = 0, 1, 2, 3, 4


class GroupRule(NamedTuple):
    """Lines that it holds for belong to the key of that fingerprint, whatever is found automatically."""

    rule_id: int
    rule: Rule
    fingerprint: str


class Rules(NamedTuple):
    """What people said about lines, the newest first."""

    verdicts: tuple[Rule, ...] = ()
    groups: tuple[GroupRule, ...] = ()


class Writer(NamedTuple):
    """Who wrote a line, and where it was read."""

    version: str
    execution: str
    job: str
    worker: str
    source: str


class Hit(NamedTuple):
    """One error line."""

    cause: int
    """Its place in `Folded.causes`."""
    rule_id: int | None
    at: float
    writer_id: int
    severity: str
    stage: str
    line_id: str
    request_id: str
    student_id: str
    correlation_id: str
    message: str


class Note(NamedTuple):
    """A line that is kept as evidence."""

    at: float
    kind: str
    line_id: str
    writer_id: int
    request_id: str
    text: str


class Folded(NamedTuple):
    """What is stored of a piece."""

    cursor: str
    lines: int
    unparsed: int
    duplicates: int
    """Lines left out: as `skip` said, or because they stand in the piece twice."""
    seen: dict[int, bytes]
    """Minute -> the hashes of its lines' ids, eight bytes each."""
    writers: dict[int, Writer]
    activity: dict[tuple[int, int], list[float]]
    """(minute, writer) -> `first_at, last_at, lines, errors` and the kinds of `COUNTED`."""
    causes: list[Cause]
    hits: list[Hit]
    traces: dict[int, str]
    """The place of a hit -> its traceback: of the first and the newest of each cause."""
    notes: list[Note]
    last_at: float | None


def plain(text: str, most: int) -> str:
    """The text as both databases can keep it: cut, without NUL and without halves of characters."""
    cut = text[:most]
    if "\x00" in cut:
        cut = cut.replace("\x00", "\ufffd")
    return cut if cut.isascii() else cut.encode("utf-8", "replace").decode("utf-8")


def number_of(text: str) -> int:
    """63 bits of a hash, and never 0: the same everywhere, and as good as never the same for two texts."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def numbers_of(texts: Sequence[str]) -> list[int]:
    """The same of many."""
    digests = b"".join([blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts])
    return [number or 1 for number in (np.frombuffer(digests, ">u8") >> 1).tolist()]
