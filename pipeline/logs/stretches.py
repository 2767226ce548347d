"""Where a file's bytes may be cut so that entries stay whole, and what is read of a cut piece."""

import re
from collections.abc import Sequence
from typing import NamedTuple, cast

from pipeline.logs.calm import Calm, Most
from pipeline.logs.documents import document_end, read_document
from pipeline.logs.entry import Entry
from pipeline.logs.parsing import parse, skim
from pipeline.logs.plain_text import continues, head
from pipeline.logs.sources import Read, Said, Unparsed

PIECE = 8 * 1024 * 1024
LONGEST = 2 * PIECE
"""Bytes without a place to cut at; then it is cut anywhere, so that memory stays bounded."""
_START = re.compile(rb"\n(?=\{|\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|\[?[A-Z]{4,9}[\]:])")
_LOOK_BACK = 64 * 1024
_DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*(?:\{|\]|$)|\{\s*\n)")


class FilePiece(NamedTuple):
    """`Piece` of a file."""

    cursor: str
    data: bytes
    source: str
    line: int
    before: float
    written: float
    """When the file was last written: for entries with no time before any other."""
    document: bool = False
    raw: bool = False
    damage: str = ""

    def read(self) -> Read[Entry]:
        """Its entries."""
        reading = read_document if self.document else parse
        read = reading(self.data, source=self.source, line=self.line, before=self.before, raw=self.raw)
        return self._told(read._replace(entries=_timed(read.entries, self.written)))

    def skim(self, most: Most) -> Read[Entry | Calm]:
        """The same, calm lines as sums; those of a document are read whole, and those behind lines that have no time."""
        if self.document or self.raw:
            return self.read()
        read = skim(self.data, most, source=self.source, line=self.line, before=self.before)
        return self.read() if read.entries and not read.entries[0].at else self._told(read)

    def _told(self, read: Read[Said]) -> Read[Said]:
        if not self.damage:
            return read
        return read._replace(unparsed=(*read.unparsed, Unparsed(f"{self.source}:{self.line}", self.damage, "", 0)))


def is_document(beginning: bytes) -> bool:
    """Whether a file that begins so is one document of JSON, rather than lines."""
    return _DOCUMENT.match(beginning) is not None


def cut(data: bytes, *, document: bool) -> int:
    """How many of the bytes, which go on, are whole entries."""
    if document:
        return document_end(data)
    last = data.rfind(b"\n") + 1
    look = max(0, last - _LOOK_BACK)
    starts = [found.end() for found in _START.finditer(data, look, last)]
    return starts[-1] if starts else (last if len(data) > PIECE + _LOOK_BACK else 0)


def cut_at_end(data: bytes, *, document: bool, growing: bool, torn: bool) -> int:
    """How many of the bytes, behind which the file ends, are whole entries: what may still grow is left for next time."""
    if document:
        return document_end(data) if growing or torn else len(data)
    end = data.rfind(b"\n") + 1 if growing or torn else len(data)
    return end - _open(data[:end]) if growing else end


def last_time(data: bytes, before: float) -> float:
    """The time of the last entry of these lines, or the one before them."""
    look = max(0, len(data) - _LOOK_BACK // 4)
    start = _START.search(data, look) if look else None
    entries = parse(data[start.end() if start else look:], source="", before=before).entries
    return entries[-1].at if entries else before


def _open(data: bytes) -> int:
    """Bytes of an entry of text at the end that lines may follow which belong to it."""
    start = cut(data[:-1], document=False) if data else 0
    last = data[start:]
    line = last.partition(b"\n")[0].decode(errors="replace")
    waits = not line.startswith("{") and (head(line) is not None or continues(line, traced=False))
    return len(last) if waits else 0


def _timed(entries: Sequence[Said], written: float) -> Sequence[Said]:
    """With the time of the first that has one for those before it, which have none; else that of the file."""
    if not entries or entries[0].at:
        return entries
    first = next((entry.at for entry in entries if entry.at), written)
    return [entry if entry.at else cast(Said, entry._replace(at=first)) for entry in entries]
