"""Text as written -> what is said for it, token by token. Pure functions: no voice, no model, no guessing by context
wider than a few neighbours.

Choices that a reader may question: four-digit numbers are years only after words such as "in" or "since" and before
nothing that they could count; runs of 0 and 1 are read digit by digit only in a text that says "binary" or "bit" and
only from three digits on or with a leading zero; `/` between numbers is "divided by", inside a symbol "over";
`12 900` with a space is one number; a single `a` is a quantity only beside a sign.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.speech import symbols as table
from pipeline.speech.expression import Context, read
from pipeline.speech.neighbours import (
    ARTICLES,
    COUNTED_IN_DECIMAL,
    DASHES,
    SENTENCE_ENDS,
    bare_sign,
    grouped,
    is_argument,
    is_sign,
    is_time,
    is_year,
    number_of,
    starts_sentence,
    unit_after,
)
from pipeline.speech.tokens import Token, core_at, token_of
from pipeline.speech.units import unit_words

MULTIPLIERS = frozenset({"hundred", "thousand", "million", "billion", "trillion"})


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A token as written, the words said for it (none for a bare dash), and the pause mark after it."""

    written: str
    words: tuple[str, ...]
    pause: str = ""

    @property
    def ends_sentence(self) -> bool:
        """Whether the voice takes a breath here."""
        return self.pause in SENTENCE_ENDS and self.pause != ""


def spoken_words(text: str) -> tuple[Spoken, ...]:
    """What is said for each whitespace-separated token of the text, in order, none left out."""
    tokens = [token_of(written) for written in text.split()]
    binary = re.search(r"\b(binary|bits?|base[- ](2|two))\b", text, re.IGNORECASE) is not None
    spoken: list[Spoken] = []
    carried: float | None = None  # the number that a unit here would belong to
    for place, token in enumerate(tokens):
        words, carried = _read(tokens, place, carried, binary=binary)
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        pause = token.pause or ("," if _is_break(token, following) else "")
        spoken.append(Spoken(written=token.written, words=tuple(words), pause=pause))
    return tuple(spoken)


def sentences(spoken: Sequence[Spoken]) -> list[list[Spoken]]:
    """The tokens, a list for each sentence."""
    parts: list[list[Spoken]] = [[]]
    for token in spoken:
        parts[-1].append(token)
        if token.ends_sentence:
            parts.append([])
    return [part for part in parts if part]


def _is_break(token: Token, following: Token | None) -> bool:
    """Whether a short pause is heard after a token without a mark: at a dash, or before a bracketed remark."""
    if token.core in DASHES or not token.core:
        return token.written in DASHES and token.core != "−"
    return following is not None and following.opens and len(token.core) > 1 and not is_sign(token.core)


def _read(
    tokens: Sequence[Token], place: int, carried: float | None, *, binary: bool
) -> tuple[list[str], float | None]:
    """The words of one token, and the number that the next may be the unit of."""
    token, core = tokens[place], tokens[place].core
    before, after = core_at(tokens, place - 1), core_at(tokens, place + 1)
    if core in table.ABBREVIATIONS:
        return table.ABBREVIATIONS[core].split(), None
    if carried is not None and (unit := unit_after(tokens, place, carried)):
        return unit, None if token.pause else carried
    if carried is not None and core.lower() in MULTIPLIERS:
        return [core], 2.0
    if core in DASHES or core in table.OPERATORS or not core:
        return bare_sign(token, before, after), None
    if (group := grouped(tokens, place)) is not None:
        return group
    context = _context(tokens, place, binary=binary)
    if core == "A" and (token.pause or not starts_sentence(tokens, place) or context.beside_sign):
        return ["A"], None
    return read(core, context), number_of(tokens, place)


def _context(tokens: Sequence[Token], place: int, *, binary: bool) -> Context:
    core, before, after = tokens[place].core, core_at(tokens, place - 1), core_at(tokens, place + 1)
    return Context(
        beside_sign=is_sign(before) or is_sign(after) or core in table.FUNCTIONS and is_argument(after),
        singular=before.lower() in ARTICLES, is_year=is_year(tokens, place), is_time=is_time(tokens, place),
        binary=binary and after not in COUNTED_IN_DECIMAL and not unit_words(after, plural=True),
    )
