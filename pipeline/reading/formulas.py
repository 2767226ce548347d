"""MathML -> one line that can be read and searched: `v² = v₀² + 2a(d − d₀)`. Every letter and digit of the formula stays."""

import re
from collections.abc import Callable, Mapping

from lxml import etree

from pipeline.reading.xml import local

RAISED = str.maketrans("0123456789+-−=()n′'°∘", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ′′°°")
LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
SPACED = frozenset("= + − - × · ÷ ± < > ≤ ≥ ≈ ≠ ≡ ∝ → ⇒ ⇌ ∼ ≪ ≫ ∈".split())
INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064\u200b"), None)
ACCENTS = {"→": "\u20d7", "⃗": "\u20d7", "⇀": "\u20d7", "¯": "\u0304", "‾": "\u0304", "_": "\u0304", "^": "\u0302", "˙": "\u0307",
           ".": "\u0307", "~": "\u0303", "˜": "\u0303"}
SIMPLE = re.compile(r"[\w.,′'⃗̄]*")


def formula(element: etree._Element) -> str:
    """The formula in one line."""
    return " ".join(_write(element).split())


def raised(text: str) -> str:
    """As a superscript: `10⁸`, `x^(a b)`."""
    return _moved(text, RAISED, "^")


def lowered(text: str) -> str:
    """As a subscript: `v₀`, `F_net`."""
    return _moved(text, LOWERED, "_")


def _moved(text: str, signs: Mapping[int, int], mark: str) -> str:
    text = text.strip()
    if all(ord(character) in signs for character in text):
        return text.translate(signs)
    return f"{mark}{_held(text)}"


def _held(text: str) -> str:
    """In brackets when it is more than one simple word."""
    text = text.strip()
    return text if SIMPLE.fullmatch(text) else f"({text})"


def _write(element: etree._Element) -> str:
    writer = WRITERS.get(local(element))
    return writer(element) if writer else _row(element)


def _row(element: etree._Element) -> str:
    """Parts side by side; loose text counts too."""
    parts = [element.text or ""]
    for child in element:
        parts += [_write(child), child.tail or ""]
    return _join(parts)


def _join(parts: list[str]) -> str:
    """Spaced at relations and operations that stand between two things, and between a word and its neighbour."""
    line, last = "", ""
    for part in filter(None, parts):
        sign = part.strip()
        if sign in SPACED and line.strip() and line.strip()[-1] not in "=(+−-×·<>≈,":
            part = f" {sign} "
        elif _words_touch(last, part):
            part = f" {part}"
        elif last.strip().endswith("(") or sign.startswith(")"):
            line, part = line.rstrip(), part.lstrip()
        line, last = line + part, part
    return line


def _words_touch(left: str, right: str) -> bool:
    """Whether two words, or a number and a word, would run together; single letters may (`ma`, `2x`)."""
    before, after = re.search(r"\w+$", left), re.match(r"\w+", right)
    return bool(before and after) and (_is_word(before[0]) or _is_word(after[0]))  # type: ignore[index]


def _is_word(text: str) -> bool:
    return len(text) > 1 and text.isalpha()


def _token(element: etree._Element) -> str:
    return "".join(element.itertext()).translate(INVISIBLE)


def _words(element: etree._Element) -> str:
    """Text among signs, such as a unit: with space beside its letters."""
    text = _token(element)
    return f"{' ' if text[:1].isalpha() else ''}{text}{' ' if text[-1:].isalpha() else ''}"


def _part(element: etree._Element, number: int) -> str:
    return _write(element[number]) if number < len(element) else ""


def _over(element: etree._Element) -> str:
    base, mark = _part(element, 0), _part(element, 1).strip()
    return f"{base.strip()}{ACCENTS[mark]}" if mark in ACCENTS else f"{base}{raised(mark)}"


def _table(element: etree._Element) -> str:
    return "; ".join(" ".join(_write(cell).strip() for cell in row) for row in element)


def _before(element: etree._Element) -> str:
    """Signs before and behind a base, as in isotopes: `¹⁴₆C`."""
    parts = list(element)
    cut = next((n for n, part in enumerate(parts) if local(part) == "mprescripts"), len(parts))
    return f"{_pairs(parts[cut + 1:])}{_write(parts[0]) if parts else ''}{_pairs(parts[1:cut])}"


def _pairs(parts: list[etree._Element]) -> str:
    """Lower and upper signs by turns, the upper one first."""
    signs = ["" if local(part) == "none" else _write(part) for part in parts]
    signs += [""] * (len(signs) % 2)
    return "".join(f"{raised(up)}{lowered(down)}" for down, up in zip(signs[::2], signs[1::2], strict=True))


def _semantics(element: etree._Element) -> str:
    """Its first part; the others say the same in another notation."""
    return _part(element, 0)


WRITERS: Mapping[str, Callable[[etree._Element], str]] = {
    "mi": _token, "mn": _token, "mo": _token, "mtext": _words, "ms": _words,
    "mspace": lambda element: " ",
    "mfrac": lambda element: f"{_held(_part(element, 0))}/{_held(_part(element, 1))}",
    "msub": lambda element: f"{_part(element, 0).rstrip()}{lowered(_part(element, 1))}",
    "msup": lambda element: f"{_part(element, 0).rstrip()}{raised(_part(element, 1))}",
    "msubsup": lambda element: f"{_part(element, 0).rstrip()}{lowered(_part(element, 1))}{raised(_part(element, 2))}",
    "munder": lambda element: f"{_part(element, 0).rstrip()}{lowered(_part(element, 1))}",
    "mover": _over,
    "munderover": lambda element: f"{_part(element, 0).rstrip()}{lowered(_part(element, 1))}{raised(_part(element, 2))}",
    "msqrt": lambda element: f"√({_row(element).strip()})",
    "mroot": lambda element: f"{raised(_part(element, 1))}√({_part(element, 0).strip()})",
    "mfenced": lambda element: f"({', '.join(_write(child).strip() for child in element)})",
    "mtable": _table,
    "mmultiscripts": _before,
    "semantics": _semantics,
}
