"""Bytes of a log of any kind -> its entries: lines of JSON and of plain text, mixed as they come, tracebacks joined.

Nothing is lost: what is no entry is told as unparsed with its place. Only whole lines are asked for; where they are cut
is the business of whoever reads the file.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.logs.calm import Calm, Calms
from pipeline.logs.entry import Entry
from pipeline.logs.joining import joined, joins, with_line
from pipeline.logs.parsing_fields import cut_trace
from pipeline.logs.parsing_json import LONGEST_MESSAGE, NO_JSON, decoded, from_log_entry, from_object, plain, text_entry
from pipeline.logs.plain_text import TRACEBACK, continues, head, last_words
from pipeline.logs.sources import Read, Unparsed

__all__ = ["Parser", "from_log_entry", "joined", "parse", "readable", "skim"]

MOST_JOINED = 5000
"""Lines that one entry may have; the next one begins another."""
SHOWN = 500
TAKES_NO_TRACE = {"DEBUG", "INFO", "NOTICE"}
"""A traceback below such a line is another one's: that of a program that crashed."""
BROKEN, NO_OBJECT = "no JSON: cut off or damaged", "JSON, but no object"


def parse(data: bytes, *, source: str, line: int = 1, before: float = 0.0, raw: bool = False) -> Read[Entry]:
    """What the whole lines say. `line` is the number of the first, `before` the time of the entry before it."""
    read = Parser(source, line, before, raw=raw).read(data)
    return Read(list(map(_whole, read.entries)), read.unparsed, read.replaced, read.lines, read.absorbed)


def skim(data: bytes, *, source: str, line: int = 1, before: float = 0.0) -> Read[Entry | Calm]:
    """The same, with what is no error by what it is called read no further than to be counted."""
    return Parser(source, line, before, calms=Calms(source)).read(data)


class Parser:
    """Reads one stretch of lines."""

    def __init__(self, source: str, line: int, before: float, *, raw: bool = False, calms: Calms | None = None) -> None:
        self._source, self._line, self._at, self._raw, self._calms = source, line, before, raw, calms
        self._entries: list[Entry | Calm] = []
        self._unparsed: list[Unparsed] = []
        self._absorbed: list[tuple[str, float]] = []
        self._more: list[str] = []
        """Lines that go on with the last entry."""
        self._open = self._traced = False
        """Whether the last entry is of text, and whether its traceback has begun."""

    def read(self, data: bytes) -> Read[Entry | Calm]:
        """What it says; calm lines as such where they were asked for."""
        said, replaced = readable(data)
        lines = said.split("\n")
        if not lines[-1]:
            lines.pop()
        first = self._line
        for self._line, line in enumerate(lines, first):
            begin = line[:1]
            if begin == "{":
                self._object(line)
            elif begin == " " and self._traced and len(self._more) < MOST_JOINED:
                self._more.append(line)
            else:
                self._text(line)
        self._close()
        return Read(self._entries, self._unparsed, replaced, len(lines), self._absorbed)

    def _object(self, line: str) -> None:
        if self._calms is not None and (calm := self._calms.of_json(line, self._line)):
            if self._open:
                self._close()
            if self._stands_alone(calm):
                self._at = calm.at
                self._entries.append(calm)
                return
        try:
            said = decoded(line)
        except NO_JSON:
            self._broken(line)
            return
        if self._open:
            self._close()
        self._add(said, line)

    def _add(self, said: Mapping[str, Any], line: str) -> None:
        entry = from_object(said, self._source, f"{self._source}:{self._line}", self._at)
        if self._raw:
            entry = entry._replace(raw=line.encode("utf-8", "replace"))
        self._at = entry.at
        last = self._entries[-1] if self._entries else None
        if entry.logger or entry.action or last is None or isinstance(last, Calm) or not joins(entry, last):
            self._entries.append(entry)
        else:
            self._entries[-1] = with_line(last, entry)
            self._absorbed.append((entry.id, entry.at))

    def _stands_alone(self, calm: Calm) -> bool:
        """Whether it cannot be the next line of a traceback."""
        last = self._entries[-1] if self._entries else None
        return calm.named or not isinstance(last, Entry) or not last.trace

    def _broken(self, line: str) -> None:
        """A line that begins as an object and is none: text in braces, or cut off when its writer died.

        The next writer's line may stand behind the cut: that one is not lost with it.
        """
        if not line.startswith(('{"', "{ \"")):
            self._text(line)
            return
        self._close()
        start = line.rfind('{"', 1)
        while start > 0 and line[:start].rstrip()[-1:] not in ":,[":
            try:
                said = decoded(line[start:])
            except NO_JSON:
                start = line.rfind('{"', 1, start)
                continue
            self._unparsed.append(Unparsed(self._place(), BROKEN, line[:start][:SHOWN], 0))
            self._add(said, line[start:])
            return
        self._unparsed.append(Unparsed(self._place(), BROKEN, line[:SHOWN]))

    def _text(self, line: str) -> None:
        if self._calms is not None and (calm := self._calms.of_text(line, self._line)):
            if self._more:
                self._close()
            self._at = calm.at
            self._entries.append(calm)
            self._open, self._traced = True, False
            return
        top = head(line)
        if top is None:
            if self._open:
                self._entries[-1] = _whole(self._entries[-1])  # what follows may go on with it
            if self._open and len(self._more) < MOST_JOINED and self._takes(line):
                self._traced = self._traced or TRACEBACK in line
                self._more.append(line)
            elif line and not line.isspace():
                self._begin(self._at, "DEFAULT", "", line)
                self._traced = line.startswith(TRACEBACK)
            return
        self._begin(self._at if top.at is None else top.at, top.level or "DEFAULT", top.logger, top.message)

    def _takes(self, line: str) -> bool:
        if not self._traced and TRACEBACK in line and _whole(self._entries[-1]).severity in TAKES_NO_TRACE:
            return False
        return continues(line, traced=self._traced)

    def _begin(self, at: float, severity: str, logger: str, message: str) -> None:
        if self._more:
            self._close()
        self._at = at
        self._entries.append(text_entry(self._source, self._place(), at, severity, logger, message))
        self._open, self._traced = True, False

    def _close(self) -> None:
        """Join what followed the last entry to it."""
        if self._open and (self._more or self._traced):
            entry, more = _whole(self._entries[-1]), self._more
            lines = len(more) + 1
            whole = "\n".join((entry.message, *more)).rstrip()
            start = whole.find(TRACEBACK)
            start = whole.rfind("\n", 0, start) + 1 if start >= 0 else len(whole)
            message, trace = whole[:start].rstrip(), whole[start:]
            self._entries[-1] = entry._replace(
                message=(message or last_words(trace))[:LONGEST_MESSAGE], trace=cut_trace(trace), lines=lines)
        self._more, self._open, self._traced = [], False, False

    def _place(self) -> str:
        return f"{self._source}:{self._line}"


def _whole(entry: Entry | Calm) -> Entry:
    return entry.entry() if isinstance(entry, Calm) else entry


def readable(data: bytes) -> tuple[str, int]:
    """The bytes as text without NUL bytes and colours, and how many bytes were no UTF-8."""
    if b"\0" in data:
        data = data.replace(b"\0", b"")
    try:
        said, replaced = data.decode(), 0
    except UnicodeDecodeError:
        said = data.decode(errors="replace")
        replaced = said.count("\ufffd") - data.count("\ufffd".encode())
    if "\r" in said:
        said = said.replace("\r\n", "\n")
    return (plain(said) if "\x1b" in said else said).removeprefix("\ufeff"), replaced
