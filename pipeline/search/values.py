"""What a search is asked with and what it answers: frozen values that pages, stages and evaluation share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

GRADES_NEAR = 3
"""How many grades a document may lie from the one that was asked for."""


class Fusion(StrEnum):
    """How two ranked lists become one."""

    RRF = "rrf"
    MINMAX = "minmax"


class Kind(StrEnum):
    """What a query looks like. `pipeline.search.kinds` tells them apart by the words alone."""

    DEFINITION = "definition"
    QUESTION = "question"
    OBJECTIVE = "objective"
    KEYWORDS = "keywords"
    STATEMENT = "statement"


@dataclass(frozen=True, kw_only=True, slots=True)
class System:
    """One way to search. The lexical weight of 1 asks the words alone, 0 the vectors alone."""

    name: str
    lexical_weight: float
    fusion: Fusion = Fusion.RRF
    depth: int = 100
    """How many of each list are looked at."""
    threshold: float = 0.0
    """Nothing is answered when the best passage's cosine (for words alone: the share of the query's words) is lower."""
    by_kind: Mapping[Kind, float] = field(default_factory=dict)
    """The lexical weight for kinds of query that have their own."""
    rerank: int = 0
    """How many of the best the language model judges again."""
    margin_weight: float = 1.0
    """The share of the model's margin in the new order of these; 1 is the margin alone."""
    collapse: bool = True

    def weight(self, kind: Kind) -> float:
        """The lexical weight for this kind of query."""
        return self.by_kind.get(kind, self.lexical_weight)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What a document must be to be found at all; empty means anything."""

    subject: str | None = None
    grade: int | None = None
    corpora: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    def plain(self) -> str:
        """The filters in words, or nothing."""
        parts = [f"subject {self.subject}"] if self.subject else []
        parts += [f"grade {self.grade} ± {GRADES_NEAR}"] if self.grade is not None else []
        named = (("corpus", self.corpora), ("licence", self.licences), ("module", self.modules))
        return ", ".join(parts + [f"{name} {' or '.join(wanted)}" for name, wanted in named if wanted])


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One chunk as the search knows it. `module` is the larger document that it was cut from."""

    chunk_id: str
    module: str
    title: str
    section: str = ""
    text: str
    corpus: str = ""
    licence: str = ""
    subject: str = ""
    grades: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """One result. A rank is None where the list does not have it; a score is the list's own (BM25, cosine)."""

    chunk_id: str
    module: str
    score: float
    lexical_rank: int | None
    lexical_score: float | None
    dense_rank: int | None
    dense_score: float | None
    matched: tuple[str, ...]
    why: str
    duplicates: tuple[str, ...] = ()
    margin: float | None = None
    """P(yes) − P(no) of the language model that was asked whether this answers the query."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Results:
    """What a search found, strongest first. `notes` says what was done to the query, or why nothing came."""

    hits: tuple[Hit, ...]
    kind: Kind
    words: tuple[str, ...]
    notes: tuple[str, ...] = ()
    sureness: float = 0.0
    """What the threshold was held against: the nearest cosine; for words alone the share of them that the best has."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """By part: embedding, words, vectors, fusion, rerank, total."""
