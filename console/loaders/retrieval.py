"""Retrieval: searching a corpus in three ways at once, corpora and their reports, recorded runs, labels.

What was read is kept for some seconds and shared by everybody who looks.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door
from pipeline.corpora import Chunk, CorpusView, Covered, IngestReport, covered
from pipeline.corpus.catalogue import read_catalogue
from pipeline.evaluation import Label, Pair, Run, RunLine
from pipeline.search import DEFAULT, SYSTEMS, Filters, Fusion, Results, System

KEPT_SECONDS, JUDGED_SECONDS, MOST_RUNS = 15, 600, 200
_kept = st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=200, hash_funcs={Filters: repr})
_ONE_AT_A_TIME = threading.Lock()
"""A search is a few milliseconds; two cores gain nothing from two of them at once."""


class Tuning(NamedTuple):
    """How the lists are put together. No fusion: as lessons search, weighted by the kind of the question."""

    fusion: Fusion | None
    lexical_weight: float
    threshold: float
    rerank: bool = False
    """Whether the language model judges the best again: seconds for each passage."""

    @property
    def system(self) -> System:
        """The system that searches so."""
        usual = SYSTEMS["default+rerank"] if self.rerank else DEFAULT
        if self.fusion is None:
            return replace(usual, threshold=self.threshold)
        return replace(usual, name="chosen here", fusion=self.fusion, lexical_weight=self.lexical_weight, by_kind={},
                       threshold=self.threshold)


class Found(NamedTuple):
    """The same question in three lists, and the passages behind them."""

    fused: Results
    words: Results
    meaning: Results
    chunks: Mapping[str, Chunk]
    lexical_weight: float
    """Of the words in the fused list, as the kind of the question has it."""


# searching


@_kept
def search(question: str, names: tuple[str, ...], filters: Filters, tuning: Tuning, limit: int) -> Found:
    """What is found by both lists together and by each alone. Raises `OperatorError` where a corpus or model is missing."""
    judged = rerank(question, names, filters, tuning.system, limit) if tuning.rerank else None
    with door() as parts, _ONE_AT_A_TIME:
        searcher = parts.corpora.open(names)
        by_words, by_meaning = (
            searcher.search(question, system=SYSTEMS[name], limit=limit, filters=filters) for name in ("lexical", "dense"))
        fused = judged or searcher.search(question, system=tuning.system, limit=limit, filters=filters)
        wanted = [hit.chunk_id for results in (fused, by_words, by_meaning) for hit in results.hits]
        chunks = {chunk.chunk_id: chunk for name in names for chunk in parts.corpora.chunks(name, ids=wanted)}
    return Found(fused, by_words, by_meaning, chunks, tuning.system.weight(fused.kind))


@st.cache_data(ttl=JUDGED_SECONDS, show_spinner=False, max_entries=200, hash_funcs={Filters: repr, System: repr})
def rerank(question: str, names: tuple[str, ...], filters: Filters, system: System, limit: int) -> Results:
    """The fused list after the language model judged the best of it; the first one loads the model. Raises `OperatorError`."""
    with door() as parts:  # others may search meanwhile: the model keeps its own queue
        return parts.corpora.open(names, judge=parts.judge).search(question, system=system, limit=limit, filters=filters)


# corpora


@_kept
def corpora() -> Sequence[CorpusView]:
    """The newest version of every corpus."""
    with door() as parts:
        return parts.corpora.all()


@_kept
def versions(name: str) -> Sequence[CorpusView]:
    """The versions of a corpus, the newest first."""
    with door() as parts:
        return parts.corpora.versions(name)


@_kept
def report(name: str) -> IngestReport:
    """What became of every word of the corpus."""
    with door() as parts:
        return parts.corpora.report(name)


@_kept
def health(name: str) -> str:
    """Empty when its search index is whole; otherwise one sentence."""
    with door() as parts:
        return parts.corpora.health(name)


@_kept
def index_bytes(name: str) -> int:
    """The size of its search index."""
    with door() as parts:
        return parts.corpora.index_bytes(name)


@st.cache_data(show_spinner="Looking every topic of the catalogue up", max_entries=50)
def coverage(name: str, version: str) -> Sequence[Covered]:
    """The best passage of the corpus on each topic of the catalogue."""
    with door() as parts, _ONE_AT_A_TIME:
        return covered(read_catalogue(parts.settings.data / "topics" / "topics.toml"), parts.corpora.open(name, version=version))


def remove(name: str) -> None:
    """Take the corpus out, with all its versions."""
    with door() as parts:
        parts.corpora.remove(name, by=visitor.actor())
    look_again()


def passages(name: str, ids: Sequence[str]) -> Mapping[str, Chunk]:
    """Those passages of the corpus that are still in it, by id."""
    if all(view.name != name for view in corpora()):
        return {}
    with door() as parts:
        return {chunk.chunk_id: chunk for chunk in parts.corpora.chunks(name, ids=ids)}


# runs


@_kept
def runs() -> Sequence[RunLine]:
    """The recorded runs, the newest first."""
    with door() as parts:
        return parts.retrieval_runs.all(limit=MOST_RUNS)


@_kept
def run(run_id: int) -> Run | None:
    """A recorded run; None where there is none of this number."""
    if all(line.run_id != run_id for line in runs()):
        return None
    with door() as parts:
        return parts.retrieval_runs.one(run_id)


@_kept
def pairs(run_id: int, one: str, other: str, measure: str) -> Sequence[Pair]:
    """Every query of the run in two of its systems, the largest loss of the other first."""
    with door() as parts:
        return parts.retrieval_runs.pairs(run_id, one, other, measure=measure)


# labels


def labels(*, query: str | None = None) -> Sequence[Label]:
    """What people said of passages, of this query or of all."""
    with door() as parts:
        return parts.labels.all(query=query)


def label(query: str, corpus: str, chunk_id: str, grade: int) -> Label:
    """Say how well the passage answers the query. Raises `NotAllowed`."""
    with door() as parts:
        return parts.labels.add(visitor.actor(), query=query, corpus=corpus, chunk_id=chunk_id, grade=grade)


def unlabel(query: str, corpus: str, chunk_id: str) -> None:
    """Take back what was said of the passage. Raises `NotAllowed`."""
    with door() as parts:
        parts.labels.undo(visitor.actor(), query=query, corpus=corpus, chunk_id=chunk_id)


def exported(corpus: str) -> tuple[str, str]:
    """The labels of a corpus as a set: queries as JSON lines, and judgements as TREC has them."""
    with door() as parts:
        queries, judgements = parts.labels.export(corpus)
        return queries, judgements


def look_again() -> None:
    """Forget what was read."""
    for question in (search, rerank, corpora, versions, report, health, index_bytes, runs, run, pairs):
        question.clear()
