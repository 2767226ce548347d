"""What the tokens around one say about it: whether it is a year, a unit, a minus, a part of a grouped number."""

import re
from collections.abc import Sequence

from pipeline.speech import symbols as table
from pipeline.speech.numbers import NUMBER, number_words, value
from pipeline.speech.tokens import OPENING, Token, core_at
from pipeline.speech.units import unit_words

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
COUNTED = frozenset({"atom", "atoms", "ion", "ions", "nucleus", "nuclei", "bases", "gate", "gates"})
COUNTED_IN_DECIMAL = frozenset("bits bytes values numbers times items combinations keys people rows".split())
CLOCKS = frozenset({"a.m.", "p.m.", "am", "pm", "o'clock"})
ARTICLES = frozenset({"a", "an"})


def unit_after(tokens: Sequence[Token], place: int, carried: float) -> list[str] | None:
    """The unit after a number; a unit that another one follows (`kg m/s`) stays in the singular."""
    token, after = tokens[place], core_at(tokens, place + 1)
    if after.lower() in COUNTED and len(token.core) < 3:
        return None
    goes_on = not token.pause and token.core != "%" and unit_words(after, plural=True) is not None
    return unit_words(token.core, plural=abs(carried) != 1 and (not goes_on or "/" in token.core))


def number_of(tokens: Sequence[Token], place: int) -> float | None:
    """The number that this token ends with, for the unit behind it: 1 when the unit takes the singular."""
    token = tokens[place]
    match = re.search(rf"(?:^|[^\w.])({NUMBER})?(?:[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|([½¼¾⅓⅔]))?$", token.core)
    if token.pause or match is None or not (match[1] or match[2]):
        return None
    if match[2] and not match[1] or core_at(tokens, place - 1).lower() in ARTICLES:
        return 1.0
    return value(match[1]) if match[1] and token.core == match[1] else 2.0


def bare_sign(token: Token, before: str, after: str) -> list[str]:
    """A sign that stands alone. A dash is a minus only between two quantities."""
    if token.core in table.OPERATORS and token.core != "−":
        return table.OPERATORS[token.core].split()
    if token.core == "−" or token.core in ("-", "–") and _is_quantity(before) and _is_quantity(after):
        return ["minus"]
    return []


def grouped(tokens: Sequence[Token], place: int) -> tuple[list[str], float | None] | None:
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


def _joins(token: Token) -> bool:
    return not token.pause and re.fullmatch(r"[−-]?\d{1,3}", token.core) is not None


def is_year(tokens: Sequence[Token], place: int) -> bool:
    """Whether a four-digit number is a year: after a word that asks for one, before nothing it could count."""
    token, after = tokens[place], core_at(tokens, place + 1)
    if not re.fullmatch(r"1[1-9]\d\d|20\d\d", token.core) or unit_words(after, plural=True):
        return False
    cues = [core_at(tokens, earlier).lower() for earlier in range(place - 3, place)]
    linked = cues[-1] in ("and", "to") and re.fullmatch(r"1[1-9]\d\d|20\d\d", cues[-2]) is not None
    if not linked and cues[-1] not in YEAR_CUES and not (cues[-1] == "about" and cues[-2] in YEAR_CUES):
        return False
    if cues[-1] in VAGUE_CUES and cues[-2] not in ("before", "after", "since", "in", "year"):
        return bool(token.pause) and cues[-1] == "of" or after == "to"
    return bool(token.pause) or not after or after[0].isupper() or after.lower() in AFTER_YEARS


def starts_sentence(tokens: Sequence[Token], place: int) -> bool:
    """Whether the token is the first of a sentence or a quotation."""
    return place == 0 or tokens[place - 1].pause in (*SENTENCE_ENDS, ":") or tokens[place].written[0] in OPENING


def is_sign(core: str) -> bool:
    """Whether the token is a sign between quantities."""
    return core in table.RELATIONS and core != ""


def _is_quantity(core: str) -> bool:
    return bool(core) and (core[-1].isdigit() or len(core) == 1 or core[-1] in table.SUPERSCRIPTS or core in "°%)")


def is_time(tokens: Sequence[Token], place: int) -> bool:
    """Whether `10:30` is a time and no ratio."""
    before, after = core_at(tokens, place - 1), core_at(tokens, place + 1)
    return before.lower() in TIME_CUES or after.lower() in CLOCKS


def is_argument(core: str) -> bool:
    """Whether a function name can stand before the token: `sin 30°`, `cos θ`."""
    return re.match(r"[\d(α-ω]|[b-zB-HJ-Z]$", core) is not None


