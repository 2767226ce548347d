"""Checked mathematics, with the symbols of an equation linked to their meanings by colour."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.formula import MATH_TOKEN, check_math

Usable = Callable[[str], bool]
"""Whether Typst can set this already checked mathematics."""

UNIT = re.compile(r'(\d) +("[^"]*"[\^_])')
NAMES = ("zza", "zzb", "zzc", "zzd", "zze", "zzf")
"""Colouring functions, one per term, that the templates put into the scope of `eval`."""


def checked(math: str, usable: Usable) -> str | None:
    """The mathematics if it is harmless and can be set, else None: the plain form is shown instead."""
    try:
        return _with_units(math) if math and usable(check_math(math)) else None
    except ValueError:
        return None


def _with_units(math: str) -> str:
    """Typst drops the blank between a number and a raised unit (`2 "m/s"^2`): write it as a space that stays."""
    return UNIT.sub(r"\1 space \2", math)


@dataclass(frozen=True, kw_only=True)
class Linked:
    """An equation with every found term wrapped in its colouring function."""

    math: str
    terms: frozenset[int]


def linked(source: str, terms: Sequence[str], usable: Usable) -> Linked | None:
    """The equation with its terms wrapped (longer terms first), or None when it cannot be set at all."""
    math = checked(source, usable)
    if math is None:
        return None
    found = _tokens(math)
    tokens = [token.group() for token in found]
    owner: list[int | None] = [None] * len(tokens)
    spans: dict[int, tuple[int, int, int]] = {}
    for index in sorted(range(len(terms)), key=lambda i: -len(_tokens(terms[i]))):
        term = checked(terms[index], usable)
        wanted = [token.group() for token in _tokens(term)] if term and _whole(term) else []
        for start in _places(tokens, wanted, owner):
            stop = start + len(wanted)
            owner[start:stop] = [index] * len(wanted)
            spans[found[start].start()] = (found[start].start(), found[stop - 1].end(), index)
    wrapped = _wrapped(math, [spans[start] for start in sorted(spans)])
    if usable(wrapped):
        return Linked(math=wrapped, terms=frozenset(index for _, _, index in spans.values()))
    return Linked(math=math, terms=frozenset())


def _tokens(math: str) -> list[re.Match[str]]:
    """Tokens without blanks."""
    return [found for found in MATH_TOKEN.finditer(math) if not found.group().isspace()]


def _whole(math: str) -> bool:
    """Whether the term can be an argument of a function: brackets closed, no commas or semicolons outside quotes."""
    depth = 0
    tokens = [token.group() for token in _tokens(math)]
    for token in tokens:
        depth += (token in ("(", "[")) - (token in (")", "]"))
        if depth < 0:
            return False
    return depth == 0 and not {",", ";", "&"} & set(tokens)


def _places(tokens: Sequence[str], wanted: Sequence[str], owner: Sequence[int | None]) -> list[int]:
    """Where the term stands by itself: not inside another term or an indexed symbol, not as a function's name."""
    found: list[int] = []
    for start in range(len(tokens) - len(wanted) + 1 if wanted else 0):
        stop = start + len(wanted)
        free = all(mine is None for mine in owner[start:stop]) and (not found or start >= found[-1] + len(wanted))
        indexed = tokens[stop : stop + 1] == ["_"] or (start > 0 and tokens[start - 1] == "_")
        called = tokens[stop : stop + 1] == ["("] and len(wanted[-1]) > 1 and wanted[-1].isalpha()
        if free and not indexed and not called and list(tokens[start:stop]) == list(wanted):
            found.append(start)
    return found


def _wrapped(math: str, spans: Sequence[tuple[int, int, int]]) -> str:
    """The text with `name(` and `)` around each span, everything else as it was."""
    pieces, done = [], 0
    for start, stop, index in spans:
        before = math[done:start]
        glue = " " if before[-1:].isalpha() else ""
        pieces.append(f"{before}{glue}{NAMES[index]}({math[start:stop]})")
        done = stop
    return "".join([*pieces, math[done:]])
