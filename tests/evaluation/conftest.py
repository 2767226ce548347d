"""A set that can be worked out by hand, systems that answer it as told, and databases for what is kept."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from pipeline.database import Engine, open_database, upgrade
from pipeline.evaluation import About, Judgement, Query, Ranker, Ranking, RetrievalSet, Run, evaluate, labelled

ABOUT = About(
    corpus="books", corpus_version="v1", embedder="fake", settings={"good": "all"}, commit="abc", by="Ada", documents=9,
    at=datetime(2026, 1, 1, tzinfo=UTC), index_bytes=100)


def a_set(answered: int = 40, off_topic: int = 10) -> RetrievalSet:
    """`answered` queries of two kinds, each with its own document (grade 2) and a shared one (grade 1), and some off topic."""
    kinds = ("why", "how")
    queries = [Query(query_id=f"q{i}", text=f"question {i}", kind=kinds[i % 2]) for i in range(answered)]
    queries += [Query(query_id=f"o{i}", text=f"off {i}", kind="off-topic") for i in range(off_topic)]
    judgements = [Judgement(query_id=f"q{i}", document_id=f"d{i}", grade=2) for i in range(answered)]
    judgements += [Judgement(query_id=f"q{i}", document_id="all", grade=1) for i in range(answered)]
    return labelled("by hand", queries, judgements)


def ranker(right: int, answers_off_topic: int = 0) -> Ranker:
    """Finds the own document of the first `right` questions and nothing for the others."""

    def found(query: str, limit: int) -> Ranking:
        word, number = query.split()
        if word == "off":
            return Ranking(["x"] if int(number) < answers_off_topic else [], 0.1 + int(number) / 100)
        return Ranking([f"d{number}", "all"][:limit] if int(number) < right else [], 0.15 + int(number) / 100)

    return found


@pytest.fixture
def run() -> Callable[..., Run]:
    """A run of rankers over the set by hand."""

    def ran(labelled_set: RetrievalSet | None = None, *, baseline: str | None = None, **rankers) -> Run:
        return evaluate(labelled_set or a_set(), rankers, about=ABOUT, baseline=baseline)

    return ran


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """At the newest migration, on SQLite and on PostgreSQL."""
    upgrade(url)
    opened = open_database(url)
    yield opened
    opened.dispose()
