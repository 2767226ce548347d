"""Bytes of a log of any kind -> its entries: lines of JSON and of plain text, mixed as they come, tracebacks joined.

Nothing is lost: what is no entry is told as unparsed with its place. Only whole lines are asked for; where they are cut
is the business of whoever reads the file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from pipeline.logs.entry import Entry
from pipeline.logs.parsing_fields import cut_trace
from pipeline.logs.parsing_json import LONGEST_MESSAGE, from_log_entry, from_object, names_something, plain
from pipeline.logs.plain_text import NOTHING, TRACEBACK, continues, facts, head, last_words
from pipeline.logs.sources import Read, Unparsed

__all__ = ["Parser", "from_log_entry", "joined", "parse", "readable"]

MOST_JOINED = 5000
"""Lines that one entry may have; the next one begins another."""
SHOWN = 500
TAKES_NO_TRACE = {"DEBUG", "INFO", "NOTICE"}
"""A traceback below such a line is another one's: that of a program that crashed."""
TAKES_TRACE = {"WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY"}
BROKEN, NO_OBJECT = "no JSON: cut off or damaged", "JSON, but no object"


def parse(data: bytes, *, source: str, line: int = 1, before: float = 0.0, raw: bool = False) -> Read:
    """What the whole lines say. `line` is the number of the first, `before` the time of the entry before it."""
    return Parser(source, line, before, raw=raw).read(data)


class Parser:
    """Reads one stretch of lines."""

    def __init__(self, source: str, line: int, before: float, *, raw: bool = False) -> None:
        self._source, self._line, self._at, self._raw = source, line, before, raw
        self._entries: list[Entry] = []
        self._unparsed: list[Unparsed] = []
        self._absorbed: list[tuple[str, float]] = []
        self._more: list[str] = []
        """Lines that go on with the last entry."""
        self._open = self._traced = False
        """Whether the last entry is of text, and whether its traceback has begun."""

    def read(self, data: bytes) -> Read:
        """What it says."""
        decoded, replaced = readable(data)
        lines = decoded.split("\n")
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
        try:
            said = orjson.loads(line)
        except orjson.JSONDecodeError:
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
        if entry.logger or entry.action or not _joins(entry, self._entries):
            self._entries.append(entry)
        else:
            self._entries[-1] = _with(self._entries[-1], entry)
            self._absorbed.append((entry.id, entry.at))

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
                said = orjson.loads(line[start:])
            except orjson.JSONDecodeError:
                start = line.rfind('{"', 1, start)
                continue
            self._unparsed.append(Unparsed(self._place(), BROKEN, line[:start][:SHOWN], 0))
            self._add(said, line[start:])
            return
        self._unparsed.append(Unparsed(self._place(), BROKEN, line[:SHOWN]))

    def _text(self, line: str) -> None:
        top = head(line)
        if top is None:
            if self._open and len(self._more) < MOST_JOINED and self._takes(line):
                self._traced = self._traced or TRACEBACK in line
                self._more.append(line)
            elif line and not line.isspace():
                self._begin(self._at, "DEFAULT", "", line)
                self._traced = line.startswith(TRACEBACK)
            return
        self._begin(self._at if top.at is None else top.at, top.level or "DEFAULT", top.logger, top.message)

    def _takes(self, line: str) -> bool:
        if not self._traced and TRACEBACK in line and self._entries[-1].severity in TAKES_NO_TRACE:
            return False
        return continues(line, traced=self._traced)

    def _begin(self, at: float, severity: str, logger: str, message: str) -> None:
        if self._more:
            self._close()
        named = facts(message) if names_something(message) else NOTHING
        self._at = at
        self._entries.append(Entry(
            f"{self._source}:{self._line}", at, severity, message[:LONGEST_MESSAGE], "", logger, "",
            *named, "", "", "", "", self._source))
        self._open, self._traced = True, False

    def _close(self) -> None:
        """Join what followed the last entry to it."""
        if self._open and (self._more or self._traced):
            entry, more = self._entries[-1], self._more
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


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """The entries, with tracebacks that came as one entry for each line in one: Cloud Run cuts standard error into lines."""
    whole: list[Entry] = []
    for entry in entries:
        if entry.logger or entry.action or not _joins(entry, whole):
            whole.append(entry)
        else:
            whole[-1] = _with(whole[-1], entry)
    return whole


def _joins(entry: Entry, before: list[Entry]) -> bool:
    """Whether it is the traceback, or the next line of the traceback, of the last of them."""
    message = entry.message
    if not before or message[:1] not in _GOES_ON and not before[-1].trace:
        return False
    last = before[-1]
    if (last.execution, last.worker, last.job) != (entry.execution, entry.worker, entry.job) or abs(entry.at - last.at) > 1:
        return False
    if entry.trace:
        starts = entry.severity == "DEFAULT" and entry.trace.startswith(TRACEBACK)
        return starts and not last.trace and last.severity in TAKES_TRACE
    inside = last.trace.rsplit("\n", 1)[-1][:1] in " \t" or last.trace.endswith(TRACEBACK)
    return bool(last.trace) and continues(message, traced=inside)


_GOES_ON = frozenset(" \tTD([")


def _with(entry: Entry, line: Entry) -> Entry:
    trace = f"{entry.trace}\n{line.trace or line.message}".lstrip("\n")
    message = last_words(trace) if entry.message.startswith(TRACEBACK) else entry.message
    return entry._replace(trace=cut_trace(trace), message=message, lines=entry.lines + 1)
