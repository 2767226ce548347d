"""Lines that tell of no error by what they are called -> sums by writer and minute, at a fraction of the price of entries.

Whatever is not plainly so is left to be read whole: a graver word, a traceback, a time of another form, a value of another
type than expected. The first few lines that show something are kept as they stand; `entry` gives the whole entry of one again.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipeline.logs.calm_forms import NOT_SO, Body, CloudEntry, OwnLine, of_cloud, of_own
from pipeline.logs.entry import Entry
from pipeline.logs.moments import instant, whole_second
from pipeline.logs.notable import ACTIONS, Notable, phrased
from pipeline.logs.parsing_fields import LONGEST_NAME
from pipeline.logs.parsing_json import LONGEST_MESSAGE, decoded, from_object, text_entry
from pipeline.logs.plain_text import quick_head, quick_parts
from pipeline.logs.severity import CALM

Who = tuple[str, str, str, str, str]
"""Version, execution, job, worker, source."""
Most = Mapping[Notable, int]
"""How many lines of a kind are kept of each writer and hour."""
MOST_KNOWN = 10_000
MINUTE, HOUR = 60.0, 3600.0
TRACED = "Traceback"


class Calm(NamedTuple):
    """A calm line that shows something, the first of its writer and hour."""

    at: float
    who: Who
    kind: Notable
    text: str
    """The line as it stands."""
    line: int

    def entry(self) -> Entry:
        """All that it says."""
        source = self.who[-1]
        if self.text[:1] == "{":
            return from_object(decoded(self.text), source, f"{source}:{self.line}", self.at)
        return text_of(self.text, source, self.line)


class Sum:
    """The calm lines of one writer in one minute."""

    __slots__ = ("first_at", "ids", "kinds", "last_at", "lines", "minute", "who")

    def __init__(self, who: Who, minute: float, at: float) -> None:
        self.who, self.minute, self.first_at, self.last_at, self.lines = who, int(minute), at, at, 0
        self.ids: list[str] = []
        """Of those that do not go by their place."""
        self.kinds: dict[Notable, int] = {}


class _Writer:
    """What one writer has said."""

    __slots__ = ("kept", "sums", "who")

    def __init__(self, who: Who) -> None:
        self.who = who
        self.sums: dict[float, Sum] = {}
        self.kept: dict[tuple[float, Notable], int] = {}


class Calms:
    """Counts the calm lines of one source; who wrote them is found out once for each way in which they say it."""

    def __init__(self, source: str, told: list[Entry | Calm], most: Most, alone: Callable[[], bool]) -> None:
        self.sums: list[Sum] = []
        self.at = 0.0
        """The time of the last one."""
        self._source, self._told, self._most, self._alone = source, told, most, alone
        self._known: dict[tuple[bytes | str, ...], _Writer] = {}
        self._nobody = _Writer(("", "", "", "", source))
        self._waiting: tuple[float, Notable | None, str, int] | None = None
        """A line of text: the next one may go on with it."""

    def of_json(self, line: str, number: int) -> bool:
        """Count a line that begins with a brace; whether it is calm."""
        if len(line) > LONGEST_MESSAGE:
            return False
        try:
            if '"insertId"' in line:
                return self._of_cloud(of_cloud(line), line, number)
            said = of_own(line)
        except NOT_SO:
            return False
        writer = self._writer(line, bytes(said.own_labels), bytes(said.labels), bytes(said.resource), *_named(said))
        return self._of_body(said, said.own_id, said, writer, line, number)

    def of_text(self, line: str, number: int) -> bool:
        """Count a line with a head as Python's logging writes it; whether it is calm. The next line may undo it: `undone`."""
        parts = quick_parts(line)
        if parts is None or parts[2] not in CALM or len(line) > LONGEST_MESSAGE:
            return False
        second = whole_second(line[:19])
        if not second:
            return False
        if self._waiting is not None:
            self.settle()
        self.at = second + int(line[20:23]) / 1000
        self._waiting = (self.at, phrased(parts[3]), line, number)
        return True

    def undone(self) -> Entry | None:
        """The line of text that came last and was not settled, whole: something goes on with it."""
        waiting, self._waiting = self._waiting, None
        return None if waiting is None else text_of(waiting[2], self._source, waiting[3])

    def settle(self) -> None:
        """Nothing goes on with the last line."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._count(self._nobody, *waiting)

    def _of_cloud(self, said: CloudEntry, line: str, number: int) -> bool:
        text, body = said.textPayload, said.jsonPayload
        if type(text) is str:
            writer = self._writer(line, bytes(said.labels), bytes(said.resource))
            return self._of_body(said, said.insertId, text, writer, line, number)
        if type(body) is not Body:
            return False
        writer = self._writer(line, bytes(said.labels), bytes(said.resource), *_named(body))
        return self._of_body(said, said.insertId, body, writer, line, number)

    def _of_body(
        self, said: OwnLine | CloudEntry, line_id: str, body: Body | str, writer: _Writer, line: str, number: int,
    ) -> bool:
        severity = said.severity
        if isinstance(body, str):
            message, action, named = body, "", False
        else:
            message, action, named = body.message, body.action, bool(body.logger or body.name or body.action)
        if severity == "DEFAULT" or message[:2] == "20":
            if (parts := quick_parts(message)) is None:
                return False
            _, logger, severity, message = parts
            named = named or logger != ""
        at = instant(said.timestamp)
        if (severity not in CALM or not at or not 0 < len(line_id) <= LONGEST_NAME or "\n" in message or "\x1b" in message
                or message[:9] == TRACED or not (named or self._alone())):
            return False
        self.at = at
        self._count(writer, at, ACTIONS.get(action) or phrased(message), line, number).ids.append(line_id)
        return True

    def _count(self, writer: _Writer, at: float, kind: Notable | None, line: str, number: int) -> Sum:
        minute = at // MINUTE
        found = writer.sums.get(minute)
        if found is None:
            found = writer.sums[minute] = Sum(writer.who, minute, at)
            self.sums.append(found)
        elif at > found.last_at:
            found.last_at = at
        elif at < found.first_at:
            found.first_at = at
        found.lines += 1
        if kind is not None:
            found.kinds[kind] = found.kinds.get(kind, 0) + 1
            of = (at // HOUR, kind)
            if (kept := writer.kept.get(of, 0)) < self._most[kind]:
                writer.kept[of] = kept + 1
                self._told.append(Calm(at, writer.who, kind, line, number))
        return found

    def _writer(self, line: str, *said: bytes | str) -> _Writer:
        """Who wrote it, by all that it says of that."""
        if (known := self._known.get(said)) is not None:
            return known
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        entry = from_object(decoded(line), self._source, "", 0.0)
        self._known[said] = writer = _Writer((entry.version, entry.execution, entry.job, entry.worker, self._source))
        return writer


def text_of(line: str, source: str, number: int) -> Entry:
    """The entry of a line of text that was found to be calm."""
    top = quick_head(line)
    assert top is not None and top.at is not None, line  # else it would not be calm
    return text_entry(source, f"{source}:{number}", top.at, top.level, top.logger, top.message)


def _named(body: Body) -> tuple[str, ...]:
    return body.worker, body.worker_id, body.version, body.execution, body.service
