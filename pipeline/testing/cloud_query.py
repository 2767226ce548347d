"""Cloud Logging's query language, as much of it as a stand-in needs: text -> a question that an entry answers.

Written from the language's description and not from our own reader of it, so that one checks the other. OR binds tighter
than AND; comparisons do not mind upper and lower case, except by regular expression.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Question = Callable[[Mapping[str, Any]], bool]
SEVERITIES = {"DEFAULT": 0, "DEBUG": 100, "INFO": 200, "NOTICE": 300, "WARNING": 400, "ERROR": 500, "CRITICAL": 600,
              "ALERT": 700, "EMERGENCY": 800}
TIMES = ("timestamp", "receiveTimestamp")
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(rf'\s+|[()]|>=|<=|!=|=~|[=<>:]|(?:{_QUOTED}|[^\s()"=<>!:~])+', re.DOTALL)
_PART = re.compile(rf'{_QUOTED}|[^."]+', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "a": "\a"}
_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, ">": lambda a, b: a > b, "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b,
}


def nanoseconds(timestamp: str) -> int:
    """RFC 3339 as nanoseconds since 1970. Raises `ValueError`."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", timestamp)
    if not found:
        raise ValueError(f"Invalid timestamp: {timestamp!r}")
    whole, fraction, zone = found.groups()
    return round(datetime.fromisoformat(whole + zone).timestamp()) * 10**9 + int((fraction or "0").ljust(9, "0"))


def question(text: str) -> Question:
    """What the filter asks of each entry. Raises `ValueError` where it is not one."""
    reader = _Reader(_tokens(text))
    if not reader.left:
        return lambda entry: True
    asked = reader.conjunction()
    if reader.left:
        raise ValueError(f"Unparseable filter: syntax error at {reader.left[0]!r}")
    return asked


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            raise ValueError(f"Unparseable filter: invalid character at {at}")
        at = found.end()
        if not found.group().isspace():
            tokens.append(found.group())
    return tokens


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.left = tokens

    def conjunction(self) -> Question:
        parts = [self.disjunction()]
        while self.left and self.left[0] != ")":
            self._skip("AND")
            parts.append(self.disjunction())
        return lambda entry: all(part(entry) for part in parts)

    def disjunction(self) -> Question:
        parts = [self.negation()]
        while self._skip("OR"):
            parts.append(self.negation())
        return lambda entry: any(part(entry) for part in parts)

    def negation(self) -> Question:
        if self._skip("NOT"):
            denied = self.negation()
            return lambda entry: not denied(entry)
        if self._skip("("):
            inner = self.conjunction()
            self._close()
            return inner
        return self._comparison()

    def _comparison(self) -> Question:
        name = self._take()
        if not self.left or self.left[0] not in (*_ORDER, ":", "=~"):
            return _anywhere(_unquoted(name))
        sign = self.left.pop(0)
        if not self._skip("("):
            return _compared(name, sign, _unquoted(self._take()))
        values = [_unquoted(self._take())]
        while self._skip("OR"):
            values.append(_unquoted(self._take()))
        self._close()
        return lambda entry: any(_compared(name, sign, value)(entry) for value in values)

    def _take(self) -> str:
        if not self.left or self.left[0] in ("(", ")", ":", "=~", *_ORDER):
            raise ValueError(f"Unparseable filter: syntax error at {self.left[0] if self.left else 'end'!r}")
        return self.left.pop(0)

    def _skip(self, token: str) -> bool:
        return bool(self.left) and self.left[0] == token and bool(self.left.pop(0))

    def _close(self) -> None:
        if not self._skip(")"):
            raise ValueError("Unparseable filter: missing )")


def _unquoted(token: str) -> str:
    return _ESCAPE.sub(_meant, token[1:-1]) if token.startswith('"') else token


def _meant(escape: re.Match[str]) -> str:
    code, sign = escape.groups()
    return chr(int(code, 16)) if code else _ESCAPED.get(sign, sign)


def _anywhere(wanted: str) -> Question:
    return lambda entry: any(wanted.lower() in text.lower() for text in _texts(entry))


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [str(value)]


def _compared(name: str, sign: str, wanted: str) -> Question:
    if name == "severity":
        return lambda entry: _ORDER[sign](SEVERITIES[entry.get("severity", "DEFAULT")], SEVERITIES[wanted.upper()])
    if name in TIMES:
        at = nanoseconds(wanted)
        return lambda entry: _ORDER[sign](nanoseconds(entry[name]), at)
    path = [_unquoted(part) for part in _PART.findall(name)]
    if sign == ":":
        return lambda entry: wanted.lower() in _field(entry, path).lower()
    if sign == "=~":
        return lambda entry: re.search(wanted, _field(entry, path)) is not None
    return lambda entry: _ORDER[sign](_field(entry, path).lower(), wanted.lower())


def _field(entry: Mapping[str, Any], path: list[str]) -> str:
    value: Any = entry
    for name in path:
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value if isinstance(value, str) else str(value)
