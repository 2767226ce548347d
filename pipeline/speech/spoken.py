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
from pipeline.speech.numbers import NUMBER, number_words, value
from pipeline.speech.units import unit_words

OPENING, CLOSING = "“\"'‘([{*_`„«", "”\"'’)]}.,;:!?…*_`»"
PAUSES = (".", "!", "?", ";", ":", ",")
SENTENCE_ENDS = frozenset(".!?")
DASHES = frozenset({"-", "–", "—", "−"})
YEAR_CUES = frozenset(
    "in since until year before after from between by around about late early of january february march april may june "
    "july august september october november december".split()
)
AFTER_YEARS = frozenset("and to the was were when he she it with a an by or had is there but that who".split())
VAGUE_CUES = frozenset({"about", "around", "of", "by", "from"})
"""Words that count people as readily as years: "of 1800 students"."""
TIME_CUES = frozenset({"at", "until", "from", "by"})
MULTIPLIERS = frozenset({"hundred", "thousand", "million", "billion", "trillion"})
COUNTED = frozenset({"atom", "atoms", "ion", "ions", "nucleus", "nuclei", "bases", "gate", "gates"})
COUNTED_IN_DECIMAL = frozenset("bits bytes values numbers times items combinations keys people rows".split())
ARTICLES = frozenset({"a", "an"})


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


@dataclass(frozen=True, kw_only=True)
class _Token:
    written: str
    core: str
    pause: str
    opens: bool


def spoken_words(text: str) -> tuple[Spoken, ...]:
    """What is said for each whitespace-separated token of the text, in order, none left out."""
    tokens = [_token(written) for written in text.split()]
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


def _is_break(token: _Token, following: _Token | None) -> bool:
    """Whether a short pause is heard after a token without a mark: at a dash, or before a bracketed remark."""
    if token.core in DASHES or not token.core:
        return token.written in DASHES and token.core != "−"
    return following is not None and following.opens and len(token.core) > 1 and not _is_sign(token.core)


def _token(written: str) -> _Token:
    bare = written.strip("“”\"'‘’([{*_`)]}").rstrip(",;:")
    if bare in table.ABBREVIATIONS:
        ends = bare in table.ENDING_ABBREVIATIONS and written.endswith((",", ";", ":"))
        return _Token(written=written, core=bare, pause="," if ends else "", opens=False)
    core = written.lstrip(OPENING)
    opens = re.match(r"\([^\W\d]+[),.]*$", written) is not None
    core = core.rstrip(CLOSING)
    tail = written[written.rfind(core) + len(core):] if core else ""
    if core.count("(") > core.count(")") and tail.startswith(")"):
        core, tail = f"{core})", tail[1:]
    pause = next((mark for mark in PAUSES if mark in tail.replace("…", ".")), "," if ")" in tail else "")
    return _Token(written=written, core=core, pause=pause, opens=opens)


def _read(
    tokens: Sequence[_Token], place: int, carried: float | None, *, binary: bool
) -> tuple[list[str], float | None]:
    """The words of one token, and the number that the next may be the unit of."""
    token = tokens[place]
    core = token.core
    before, after = _core(tokens, place - 1), _core(tokens, place + 1)
    if core in table.ABBREVIATIONS:
        return table.ABBREVIATIONS[core].split(), None
    if carried is not None and (unit := _unit(tokens, place, carried)):
        return unit, None if token.pause else carried
    if carried is not None and core.lower() in MULTIPLIERS:
        return [core], 2.0
    if core in DASHES or core in table.OPERATORS or not core:
        return _sign(token, before, after), None
    if (grouped := _grouped(tokens, place)) is not None:
        return grouped
    context = Context(
        beside_sign=_is_sign(before) or _is_sign(after) or core in table.FUNCTIONS and _is_argument(after),
        singular=before.lower() in ARTICLES,
        binary=binary and after not in COUNTED_IN_DECIMAL and not unit_words(after, plural=True),
        is_year=_is_year(tokens, place),
        is_time=before.lower() in TIME_CUES or after.lower() in ("a.m", "p.m", "am", "pm", "o'clock"),
    )
    if core == "A" and (token.pause or not _starts_sentence(tokens, place) or context.beside_sign):
        return ["A"], None
    return read(core, context), _number_of(tokens, place)


