"""Indexes, told apart by the CREATE INDEX that each database keeps: also expressions, direction, method and WHERE."""

import re
from collections.abc import Collection, Iterator, Sequence

from pipeline.doctor.live_database import Live
from pipeline.doctor.live_shapes import INDEX, Shape
from pipeline.doctor.live_text import TOKEN, closing, tokens

DIRECTION = {"asc": "", "desc nulls first": "desc", "asc nulls last": "", "nulls last": ""}
"""What every database assumes unasked."""


def index_shape(name: str, definition: str, table: str, *, known: Collection[str], live: Live) -> Shape:
    """The shape of the index that this statement creates; `known` are the columns that it may speak of."""
    words = tokens(definition)
    opened = words.index("(", words.index("on"))
    closed = closing(words, opened)
    rest = words[closed + 1:]
    method = words[words.index("using") + 1] if "using" in words[:opened] else "btree"
    parts = [_part(part, table, live) for part in _split(_text(definition, opened + 1, closed))]
    return Shape(
        kind=INDEX, name=name, columns=tuple(word for word in words[opened + 1:] if word in known),
        traits=(
            ("columns", ", ".join(parts)), ("unique", "yes" if words[1] == "unique" else "no"),
            ("method", "" if method == "btree" else method), ("included", _included(rest)),
            ("where", _where(definition, words, closed, table=table, live=live)),
        ),
    )


def _text(sql: str, first: int, end: int) -> str:
    """The text from the first of these words to before the other."""
    found: list[re.Match[str]] = list(TOKEN.finditer(sql))[first:end]
    return sql[found[0].start():found[-1].end()] if found else ""


def _split(sql: str) -> Iterator[str]:
    """The parts between the commas that stand in no bracket."""
    words = tokens(sql)
    start = depth = 0
    for place, word in enumerate([*words, ","]):
        depth += {"(": 1, ")": -1}.get(word, 0)
        if word == "," and depth == 0:
            yield _text(sql, start, place)
            start = place + 1


def _part(sql: str, table: str, live: Live) -> str:
    """One column or expression, and what is said about its order and operators unless every database assumes it."""
    words = tokens(sql)
    end = len(words) - words[::-1].index(")") if ")" in words else 1
    tail = " ".join(word for word in words[end:] if word not in live.usual_operators)
    head = words[0] if end == 1 else live.canonical(table, _text(sql, 0, end))
    return f"{head} {DIRECTION.get(tail, tail)}".strip()


def _included(rest: Sequence[str]) -> str:
    if "include" not in rest:
        return ""
    opened = rest.index("include") + 1
    return ", ".join(word for word in rest[opened + 1:closing(rest, opened)] if word != ",")


def _where(definition: str, words: Sequence[str], closed: int, *, table: str, live: Live) -> str:
    if "where" not in words[closed:]:
        return ""
    return live.canonical(table, _text(definition, words.index("where", closed) + 1, len(words)))
