"""What the page shows, as its address says it: the comparison, how it is looked at, the question, the two variants."""

import streamlit as st

from pipeline.comparison import ComparisonView, Two

COMPARISON, VIEW, QUESTION, PAIR = "comparison", "view", "question", "pair"
SIDES, TABLE, BLIND = VIEWS = ("sides", "table", "blind")


def shown_id() -> str | None:
    """The id of the comparison in the address."""
    return st.query_params.get(COMPARISON)


def open_comparison(comparison_id: str | None) -> None:
    """Show this comparison, or the empty form; usable as a callback."""
    st.query_params.clear()
    if comparison_id is not None:
        st.query_params[COMPARISON] = comparison_id


def view_of(view: ComparisonView) -> str:
    """How it is looked at: a set begins with its table."""
    said = st.query_params.get(VIEW)
    many = len(view.questions) > 1
    return said if said in VIEWS and (many or said != TABLE) else TABLE if many else SIDES


def question_of(view: ComparisonView) -> int:
    """The number of the question; the first where the address says none that there is."""
    said = st.query_params.get(QUESTION, "")
    known = said.isascii() and said.isdigit() and len(said) < 6 and 1 <= int(said) <= len(view.questions)
    return int(said) if known else 1


def pair_of(view: ComparisonView) -> Two:
    """The two variants; the first two where the address says none that there are."""
    said = st.query_params.get(PAIR, "")
    return next((two for two in pairs(view) if pair_text(two) == said), Two(one=1, other=2))


def pairs(view: ComparisonView) -> list[Two]:
    """Every two variants."""
    numbers = range(1, len(view.variants) + 1)
    return [Two(one=one, other=other) for one in numbers for other in numbers if one < other]


def pair_text(two: Two) -> str:
    """The two as the address writes them."""
    return f"{two.one}-{two.other}"


def go(**parts: str | int) -> None:
    """Put these parts into the address; usable as a callback."""
    for name, value in parts.items():
        st.query_params[name] = str(value)
