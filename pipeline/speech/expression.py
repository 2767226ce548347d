"""One written token -> words. What stands around it comes in as `Context`; the token itself decides everything else."""

import re
from dataclasses import dataclass

from pipeline.speech import symbols as table
from pipeline.speech.chemistry import formula_words
from pipeline.speech.numbers import NUMBER, cardinal, decade, digits, fraction, number_words, ordinal, value, year
from pipeline.speech.units import unit_words

SUB, SUP = re.escape("".join(table.SUBSCRIPTS)), re.escape("".join(table.SUPERSCRIPTS))
LEXEME = re.compile(rf"(?P<number>{NUMBER})|(?P<sup>[{SUP}]+)|(?P<sub>[{SUB}]+)|(?P<letters>[A-Za-z]+)|(?P<sign>\S)")
WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+(?:['’][A-Za-zÀ-ÖØ-öø-ɏ]+)*['’]?")
COMPOUND = re.compile(r"(?<=\w)[-–—/](?=\w)")
COMPOUND_UNITS = frozenset(
    "m/s m/s² km/h km/s N/m J/kg kg·m/s N·m g/mol g/cm³ kg/m³ mol/L W/m² kW·h m³/s mg/L bit/s".split()
)
"""Units that are read as such without a number before them; `F/m` alone is a quotient."""
NUMERIC = re.compile(rf"[$−-]?(?:{NUMBER})(?:%|°C?)?")


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the neighbours of a token say about it."""

    beside_sign: bool = False
    """A sign such as = or × stands next to it: letters are quantities."""
    singular: bool = False
    """A unit here takes the singular: "1 N", "a 12 V battery"."""
    binary: bool = False
    """The text is about binary numbers: runs of 0 and 1 are read digit by digit."""
    is_year: bool = False
    is_time: bool = False


def read(core: str, context: Context) -> list[str]:
    """The words spoken for a token without its outer punctuation."""
    for attempt in (_whole_number, _clock, _formula, _word, _unit, _compound):
        words = attempt(core, context)
        if words is not None:
            return words
    return _scan(core, context)


def _whole_number(core: str, context: Context) -> list[str] | None:
    if re.fullmatch(r"[01]s", core):
        return ["zeros" if core == "0s" else "ones"]
    if match := re.fullmatch(r"(\d+)(?:st|nd|rd|th)", core):
        return ordinal(int(match[1]))
    if match := re.fullmatch(r"([12]\d\d0)s", core):
        return decade(int(match[1]))
    if match := re.fullmatch(r"(\d{1,4})/(\d{1,4})", core):
        return fraction(int(match[1]), int(match[2]))
    if match := re.fullmatch(rf"\$({NUMBER})", core):
        return [*number_words(match[1]), "dollar" if value(match[1]) == 1 else "dollars"]
    if match := re.fullmatch(r"([01]+)(₂)", core):
        return [*digits(match[1]), "base", "two"]
    if not core.isascii() or not core.isdigit():
        return None
    if context.binary and re.fullmatch(r"[01]{3,}|0[01]", core):
        return digits(core)
    return year(int(core)) if context.is_year else number_words(core)


def _clock(core: str, context: Context) -> list[str] | None:
    if not re.fullmatch(r"\d+(?::\d+)+", core):
        return None
    parts = core.split(":")
    if context.is_time and len(parts) == 2 and len(parts[1]) == 2:
        hour, minute = int(parts[0]), int(parts[1])
        return cardinal(hour) + ([] if minute == 0 else ["oh", *cardinal(minute)] if minute < 10 else cardinal(minute))
    return [word for place, part in enumerate(parts) for word in (["to"] if place else []) + number_words(part)]


def _formula(core: str, context: Context) -> list[str] | None:
    return None if context.beside_sign and core.isascii() and len(core) < 3 else formula_words(core)


def _word(core: str, context: Context) -> list[str] | None:
    """A plain word, a group of capitals, or a quantity such as `ma`."""
    if not WORD.fullmatch(core):
        return None
    if core in table.GREEK:
        return [table.GREEK[core]]
    if core in table.FUNCTIONS and (context.beside_sign or core in ("cos", "sqrt")):
        return table.FUNCTIONS[core].split()
    if core not in ("A", "I") and (capitals := _capitals(core)):
        return capitals
    if context.beside_sign and len(core) <= 3 and core.isascii() and core.lower() not in table.SHORT_WORDS - {"a"}:
        return table.spelled(core)
    return [core.lower() if core.isupper() and core != "I" else core.replace("’", "'")]


def _capitals(text: str) -> list[str] | None:
    """`DNA`, `CPUs`, `mRNA`, `NADPH` letter by letter; `AND` and `NASA` as words; nothing for other texts."""
    if text in table.WORDS_IN_CAPITALS:
        return table.WORDS_IN_CAPITALS[text].split()
    match = re.fullmatch(r"([a-z]?[A-Z]+)(['’]?s)?", text)
    if match is None or match[2] and len(match[1]) == 1:
        return None
    if len(match[1]) > 4 and len(re.findall("[AEIOU]", match[1])) > 1:
        return [text.lower()]
    letters = table.spelled(match[1])
    return [*letters[:-1], f"{letters[-1]}'s"] if match[2] else letters


def _unit(core: str, context: Context) -> list[str] | None:
    return unit_words(core, plural=True) if core in COMPOUND_UNITS else None


def _compound(core: str, context: Context) -> list[str] | None:
    """`5–10` is a range; `64-bit`, `SHA-256`, `velocity–time` and `TCP/IP` are read part by part."""
    parts = COMPOUND.split(core)
    if len(parts) < 2:
        return None
    if len(parts) == 2 and all(NUMERIC.fullmatch(part) for part in parts) and "/" not in core:
        return [*read(parts[0], context), "to", *read(parts[1], context)]
    if "/" in core and not all(len(part) > 1 and WORD.fullmatch(part) for part in parts):
        return None
    if not all(WORD.fullmatch(part) or NUMERIC.fullmatch(part) or formula_words(part) for part in parts):
        return None
    if all(part.islower() and part.isascii() and len(part) > 1 for part in parts) and "-" in core:
        return [core]
    return [word for part in parts for word in read(part, Context(beside_sign=len(part) == 1))]


def _scan(core: str, context: Context) -> list[str]:
    """An expression, lexeme by lexeme: `2πr`, `v₁²`, `−5`, `50N`, `f(x)`, `(a+b)²`."""
    match = re.match(NUMBER, core)
    if match and match.end() < len(core):
        unit = unit_words(core[match.end():], plural=value(match[0]) != 1 and not context.singular)
        if unit:
            return number_words(match[0]) + unit
    words: list[str] = []
    before = ""
    for lexeme in LEXEME.finditer(core):
        kind, text = str(lexeme.lastgroup), lexeme[0]
        words += _lexeme(kind, text, before, core[lexeme.end():lexeme.end() + 1])
        before = text
    return words


def _lexeme(kind: str, text: str, before: str, after: str) -> list[str]:
    if kind == "number":
        return number_words(text)
    if kind == "sup":
        said = table.power("".join(table.SUPERSCRIPTS[mark] for mark in text))
        return ["all", *said] if before == ")" else said
    if kind == "sub":
        index = "".join(table.SUBSCRIPTS[mark] for mark in text)
        said = cardinal(int(index)) if index.isdigit() else table.spelled(index.replace("+", "").replace("-", ""))
        return ["base", *said] if before == "log" else said
    if kind == "letters":
        return _letters(text, before, after)
    return _sign(text, before)


def _letters(text: str, before: str, after: str) -> list[str]:
    if text in table.FUNCTIONS:
        return [*table.FUNCTIONS[text].split(), *(["of"] if after == "(" else [])]
    if before == "°" and text in "CF":
        return ["Celsius" if text == "C" else "Fahrenheit"]
    said = formula_words(text) or _capitals(text)
    if said is None:
        short = len(text) <= 3 and text.lower() not in table.SHORT_WORDS or len(text) == 1
        said = table.spelled(text) if short else [text]
    return [*said, "of"] if after == "(" else said


def _sign(text: str, before: str) -> list[str]:
    if text in table.FRACTIONS:
        return [*(["and"] if before else []), *fraction(*table.FRACTIONS[text])]
    if text in table.GREEK:
        return [table.GREEK[text]]
    if text == "/":
        return ["over"]
    if text in "-–" and before != "-":
        return ["minus"] if not before or not before[-1:].isalpha() or len(before) == 1 else []
    if text == "°":
        return ["degrees"]
    if text.isalpha():
        return [text]
    return table.OPERATORS[text].split() if text in table.OPERATORS else []
