"""The search itself: query -> both lists -> one list -> duplicates collapsed -> judged again -> explained."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.errors import OperatorError
from pipeline.ports import Embedder, for_questions
from pipeline.search.explain import matched, same, stems_of, why
from pipeline.search.fusion import fuse
from pipeline.search.protocols import Documents, Mask, Ranked, Vectors, Words
from pipeline.search.question import Question, read_question
from pipeline.search.stemming import Stemmer
from pipeline.search.systems import DEFAULT
from pipeline.search.values import Document, Filters, Fusion, Hit, Results, System

NO_FILTERS = Filters()
NOTHING_NEAR = "Nothing in the library comes near enough to this query."


class Judge(Protocol):
    """Says how well a text answers a question."""

    name: str
    """Of the model and the prompt: another name may judge otherwise."""

    def margin(self, question: str, document: Document) -> float:
        """P(yes) − P(no), in −1…1."""
        ...


class Searcher:
    """Searches corpora that were embedded by the model that queries are embedded with. Several threads may ask at once."""

    def __init__(self, documents: Documents, words: Words, vectors: Vectors, embedder: Embedder,
                 judge: Judge | None = None) -> None:
        if documents.embedder != embedder.name:
            raise OperatorError(
                f"The corpus was embedded with {documents.embedder} and queries would be with {embedder.name}: choose the "
                "model that it was made with, or ingest it again."
            )
        self.documents = documents
        self.version = documents.version
        self._words = words
        self._vectors = vectors
        self._embedder = for_questions(embedder)
        self._judge = judge
        self._stemmer = Stemmer()

    def search(self, query: str, *, system: System = DEFAULT, limit: int = 10, filters: Filters = NO_FILTERS) -> Results:
        """The best documents, strongest first, each with the reason. `OperatorError` when reranking has no model."""
        if system.rerank and self._judge is None:
            raise OperatorError(f"System {system.name} reranks and no language model is open: choose another system.")
        clock = _Clock()
        question = read_question(query)
        lists = self._lists(question, system, self.documents.allowed(filters), clock)
        found = self._distinct(lists.fused(system), max(limit, system.rerank), collapse=system.collapse)
        clock.lap("fusion")
        sureness = self._sureness(question, lists, found)
        found = self._reranked(question, found, system)[:limit] if sureness >= system.threshold else []
        clock.lap("rerank")
        hits = tuple(self._hit(one, lists, question, filters) for one in found)
        notes = question.notes if hits else (*question.notes, NOTHING_NEAR)
        clock.lap("reasons")
        return Results(hits=hits, kind=question.kind, words=question.words, notes=notes, sureness=sureness,
                       seconds=clock.done())

    def _lists(self, question: Question, system: System, allowed: Mask | None, clock: "_Clock") -> "_Lists":
        weight = system.weight(question.kind)
        lexical = self._words.ranked(question.words, system.depth, allowed) if weight > 0 and question.words else []
        clock.lap("words")
        if weight >= 1 or not question.text:
            return _Lists(lexical, [], weight)
        vector = self._embedder.embed([question.text])[0]
        clock.lap("embedding")
        dense = self._vectors.ranked(vector, system.depth, allowed)
        clock.lap("vectors")
        return _Lists(lexical, dense, weight)

    def _distinct(self, ranked: Ranked, limit: int, *, collapse: bool) -> list["_Found"]:
        """The best `limit` that say something of their own; what repeats one of them stands with it."""
        kept: list[_Found] = []
        for start in range(0, len(ranked), limit):
            part = ranked[start:start + limit]
            documents = self.documents.take([position for position, _ in part])
            for (position, score), document in zip(part, documents, strict=True):
                _add(kept, _Found(position, score, document, stems_of(document, self._stemmer)), limit, collapse=collapse)
            if len(kept) == limit:
                break
        return kept

    def _sureness(self, question: Question, lists: "_Lists", found: Sequence["_Found"]) -> float:
        """What the threshold is held against: the nearest cosine, or the share of the words that the best one has."""
        if lists.nearest is not None or not found:
            return lists.nearest or 0.0
        return len(matched(question.words, found[0].stems, self._stemmer)) / max(len(question.words), 1)

    def _reranked(self, question: Question, found: Sequence["_Found"], system: System) -> list["_Found"]:
        count = system.rerank
        if not count or self._judge is None:
            return list(found)
        for one in found[:count]:
            one.margin = self._judge.margin(question.text, one.document)
        scores = [(place, one.score) for place, one in enumerate(found[:count])]
        margins = sorted(((place, one.margin or 0.0) for place, one in enumerate(found[:count])), key=lambda pair: -pair[1])
        order = fuse(margins, scores, weight=system.margin_weight, fusion=Fusion.MINMAX)
        return [found[place] for place, _ in order] + list(found[count:])

    def _hit(self, one: "_Found", lists: "_Lists", question: Question, filters: Filters) -> Hit:
        lexical, dense = lists.by_words.get(one.position), lists.by_meaning.get(one.position)
        words = matched(question.words, one.stems, self._stemmer)
        return Hit(
            chunk_id=one.document.chunk_id, module=one.document.module, score=one.score, margin=one.margin,
            lexical_rank=lexical[0] if lexical else None, lexical_score=lexical[1] if lexical else None,
            dense_rank=dense[0] if dense else None, dense_score=dense[1] if dense else None, matched=words,
            why=why(lexical=lexical, dense=dense, words=words, margin=one.margin, filters=filters),
            duplicates=tuple(one.duplicates),
        )


@dataclass
class _Found:
    position: int
    score: float
    document: Document
    stems: frozenset[str]
    duplicates: list[str] = field(default_factory=list)
    margin: float | None = None


class _Lists:
    """Both lists of one query."""

    def __init__(self, lexical: Ranked, dense: Ranked, weight: float) -> None:
        self._lexical, self._dense, self._weight = lexical, dense, weight
        self.by_words, self.by_meaning = _places(lexical), _places(dense)

    def fused(self, system: System) -> Ranked:
        """One list, by the weight of this kind of query."""
        return fuse(self._lexical, self._dense, weight=self._weight, fusion=system.fusion)

    @property
    def nearest(self) -> float | None:
        """The greatest cosine; None where meaning was not asked."""
        return self._dense[0][1] if self._dense else None


class _Clock:
    """Seconds by part."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, part: str) -> None:
        """The part that ends now."""
        now = time.perf_counter()
        self._laps[part], self._last = now - self._last, now

    def done(self) -> Mapping[str, float]:
        """All parts and the total."""
        return {**self._laps, "total": time.perf_counter() - self._began}


def _places(ranked: Ranked) -> dict[int, tuple[int, float]]:
    return {position: (rank, score) for rank, (position, score) in enumerate(ranked, start=1)}


def _add(kept: list[_Found], one: _Found, limit: int, *, collapse: bool) -> None:
    twin = next((other for other in kept if same(one.stems, other.stems)), None) if collapse else None
    if twin:
        twin.duplicates.append(one.document.chunk_id)
    elif len(kept) < limit:
        kept.append(one)
