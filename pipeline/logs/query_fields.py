"""What a name in a query means in an entry, and whether a value there compares as was asked."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from pipeline.logs.entry import Entry
from pipeline.logs.moments import moment
from pipeline.logs.parsing_fields import SEVERITIES, text
from pipeline.logs.severity import pattern

SHORT = {"job_name": "resource.labels.job_name", "service_name": "resource.labels.service_name",
         "revision_name": "resource.labels.revision_name", "execution_name": 'labels."run.googleapis.com/execution_name"'}
"""Names that gcloud has none for, and what they are short for in Cloud Logging's language."""
GOOGLE = "logging.googleapis.com/"
_OF_ENTRY: Mapping[tuple[str, ...], str] = {
    ("insertId",): "id", ("severity",): "severity", ("timestamp",): "at", ("textPayload",): "message",
    ("jsonPayload", "message"): "message", ("message",): "message", ("source",): "source", ("job",): "job",
    ("resource", "labels", "job_name"): "job", ("resource", "labels", "service_name"): "job", ("stack",): "trace",
    ("labels", "run.googleapis.com/execution_name"): "execution",
    **{(name,): name for name in ("logger", "action", "request_id", "correlation_id", "student_id", "stage", "worker", "version",
                                  "execution")},
}
Compare = Callable[[Any], bool]


class Line:
    """An entry, and what it was read from where a query asks for more than every entry has."""

    __slots__ = ("_said", "entry")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self._said: Any = None

    @property
    def said(self) -> Mapping[str, Any]:
        """The object of JSON; empty for a line of text."""
        if self._said is None:
            said = orjson.loads(self.entry.raw) if self.entry.raw else {}
            self._said = said if isinstance(said, dict) else {}
        return self._said  # type: ignore[no-any-return]

    def values(self, path: tuple[str, ...]) -> Iterator[Any]:
        """What it has under that name, of a list each element; nothing where it has none."""
        known = getattr(self.entry, _OF_ENTRY[path]) if path in _OF_ENTRY else ""
        if known != "":
            yield known
        elif path[0] == "jsonPayload" and "jsonPayload" not in self.said:  # a line of ours is its own payload
            yield from self._below(self.said, path[1:])
            if len(path) == 2 and path[1] in Entry._fields and (own := getattr(self.entry, path[1])) not in ("", b""):
                yield own
        elif path[0] in ("labels", "trace") and GOOGLE + path[0] in self.said:
            yield from self._below(self.said, (GOOGLE + path[0], *path[1:]))
        else:
            yield from self._below(self.said, path)

    def has(self, words: str) -> bool:
        """Whether the words are in any of its fields, in any case."""
        entry = self.entry
        whole = entry.raw.decode(errors="replace") if entry.raw else " ".join(str(value) for value in entry[:-1])
        return words in f"{entry.message}\n{entry.trace}\n{whole}".casefold()

    def _below(self, said: Any, path: tuple[str, ...]) -> Iterator[Any]:
        for number, name in enumerate(path):
            if isinstance(said, list):
                for element in said:
                    yield from self._below(element, path[number:])
                return
            if not isinstance(said, dict) or name not in said:
                return
            said = said[name]
        yield from said if isinstance(said, list) else (said,)


class Asked(NamedTuple):
    """A comparison: an operator and what it compares with."""

    operator: str
    value: str


def comparison(path: tuple[str, ...], asked: Asked) -> Compare:
    """Whether a value compares so. Raises `ValueError` with a sentence where that field cannot be compared with it."""
    if path == ("severity",) and asked.operator not in ("=~", "!~", ":"):
        return _ranked(asked)
    if path == ("timestamp",):
        return _timed(asked)
    return _written(asked)


def _ranked(asked: Asked) -> Compare:
    rank = SEVERITIES.get(asked.value.upper())
    if rank is None:
        raise ValueError(f"{asked.value[:30]!r} is no severity: it is one of {', '.join(SEVERITIES)}")
    return lambda value: _ordered(asked.operator, SEVERITIES.get(value, 0), rank)


def _timed(asked: Asked) -> Compare:
    at = moment(asked.value)
    if at is None or asked.operator in ("=~", "!~", ":"):
        raise ValueError(f"{asked.value[:40]!r} is no time to compare with: write it as \"2025-11-04T00:44:21Z\"")
    return lambda value: _ordered(asked.operator, value, at)


def _written(asked: Asked) -> Compare:
    operator, wanted = asked.operator, asked.value.casefold()
    if operator in ("=~", "!~"):
        found = pattern(asked.value)
        return lambda value: (found.search(text(value)) is not None) == (operator == "=~")
    if operator == ":":
        return lambda value: wanted == "*" or wanted in text(value).casefold()
    number = _number(asked.value)

    def compares(value: Any) -> bool:
        other = _number(value)
        if number is not None and other is not None:
            return _ordered(operator, other, number)
        return _ordered(operator, text(value).casefold(), wanted)

    return compares


def _number(said: Any) -> float | None:
    try:
        return float(said) if isinstance(said, str | int | float) else None
    except ValueError:
        return None


def _ordered(operator: str, one: Any, other: Any) -> bool:
    """Whether they stand so; the table of the operators."""
    return bool({"=": one == other, "!=": one != other, ">": one > other, ">=": one >= other, "<": one < other,
                 "<=": one <= other}[operator])
