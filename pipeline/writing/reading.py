"""How hard a text is to read, as a US school grade."""

import re

HARDER_BY = 2.0
"""A text this many grades above the student's is called too hard."""
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:(?<![cgsxz])(?<![cs]h)es|(?<![td])ed|(?<!l)e|(?<=[aeiouy]l)e)$")
_PARTED = re.compile(r"(?<![tcsg])i[aou]|i[ao]$|ea$|(?<![qg])u[ao](?=[lrt])|[hs]m$")
"""Vowels that stand side by side and are spoken apart ("media", "idea", "dual"), and "-thm", "-sm"."""


def reading_grade(markdown: str) -> float:
    """The Flesch–Kincaid grade of the running text, without headings, formulas and source marks.

    0.39 × words per sentence + 11.8 × syllables per word − 15.59 (Kincaid et al., 1975).
    """
    lines = [line for line in markdown.splitlines() if line and not line.startswith(("#", ">", "|"))]
    text = re.sub(r"\[\d+\]|\*\*[^*]*=[^*]*\*\*|[*_`]", "", "\n".join(lines))
    words = _WORD.findall(text)
    if not words:
        return 0.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    return round(0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59, 1)


def syllables(word: str) -> int:
    """About how many syllables an English word has, at least one."""
    plain = word.casefold()
    spoken = _SILENT.sub("", plain) if len(plain) > 3 else plain
    return max(1, len(_VOWELS.findall(spoken)) + len(_PARTED.findall(spoken)))


def reading_warning(grade: float, wanted: int) -> str | None:
    """One sentence when the text is harder than the student's grade, else None."""
    if grade <= wanted + HARDER_BY:
        return None
    return f"The text reads at grade {grade:.0f}, harder than grade {wanted}."