def _unit(tokens: Sequence[_Token], place: int, carried: float) -> list[str] | None:
    """The unit after a number; a unit that another one follows (`kg m/s`) stays in the singular."""
    token, after = tokens[place], _core(tokens, place + 1)
    if after.lower() in COUNTED and len(token.core) < 3:
        return None
    goes_on = not token.pause and token.core != "%" and unit_words(after, plural=True) is not None
    return unit_words(token.core, plural=abs(carried) != 1 and (not goes_on or "/" in token.core))


def _number_of(tokens: Sequence[_Token], place: int) -> float | None:
    """The number that this token ends with, for the unit behind it: 1 when the unit takes the singular."""
    token = tokens[place]
    match = re.search(rf"(?:^|[^\w.])({NUMBER})?(?:[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|([½¼¾⅓⅔]))?$", token.core)
    if token.pause or match is None or not (match[1] or match[2]):
        return None
    if match[2] and not match[1] or _core(tokens, place - 1).lower() in ARTICLES:
        return 1.0
    return value(match[1]) if match[1] and token.core == match[1] else 2.0


def _sign(token: _Token, before: str, after: str) -> list[str]:
    """A sign that stands alone. A dash is a minus only between two quantities."""
    if token.core in table.OPERATORS and token.core != "−":
        return table.OPERATORS[token.core].split()
    if token.core == "−" or token.core in ("-", "–") and _is_quantity(before) and _is_quantity(after):
        return ["minus"]
    return []


def _grouped(tokens: Sequence[_Token], place: int) -> tuple[list[str], float | None] | None:
    """`12 900`: the first group says "twelve thousand", the next "nine hundred"."""
    first = place
    while first and re.fullmatch(r"\d{3}", tokens[first].core) and _joins(tokens[first - 1]):
        first -= 1
    last = place
    while last + 1 < len(tokens) and _joins(tokens[last]) and re.fullmatch(r"\d{3}", tokens[last + 1].core):
        last += 1
    if first == last or not re.fullmatch(r"[−-]?[1-9]\d{0,2}", tokens[first].core):
        return None
    sign = ["minus"] if place == first and tokens[first].core[0] in "−-" else []
    group = int(tokens[place].core.lstrip("−-"))
    words = number_words(f"{group}{'000' * (last - place)}") if group else []
    return [*sign, *words], None if tokens[last].pause else 2.0


def _joins(token: _Token) -> bool:
    return not token.pause and re.fullmatch(r"[−-]?\d{1,3}", token.core) is not None


def _is_year(tokens: Sequence[_Token], place: int) -> bool:
    token, after = tokens[place], _core(tokens, place + 1)
    if not re.fullmatch(r"1[1-9]\d\d|20\d\d", token.core) or unit_words(after, plural=True):
        return False
    cues = [_core(tokens, earlier).lower() for earlier in range(place - 3, place)]
    linked = cues[-1] in ("and", "to") and re.fullmatch(r"1[1-9]\d\d|20\d\d", cues[-2]) is not None
    if not linked and cues[-1] not in YEAR_CUES and not (cues[-1] == "about" and cues[-2] in YEAR_CUES):
        return False
    if cues[-1] in VAGUE_CUES and cues[-2] not in ("before", "after", "since", "in", "year"):
        return bool(token.pause) and cues[-1] == "of" or after == "to"
    return bool(token.pause) or not after or after[0].isupper() or after.lower() in AFTER_YEARS


def _starts_sentence(tokens: Sequence[_Token], place: int) -> bool:
    return place == 0 or tokens[place - 1].pause in (*SENTENCE_ENDS, ":") or tokens[place].written[0] in OPENING


def _is_sign(core: str) -> bool:
    return core in table.RELATIONS and core != ""


def _is_quantity(core: str) -> bool:
    return bool(core) and (core[-1].isdigit() or len(core) == 1 or core[-1] in table.SUPERSCRIPTS or core in "°%)")


def _is_argument(core: str) -> bool:
    return re.match(r"[\d(α-ω]|[b-zB-HJ-Z]$", core) is not None


def _core(tokens: Sequence[_Token], place: int) -> str:
    return tokens[place].core if 0 <= place < len(tokens) else ""
