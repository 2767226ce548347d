"""Bytes of a log of any kind -> its entries: lines of JSON and of plain text, mixed as they come, tracebacks joined.

Nothing is lost: what is no entry is told as unparsed with its place. Only whole lines are asked for; where they are cut
is the business of whoever reads the file.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.logs.calm import Calm, Calms, Most
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
    entries: list[Entry] = []
    read = Parser(source, line, before, entries, raw=raw).read(data)
    return Read(entries, *read[1:])


def skim(data: bytes, most: Most, *, source: str, line: int = 1, before: float = 0.0) -> Read[Entry | Calm]:
    """The same, with what is no error by what it is called as sums, but for `most` lines of each kind, writer and hour."""
    return Parser(source, line, before, [], most=most).read(data)


class Parser:
    """Reads one stretch of lines."""

    def __init__(
        self, source: str, line: int, before: float, entries: list[Any], *, raw: bool = False, most: Most | None = None,
    ) -> None:
        self._source, self._line, self._at, self._raw = source, line, before, raw
        self._entries = entries
        """`Entry`, and `Calm` where calm lines are summed."""
        self._calms = None if most is None else Calms(source, entries, most, self._stands_alone)
        self._counted = False
        """Whether the last line was only counted: then it is not at the end of the entries."""
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
        sums = () if self._calms is None else self._calms.sums
        return Read(self._entries, self._unparsed, replaced, len(lines), self._absorbed, sums)

    def _object(self, line: str) -> None:
        calms = self._calms
        if calms is not None and not self._open and calms.of_json(line, self._line):
            self._at, self._counted = calms.at, True
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
        last = self._entries[-1] if self._entries and not self._counted else None
        if entry.logger or entry.action or last is None or not joins(entry, last):
            self._append(entry)
        else:
            self._entries[-1] = with_line(last, entry)
            self._absorbed.append((entry.id, entry.at))

    def _append(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._counted = False

    def _stands_alone(self) -> bool:
        """Whether a line without a name cannot be the next one of a traceback."""
        return self._counted or not self._entries or not self._entries[-1].trace

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
        if self._calms is not None and self._calms.of_text(line, self._line):
            if self._more:
                self._join()
            self._at, self._counted = self._calms.at, True
            self._open, self._traced = True, False
            return
        top = head(line)
        if top is not None:
            self._begin(self._at if top.at is None else top.at, top.level or "DEFAULT", top.logger, top.message)
            return
        if self._calms is not None and (undone := self._calms.undone()):
            self._append(undone)
        if self._open and len(self._more) < MOST_JOINED and self._takes(line):
            self._traced = self._traced or TRACEBACK in line
            self._more.append(line)
        elif line and not line.isspace():
            self._begin(self._at, "DEFAULT", "", line)
            self._traced = line.startswith(TRACEBACK)

    def _takes(self, line: str) -> bool:
        if not self._traced and TRACEBACK in line and self._entries[-1].severity in TAKES_NO_TRACE:
            return False
        return continues(line, traced=self._traced)

    def _begin(self, at: float, severity: str, logger: str, message: str) -> None:
        if self._more:
            self._join()
        if self._calms is not None:
            self._calms.settle()
        self._at = at
        self._append(text_entry(self._source, self._place(), at, severity, logger, message))
        self._open, self._traced = True, False

    def _close(self) -> None:
        """Nothing goes on with the last entry."""
        self._join()
        if self._calms is not None:
            self._calms.settle()

    def _join(self) -> None:
        """Join what followed the last entry to it."""
        if self._open and (self._more or self._traced):
            entry: Entry = self._entries[-1]
            lines = len(self._more) + 1
            whole = "\n".join((entry.message, *self._more)).rstrip()
            start = whole.find(TRACEBACK)
            start = whole.rfind("\n", 0, start) + 1 if start >= 0 else len(whole)
            message, trace = whole[:start].rstrip(), whole[start:]
            self._entries[-1] = entry._replace(
                message=(message or last_words(trace))[:LONGEST_MESSAGE], trace=cut_trace(trace), lines=lines)
        self._more, self._open, self._traced = [], False, False

    def _place(self) -> str:
        return f"{self._source}:{self._line}"


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
