"""Chemical formulas -> words: `6CO₂` is "six C O two", `Ca²⁺` is "C A two plus"."""

import re

from pipeline.speech.numbers import cardinal
from pipeline.speech.symbols import SUBSCRIPTS, SUPERSCRIPTS, spelled

ELEMENTS = frozenset(
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Ag "
    "Cd In Sn Sb Te I Xe Cs Ba W Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Th U Np Pu Am".split()
)
SUBSCRIPT, SUPERSCRIPT = "₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"
ATOM = rf"(?:[A-Z][a-z]?[{SUBSCRIPT}\d]*|\([A-Z][A-Za-z{SUBSCRIPT}\d]*\)[{SUBSCRIPT}\d]*)"
FORMULA = re.compile(rf"(\d*)({ATOM}+)([{SUPERSCRIPT}]*)")
PIECE = re.compile(rf"[A-Z][a-z]?|[{SUBSCRIPT}\d]+")
PLAIN = frozenset("NaCl HCl NaOH KCl KOH HBr HF MgO CaO FeO CuO ZnO FeS CO LiF KI HI NaF AgCl CaS MgS OH CH".split())
"""Formulas without any digit; others, such as `No` or `In`, are words."""


def formula_words(text: str) -> list[str] | None:
    """The formula letter by letter with its numbers, or nothing when the text is no formula."""
    match = FORMULA.fullmatch(text)
    if match is None:
        return None
    count, atoms, charge = match.groups()
    pieces = PIECE.findall(atoms)
    symbols = [piece for piece in pieces if piece[0].isalpha()]
    marked = len(pieces) > len(symbols) or charge.endswith(("⁺", "⁻"))
    if not set(symbols) <= ELEMENTS or not (marked or atoms in PLAIN):
        return None
    # `H1` or `V2` with a plain digit may be a name; real formulas write a plain digit only among several elements.
    if len(symbols) == 1 and any(piece.isascii() and piece.isdigit() for piece in pieces) and symbols[0] not in "HON":
        return None
    words = cardinal(int(count)) if count else []
    for piece in pieces:
        words += spelled(piece) if piece[0].isalpha() else cardinal(int("".join(SUBSCRIPTS.get(d, d) for d in piece)))
    return words + _charge("".join(SUPERSCRIPTS[mark] for mark in charge))


def _charge(charge: str) -> list[str]:
    number, sign = charge.rstrip("+-"), charge[-1:]
    words = cardinal(int(number)) if number else []
    return words + ({"+": ["plus"], "-": ["minus"]}.get(sign, []))
