"""The whole search: both lists, one answer, each result with its reason."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import OperatorError
from pipeline.prompts import read_prompts
from pipeline.search import (
    SYSTEMS,
    Document,
    Filters,
    Fts5Words,
    MatrixVectors,
    MemoryDocuments,
    ModelJudge,
    Searcher,
)
from pipeline.testing import FakeEmbedder, FakeTextModel

TEXTS = {
    "force": "A force is a push or a pull that one body has on another body.",
    "again": "A force is a push or a pull that one body has on another body, indeed.",
    "light": "Chlorophyll in a leaf takes in light and makes sugar from water and air.",
    "trade": "Merchants carried silk and spice over the mountains for a thousand years.",
    "cells": "Every living thing is built of cells, and each cell comes of another cell.",
    "stars": "Stars shine because hydrogen becomes helium deep within them.",
}


def documents() -> list[Document]:
    return [Document(chunk_id=name, module=name, title=name, text=text, corpus="book") for name, text in TEXTS.items()]


def searcher(judge=None) -> Searcher:
    embedder, held = FakeEmbedder(), documents()
    vectors = MatrixVectors(embedder.embed([one.text for one in held]))
    return Searcher(MemoryDocuments(held, embedder=embedder.name), Fts5Words.of(held), vectors, embedder, judge)


class LikesStars:
    """Judges by one word."""

    name, asked = "stars", 0

    def margin(self, question: str, document: Document) -> float:
        self.asked += 1
        return 1.0 if document.chunk_id == "stars" else -1.0


@pytest.mark.parametrize("name", [name for name in SYSTEMS if not SYSTEMS[name].rerank])
def test_every_system_finds_what_says_it(name: str):
    results = searcher().search("chlorophyll in a leaf takes in light", system=SYSTEMS[name], limit=3)
    assert results.hits[0].chunk_id == "light" and results.seconds["total"] > 0


def test_a_result_tells_its_ranks_its_words_and_the_filter():
    hit = searcher().search("light in a leaf", filters=Filters(corpora=("book",))).hits[0]
    assert hit.matched == ("light", "leaf") and hit.lexical_rank == 1 and hit.dense_rank == 1
    assert hit.why.startswith("among corpus book; meaning #1, cosine 0.") and ": light, leaf" in hit.why


def test_what_says_nearly_the_same_is_shown_once():
    first = searcher().search("a push or a pull on another body").hits[0]
    assert {first.chunk_id, *first.duplicates} == {"force", "again"}
    apart = searcher().search("a push or a pull on another body", system=replace(SYSTEMS["default"], collapse=False))
    assert {hit.chunk_id for hit in apart.hits[:2]} == {"force", "again"}


def test_below_the_threshold_nothing_is_answered():
    results = searcher().search("chlorophyll", system=replace(SYSTEMS["default"], threshold=1.01))
    assert results.hits == () and "Nothing in the library" in results.notes[-1]
    lexical = replace(SYSTEMS["lexical"], threshold=0.6)
    assert searcher().search("leaf", system=lexical).hits  # all of its words are there
    assert not searcher().search("leaf tariffs budgets", system=lexical).hits  # one of three is


def test_the_judge_orders_the_best_again():
    results = searcher(LikesStars()).search("a push or a pull", system=SYSTEMS["default+rerank"], limit=2)
    assert results.hits[0].chunk_id == "stars" and results.hits[0].margin == 1.0 and "margin +1.00" in results.hits[0].why


def test_a_margin_that_weighs_little_changes_little():
    system = replace(SYSTEMS["default+rerank"], margin_weight=0.2)
    results = searcher(LikesStars()).search("a push or a pull", system=system, limit=5)
    assert results.hits[0].chunk_id == "force" and {hit.margin for hit in results.hits} == {1.0, -1.0}


def test_the_judge_is_not_asked_where_nothing_is_near():
    judge = LikesStars()
    results = searcher(judge).search("force", system=replace(SYSTEMS["default+rerank"], threshold=1.01))
    assert results.hits == () and 0 < results.sureness < 1.01 and judge.asked == 0


def test_reranking_without_a_model_is_a_sentence_for_the_operator():
    with pytest.raises(OperatorError, match="no language model is open: choose another system"):
        searcher().search("force", system=SYSTEMS["default+rerank"])


def test_a_corpus_of_another_model_is_refused():
    held = MemoryDocuments(documents(), embedder="another-model")
    with pytest.raises(OperatorError, match=r"embedded with another-model .* ingest it again"):
        Searcher(held, Fts5Words.of(documents()), MatrixVectors(FakeEmbedder().embed(["x"])), FakeEmbedder())


@pytest.mark.parametrize(("query", "note"), [
    ("", "The query is empty."),
    ("what is it", "only common ones"),
    ("force " * 1000, "Only the first 1,000"),
])
def test_a_query_that_cannot_be_taken_as_it_is_says_why(query: str, note: str):
    results = searcher().search(query, system=replace(SYSTEMS["default"], threshold=0.0))
    assert note in results.notes[0] and bool(results.hits) == bool(query)


def test_an_empty_corpus_answers_plainly():
    embedder = FakeEmbedder()
    empty = Searcher(MemoryDocuments([], embedder=embedder.name), Fts5Words.of([]),
                     MatrixVectors(embedder.embed(["x"])[:0]), embedder)
    assert empty.search("force").hits == ()


def test_the_judge_asks_the_language_model_with_the_query_as_data(small_data: Path):
    model = FakeTextModel({}, margin=0.5)
    document = Document(chunk_id="c", module="m", title="Forces", text="word " * 400)
    assert ModelJudge(model, read_prompts(small_data / "prompts")).margin("{{ 7 * 7 }}", document) == 0.5
    assert "{{ 7 * 7 }}" in model.prompts[0].user and len(model.prompts[0].user.split()) < 300
