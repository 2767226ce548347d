"""How hard a text is to read, as a US school grade."""

import re

import textstat

HARDER_BY = 2.0
"""A text this many grades above the student's is called too hard."""


def reading_grade(markdown: str) -> float:
    """The Flesch–Kincaid grade of the running text (Kincaid et al., 1975), without headings, formulas and source marks."""
    lines = [line for line in markdown.splitlines() if line and not line.startswith(("#", ">", "|"))]
    text = re.sub(r"\[\d+\]|\*\*[^*]*=[^*]*\*\*|[*_`]", "", "\n".join(lines))
    return round(float(textstat.flesch_kincaid_grade(text)), 1) if text.strip() else 0.0


def reading_warning(grade: float, wanted: int) -> str | None:
    """One sentence when the text is harder than the student's grade, else None."""
    if grade <= wanted + HARDER_BY:
        return None
    return f"The text reads at grade {grade:.0f}, harder than grade {wanted}."
