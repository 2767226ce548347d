"""Labelled sets: queries, and which documents answer them. A query of the kind off-topic must be answered by nothing."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property

from pipeline.visuals import Text, Value

OFF_TOPIC = "off-topic"
DEV_DIGITS = 4
"""Of ten: a little less is chosen on than shown on."""


class Unit(StrEnum):
    """What a judgement names: a passage of a corpus, or a document (a module, a file) that holds several."""

    PASSAGE = "passage"
    DOCUMENT = "document"


class Half(StrEnum):
    """Which part of a set a query is in: what is chosen on one is shown on the other."""

    DEV = "dev"
    TEST = "test"


class Query(Value):
    """A question of a set."""

    query_id: Text
    text: Text
    kind: str = ""

    @property
    def off_topic(self) -> bool:
        """Whether nothing may be found for it."""
        return self.kind == OFF_TOPIC

    @property
    def half(self) -> Half:
        """The part that it is in."""
        return half_of(self.query_id)


def half_of(query_id: str) -> Half:
    """By the id alone, so that it never changes: `dev` where its SHA-256 as a whole number ends in 0 to 3, else `test`."""
    return Half.DEV if int(_digest(query_id), 16) % 10 < DEV_DIGITS else Half.TEST


def _digest(query_id: str) -> str:
    return hashlib.sha256(query_id.encode()).hexdigest()


class Judgement(Value):
    """How well a document answers a query: 0 not at all, 1 and more the better."""

    query_id: Text
    document_id: Text
    grade: int


class RetrievalSet(Value):
    """Queries that can be evaluated, with their judgements: each has a document that answers it, or is off topic."""

    name: Text
    queries: tuple[Query, ...]
    judgements: tuple[Judgement, ...]
    unit: Unit = Unit.PASSAGE
    unjudged: int = 0
    """Queries that were read and left out, because nobody said what answers them."""
    notes: tuple[str, ...] = ()
    """What a reader has to know of how it was made: what was dropped, what leaks."""

    @cached_property
    def grades(self) -> Mapping[str, Mapping[str, int]]:
        """By query, the grade of each judged document."""
        found: dict[str, dict[str, int]] = {query.query_id: {} for query in self.queries}
        for judgement in self.judgements:
            found[judgement.query_id][judgement.document_id] = judgement.grade
        return found

    @cached_property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that name these queries and judgements, in whatever order they were read."""
        lines = [f"{query.query_id}\t{query.kind}\t{query.text}" for query in self.queries]
        lines += [f"{each.query_id}\t{each.document_id}\t{each.grade}" for each in self.judgements]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]

    @property
    def on_topic(self) -> tuple[Query, ...]:
        """The queries that have an answer."""
        return tuple(query for query in self.queries if not query.off_topic)

    @property
    def off_topic(self) -> tuple[Query, ...]:
        """The queries that have none."""
        return tuple(query for query in self.queries if query.off_topic)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the queries that have an answer, in order of appearance."""
        return tuple(dict.fromkeys(query.kind for query in self.on_topic if query.kind))

    def sample(self, count: int) -> "RetrievalSet":
        """So many of its queries, always the same ones, in their order: for what takes too long to ask of all."""
        chosen = {query.query_id for query in sorted(self.queries, key=lambda query: _digest(query.query_id))[:count]}
        kept = tuple(query for query in self.queries if query.query_id in chosen)
        return self._of(kept, f"sample of {len(kept)}")

    def only(self, half: Half) -> "RetrievalSet":
        """The queries of this half."""
        return self._of(tuple(query for query in self.queries if query.half is half), half)

    def _of(self, kept: tuple[Query, ...], said: str) -> "RetrievalSet":
        known = {query.query_id for query in kept}
        judgements = tuple(each for each in self.judgements if each.query_id in known)
        return self.model_copy(update={"queries": kept, "judgements": judgements, "name": f"{self.name} ({said})"})


def labelled(name: str, queries: list[Query], judgements: list[Judgement], *, unit: Unit = Unit.PASSAGE,
             notes: tuple[str, ...] = ()) -> RetrievalSet:
    """The set of those queries that somebody judged or that are off topic; the others are counted as unjudged."""
    answered = {each.query_id for each in judgements if each.grade > 0}
    kept = tuple(query for query in queries if query.off_topic or query.query_id in answered)
    known = {query.query_id for query in kept}
    return RetrievalSet(
        name=name, queries=kept, judgements=tuple(each for each in judgements if each.query_id in known), unit=unit,
        unjudged=len(queries) - len(kept), notes=notes)


def by_document(labelled_set: RetrievalSet, document_of: Mapping[str, str]) -> RetrievalSet:
    """The same queries judged by documents: each has the best grade of its passages. A passage of no known document goes."""
    best: dict[tuple[str, str], int] = {}
    for each in labelled_set.judgements:
        if document := document_of.get(each.document_id):
            key = (each.query_id, document)
            best[key] = max(best.get(key, each.grade), each.grade)
    judgements = [Judgement(query_id=query, document_id=document, grade=grade) for (query, document), grade in best.items()]
    return labelled(labelled_set.name, list(labelled_set.queries), judgements, unit=Unit.DOCUMENT, notes=labelled_set.notes)
