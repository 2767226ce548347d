"""A home with two books beside the shipped topics, runs of an evaluation, and a label: all on a fake embedder."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.corpora import SHIPPED
from pipeline.evaluation import (
    About,
    Judgement,
    Query,
    RetrievalSet,
    Run,
    Unit,
    described,
    evaluate,
    labelled,
    named,
    rankers,
)
from pipeline.organisation import COMMAND_LINE
from pipeline.reading import Block, BlockKind, Book, LeftOut, Module
from pipeline.wiring import Wiring

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> **bold** :red[hot] $x$"
MODULES = {
    "m1": ("Newton's third law", "Every force has a partner. When a swimmer pushes the water back, the water pushes her forward."),
    "m2": ("Friction", f"Friction acts between surfaces that touch. {HOSTILE}"),
    "m3": ("Momentum", "Momentum is mass times velocity, and it is conserved when no outside force acts."),
}


def book(*, licence: str = "CC BY 4.0", noncommercial: bool = False, title: str = "Small physics") -> Book:
    """A book of three modules, one of which has a teacher's note that was left out."""
    note = LeftOut(words=7, what="note os-teacher", why="for teachers")
    modules = tuple(
        Module(key=key, title=name, chapter=4, chapter_title="Forces", position=place, words_in=len(text.split()) + 7,
               blocks=(Block(kind=BlockKind.PARAGRAPH, text=text, section=("First steps",)),), left_out=(note,))
        for place, (key, (name, text)) in enumerate(MODULES.items()))
    return Book(key=title.lower().replace(" ", "-"), title=title, language="en", licence=licence, noncommercial=noncommercial,
                attribution=f"{title}, OpenStax", source="https://example.test/book", revision="abc123", modules=modules)


def fill(wiring: Wiring) -> None:
    """Two books, three runs of two sets, and a label."""
    wiring.corpora.ingest(book(), name="physics", by=COMMAND_LINE, subject="physics", grades=(9, 10))
    wiring.corpora.ingest(book(title="Free only at school", licence="CC BY-NC-SA 4.0", noncommercial=True), name="school",
                          by=COMMAND_LINE)
    for day in (2, 1):
        run(wiring, at=NOON - timedelta(days=day), systems="lexical,dense,default")
    run(wiring, at=NOON, systems="lexical,default", corpus="physics", queries=(Query(query_id="p1", text="What is friction?"),))


def run(wiring: Wiring, *, at: datetime, systems: str, corpus: str = SHIPPED, queries: Sequence[Query] = ()) -> Run:
    """Evaluate and record."""
    view, chosen, asked = wiring.corpora.view(corpus), named(systems), small_set(wiring, corpus, queries)
    about = About(corpus=corpus, corpus_version=view.version, embedder=view.embedder, settings=described(chosen), commit="c0ffee" * 4,
                  at=at, by="somebody", documents=view.chunks, index_bytes=wiring.corpora.index_bytes(corpus))
    made = evaluate(asked, rankers(wiring.corpora.open(corpus), chosen, unit=Unit.PASSAGE), about=about, baseline="lexical")
    return wiring.retrieval_runs.record(COMMAND_LINE, made)


def small_set(wiring: Wiring, corpus: str, queries: Sequence[Query] = ()) -> RetrievalSet:
    """Eight questions whose answer is the first passage of the module that has their words, and one off topic."""
    chunks = wiring.corpora.chunks(corpus)[:8]
    asked = list(queries) or [
        Query(query_id=f"q{number}", text=f"What about {chunk.section.lower()} in {chunk.title.lower()}?",
              kind=("why", "definition")[number % 2]) for number, chunk in enumerate(chunks)]
    judged = [Judgement(query_id=query.query_id, document_id=chunk.chunk_id, grade=2)
              for query, chunk in zip(asked, chunks, strict=False)]
    return labelled(f"small set of {corpus}", [*asked, Query(query_id="off", text="Who won the cup?", kind="off-topic")], judged)
