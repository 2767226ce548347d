"""The filters that people give gcloud, understood without it: `severity>=ERROR job_name="worker" "sqlalchemy"`.

As in Google's logging query language: terms that stand side by side must all hold, OR binds tighter than AND, a bare word is
looked for in every field, and text is compared without case except by `=~`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import BadRequest
from pipeline.logs.entry import Entry
from pipeline.logs.query_fields import SHORT, Asked, Line, comparison

LONGEST, DEEPEST = 20_000, 50
_SPACE = re.compile(r"(?:\s|--[^\n]*)*")
_NAME = re.compile(r'[A-Za-z_][\w/-]*(?:\.(?:[\w/-]+|"[^"\\]*"))*', re.ASCII)
_PART = re.compile(r'"([^"]*)"|([^."]+)')
_OPERATOR = re.compile(r"=~|!~|>=|<=|!=|[=<>:]")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'', re.DOTALL)
_WORD = re.compile(r"[^\s()\"'=<>!:~]+")
_VALUE = re.compile(r"[^\s()\"']+")
_JOINER = re.compile(r"(AND|OR|NOT)(?![\w.:=<>!~-])")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": "\r"}
Holds = Callable[[Line], bool]


@dataclass(frozen=True, kw_only=True)
class Query:
    """A filter that was understood."""

    holds: Holds
    google: str
    """The same in Cloud Logging's own language."""
    times: bool
    """Whether it says itself from when on."""

    def finds(self, entry: Entry) -> bool:
        """Whether the entry is one of those."""
        return self.holds(Line(entry))


def read_query(said: str) -> Query:
    """What is asked. Raises `BadRequest`, which names the place."""
    if len(said) > LONGEST:
        raise BadRequest("query", f"has {len(said)} characters, and at most {LONGEST} are read.")
    reader = _Reader(said)
    holds = reader.everything()
    return Query(holds=holds, google=reader.google(), times=reader.times)


class _Reader:
    """Reads from left to right."""

    def __init__(self, said: str) -> None:
        self._said, self._at, self._depth = said, 0, 0
        self._short: list[tuple[int, int, str]] = []
        """Names to write out for Cloud Logging, and where they stand."""
        self.times = False

    def everything(self) -> Holds:
        """The whole filter; an empty one holds for all."""
        self._skip()
        holds = self._all() if self._at < len(self._said) else _always
        if self._at < len(self._said):
            raise self._wrong("there is no ( before this )")
        return holds

    def google(self) -> str:
        """With short names written out."""
        text = self._said
        for start, end, long in reversed(self._short):
            text = text[:start] + long + text[end:]
        return text

    def _all(self) -> Holds:
        terms = [self._any()]
        while self._at < len(self._said) and self._said[self._at] != ")":
            self._take("AND")
            terms.append(self._any())
        return terms[0] if len(terms) == 1 else lambda line: all(term(line) for term in terms)

    def _any(self) -> Holds:
        terms = [self._one()]
        while self._take("OR"):
            terms.append(self._one())
        return terms[0] if len(terms) == 1 else lambda line: any(term(line) for term in terms)

    def _one(self) -> Holds:
        if self._take("NOT") or self._sign("-"):
            inner = self._one()
            return lambda line: not inner(line)
        if self._sign("("):
            return self._inside(self._all)
        if self._at >= len(self._said):
            raise self._wrong("something must follow here")
        if self._said[self._at] in "\"'":
            return _looked_for(self._quoted())
        return self._term()

    def _inside(self, read: Callable[[], Holds]) -> Holds:
        """What stands in parentheses."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(f"more than {DEEPEST} parentheses in each other", self._at - 1)
        holds = read()
        if not self._sign(")"):
            raise self._wrong("a ) is missing")
        self._depth -= 1
        return holds

    def _term(self) -> Holds:
        start = self._at
        name = _NAME.match(self._said, start)
        operator = None
        if name is not None:
            self._at = name.end()
            self._skip()
            operator = _OPERATOR.match(self._said, self._at)
        if name is None or operator is None:
            self._at = start
            word = _WORD.match(self._said, start)
            if word is None or word[0] in ("AND", "OR"):
                raise self._wrong("a field, a word or text in quotes is expected")
            self._to(word.end())
            return _looked_for(word[0])
        path = self._path(name[0], start)
        self._to(operator.end())
        if self._sign("("):
            return self._inside(lambda: self._values(path, operator[0]))
        return self._compared(path, operator[0])

    def _path(self, name: str, start: int) -> tuple[str, ...]:
        if long := SHORT.get(name):
            self._short.append((start, start + len(name), long))
            name = long
        self.times = self.times or name == "timestamp"
        return tuple(quoted or plain for quoted, plain in _PART.findall(name))

    def _values(self, path: tuple[str, ...], operator: str) -> Holds:
        """`field=("a" OR "b")`."""
        terms, joiner = [self._compared(path, operator)], ""
        while self._at < len(self._said) and self._said[self._at] != ")":
            start = self._at
            joined = "OR" if self._take("OR") else "AND" if self._take("AND") else ""
            if not joined or joiner not in ("", joined):
                raise self._wrong("values in parentheses are joined by OR, or by AND", start)
            joiner = joined
            terms.append(self._compared(path, operator))
        combine = any if joiner == "OR" else all
        return lambda line: combine(term(line) for term in terms)

    def _compared(self, path: tuple[str, ...], operator: str) -> Holds:
        start = self._at
        if self._at < len(self._said) and self._said[self._at] in "\"'":
            value = self._quoted()
        else:
            bare = _VALUE.match(self._said, self._at)
            if bare is None:
                raise self._wrong("a value is missing")
            value = bare[0]
            self._to(bare.end())
        try:
            compares = comparison(path, Asked(operator, value))
        except BadRequest as fault:
            raise self._wrong(str(fault).partition(": ")[2].rstrip("."), start) from fault
        except ValueError as fault:
            raise self._wrong(str(fault), start) from fault
        return lambda line: any(compares(found) for found in line.values(path))

    def _quoted(self) -> str:
        found = _QUOTED.match(self._said, self._at)
        if found is None:
            raise self._wrong("this quote has no end")
        self._to(found.end())
        return _ESCAPE.sub(lambda escape: _MEANT.get(escape[1], escape[1]), found[1] if found[1] is not None else found[2])

    def _take(self, joiner: str) -> bool:
        found = _JOINER.match(self._said, self._at)
        if found is None or found[1] != joiner:
            return False
        self._to(found.end())
        return True

    def _sign(self, sign: str) -> bool:
        if not self._said.startswith(sign, self._at):
            return False
        self._to(self._at + 1)
        return True

    def _to(self, at: int) -> None:
        self._at = at
        self._skip()

    def _skip(self) -> None:
        found = _SPACE.match(self._said, self._at)
        self._at = found.end() if found else self._at

    def _wrong(self, why: str, at: int | None = None) -> BadRequest:
        place = self._at if at is None else at
        rest = self._said[place:place + 20]
        return BadRequest("query", f"at character {place + 1}{f' ({rest!r})' if rest else ''}: {why}.")


def _looked_for(words: str) -> Holds:
    folded = words.casefold()
    return lambda line: line.has(folded)


def _always(line: Line) -> bool:
    return True

