"""What the page Retrieval shows, as its address says it, so that a link or a reload shows the same."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from pipeline.search import DEFAULT, Fusion

TAB = "tab"
ASK, SYSTEMS, RUNS, CORPORA, LABELS = TABS = ("Ask", "Systems", "Runs", "Corpora", "Labels")
QUESTION, CORPUS, SUBJECT, GRADE, LICENCE = FILTERED = ("q", "corpus", "subject", "grade", "licence")
FUSION, WEIGHT, THRESHOLD, LIMIT, RERANK = TUNED = ("fusion", "words", "threshold", "limit", "rerank")
RUN, ONE, OTHER, KIND, QUERY, NAME = "run", "one", "other", "kind", "query", "name"
QUESTION_CHARACTERS, CHARACTERS, VALUES = 5_000, 200, 20
USUAL_CORPUS = "vividly"
LIMITS = (5, 10, 20)
GRADES = range(1, 13)
PERCENT, USUAL_WEIGHT = 100, 50
USUAL_THRESHOLD = round(PERCENT * DEFAULT.threshold)
YES = "yes"


class Asked(NamedTuple):
    """A question, where it is looked for, and how the lists are put together."""

    question: str
    corpora: tuple[str, ...]
    subject: str
    grade: int | None
    licences: tuple[str, ...]
    fusion: Fusion | None
    """None: as the lessons search, by the kind of the question."""
    weight: int
    """Of the words, in percent; the rest is the weight of the meaning."""
    threshold: int
    """The least cosine of the best passage, in percent: below it nothing is an answer."""
    limit: int
    rerank: bool
    """Whether the language model judges the best again."""


def asked() -> Asked:
    """What the address says; what it says wrongly does not count."""
    fusion, limit, grade = said(FUSION), number(LIMIT), number(GRADE)
    return Asked(
        question=said(QUESTION, QUESTION_CHARACTERS), corpora=values(CORPUS) or (USUAL_CORPUS,), subject=said(SUBJECT),
        grade=grade if grade in GRADES else None, licences=values(LICENCE),
        fusion=Fusion(fusion) if fusion in set(Fusion) else None,
        weight=_percent(WEIGHT, USUAL_WEIGHT), threshold=_percent(THRESHOLD, USUAL_THRESHOLD),
        limit=limit if limit in LIMITS else LIMITS[0], rerank=said(RERANK) == YES)


def said(name: str, most: int = CHARACTERS) -> str:
    """The value of this name, without what no database takes as text."""
    return _plain(st.query_params.get(name, ""), most)


def values(name: str) -> tuple[str, ...]:
    """All values of this name."""
    plain = (_plain(one, CHARACTERS) for one in st.query_params.get_all(name)[:VALUES])
    return tuple(dict.fromkeys(filter(None, plain)))


def number(name: str) -> int | None:
    """A whole number in the address."""
    found = st.query_params.get(name, "")
    return int(found) if found.isascii() and found.isdigit() and len(found) < 10 else None


def put(name: str, value: str | Sequence[str]) -> None:
    """Write it into the address; nothing takes it out. Usable as a callback."""
    if value:
        st.query_params[name] = value if isinstance(value, str) else list(value)
    else:
        st.query_params.pop(name, None)


def clear(names: Sequence[str]) -> None:
    """Take these out of the address; a callback."""
    for name in names:
        put(name, "")


def _percent(name: str, usual: int) -> int:
    found = number(name)
    return found if found is not None and found <= PERCENT else usual


def _plain(found: str, most: int) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in found[:most]).split())
