"""Checked mathematics, with the symbols of an equation linked to their meanings by colour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.formula import MATH_TOKEN, check_math

Usable = Callable[[str], bool]
"""Whether Typst can set this already checked mathematics."""

NAMES = ("zza", "zzb", "zzc", "zzd", "zze", "zzf")
"""Colouring functions, one per term, that the templates put into the scope of `eval`."""


def checked(math: str, usable: Usable) -> str | None:
    """The mathematics if it is harmless and can be set, else None: the plain form is shown instead."""
    try:
        return math if math and usable(check_math(math)) else None
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class Linked:
    """An equation with every found term wrapped in its colouring function."""

    math: str
    terms: frozenset[int]


def linked(math: str, terms: Sequence[str], usable: Usable) -> Linked | None:
    """The equation with its terms wrapped (longer terms first), or None when it cannot be set at all."""
    if checked(math, usable) is None:
        return None
    tokens = _tokens(math)
    owner: list[int | None] = [None] * len(tokens)
    wraps: dict[int, tuple[int, int]] = {}
    for index in sorted(range(len(terms)), key=lambda i: -len(_tokens(terms[i]))):
        wanted = _tokens(terms[index]) if checked(terms[index], usable) and _whole(terms[index]) else []
        for start in _places(tokens, wanted, owner):
            owner[start : start + len(wanted)] = [index] * len(wanted)
            wraps[start] = (index, start + len(wanted))
    wrapped = _wrap(tokens, wraps)
    if usable(wrapped):
        return Linked(math=wrapped, terms=frozenset(index for index, _ in wraps.values()))
    return Linked(math=math, terms=frozenset())


def _tokens(math: str) -> list[str]:
    """Tokens without blanks."""
    return [found.group() for found in MATH_TOKEN.finditer(math) if not found.group().isspace()]


def _whole(math: str) -> bool:
    """Whether the term can be an argument of a function: brackets closed, no commas or semicolons outside quotes."""
    tokens = _tokens(math)
    depth = 0
    for token in tokens:
        depth += (token in ("(", "[")) - (token in (")", "]"))
        if depth < 0:
            return False
    return depth == 0 and not {",", ";", "&"} & set(tokens)


def _places(tokens: Sequence[str], wanted: Sequence[str], owner: Sequence[int | None]) -> list[int]:
    """Where the term stands by itself: not inside another term, not a part of an indexed symbol."""
    found = []
    for start in range(len(tokens) - len(wanted) + 1 if wanted else 0):
        stop = start + len(wanted)
        free = all(mine is None for mine in owner[start:stop]) and (not found or start >= found[-1] + len(wanted))
        indexed = (tokens[stop : stop + 1] == ["_"]) or (start > 0 and tokens[start - 1] in ("_", "^"))
        called = tokens[stop : stop + 1] == ["("] and len(wanted[-1]) > 1 and wanted[-1].isalpha()
        if free and not indexed and not called and list(tokens[start:stop]) == list(wanted):
            found.append(start)
    return found


def _wrap(tokens: Sequence[str], wraps: dict[int, tuple[int, int]]) -> str:
    closing = {stop for _, stop in wraps.values()}
    pieces = []
    for position, token in enumerate(tokens):
        opened = f"{NAMES[wraps[position][0]]}(" if position in wraps else ""
        closed = ")" if position + 1 in closing else ""
        pieces.append(f"{opened}{token}{closed}")
    return _spaced(pieces)


def _spaced(pieces: Sequence[str]) -> str:
    """Pieces joined so that letters stay products, and a function keeps its bracket."""
    text = ""
    for piece in pieces:
        glue = "" if not text or piece[0] in "_^(" or text[-1] in "_^" else " "
        text += glue + piece
    return text
