"""What is said about corpora: how they are cut, what a chunk is, what became of every word of a book."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, NamedTuple, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, StringConstraints, model_validator

from pipeline.reading import LeftOut
from pipeline.visuals import Text, Value

SHIPPED = "vividly"
"""The name of the topics that ship, as a corpus: it is in no table and nobody ingests or removes it."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Grades = tuple[Annotated[int, Field(ge=1, le=13)], ...]
"""School years; 13 is everything after school. Empty where nobody knows."""


class Chunking(Value):
    """How a book is cut. Words are what stands between white space; the overlap repeats whole sentences, never more."""

    size_words: Annotated[int, Field(ge=20, le=2000)] = 200
    overlap_words: Annotated[int, Field(ge=0, le=1000)] = 50

    @model_validator(mode="after")
    def _overlap_is_the_smaller_half(self) -> Self:
        if self.overlap_words > self.size_words // 2:
            raise ValueError("the overlap must be at most half the size")
        return self


class Chunk(Value):
    """A piece of a corpus that can be found and quoted. `text` may begin with what the one before ends with."""

    chunk_id: Text
    """Made of corpus, module and the text itself: it never means another text, however the book is cut."""
    corpus: Text
    version: Text
    module_key: Text
    """The document that the chunk is of."""
    chapter: int | None = None
    chapter_title: str = ""
    title: Text
    section: str = ""
    """The headings above it inside its module, with › between them."""
    kind: Text
    """What most of it is, as `pipeline.reading.BlockKind`; of the shipped topics as `pipeline.domain.Role`."""
    text: Text
    overlap: NonNegativeInt = 0
    """How many parts of `text.split()` repeat the chunk before."""
    subject: str = ""
    grades: Grades = ()
    licence: str = ""
    attribution: str = ""
    position: NonNegativeInt
    """Counted from 0 in the order of the book: the row of the search index."""


class ModuleReport(Value):
    """What became of the words of one module: in = found + apart + left out + lost."""

    module_key: Text
    title: Text
    chapter: int | None = None
    chapter_title: str = ""
    kind: str
    chunks: NonNegativeInt
    words_in: NonNegativeInt
    words_found: NonNegativeInt
    """In chunks, the overlap counted once."""
    words_apart: NonNegativeInt
    """Objectives, glossary, exercises."""
    left_out: tuple[LeftOut, ...] = ()

    @property
    def words_left_out(self) -> int:
        """Each piece has its reason."""
        return sum(piece.words for piece in self.left_out)

    @property
    def words_lost(self) -> int:
        """Words that are in no named place."""
        return self.words_in - self.words_found - self.words_apart - self.words_left_out

    @property
    def coverage(self) -> float:
        """The part of the words that nobody meant to leave out or to keep apart that can be found, 0…1."""
        body = self.words_found + self.words_lost
        return self.words_found / body if body else 1.0


class CorpusView(Value):
    """One version of one corpus."""

    name: Name
    version: Text
    """A digest of everything that the search depends on."""
    title: Text
    language: str = ""
    subject: str = ""
    grades: Grades = ()
    inferred: tuple[str, ...] = ()
    """Which of subject and grades nobody said."""
    licence: str = ""
    licence_url: str = ""
    attribution: str = ""
    noncommercial: bool = False
    """The licence does not allow every use: pages and commands flag it."""
    source: str = ""
    revision: str = ""
    embedder: Text
    chunking: Chunking | None = None
    """None for the shipped topics, which are cut along their own sections."""
    modules: NonNegativeInt
    chunks: NonNegativeInt
    words_in: NonNegativeInt
    words_found: NonNegativeInt
    words_apart: NonNegativeInt
    words_left_out: NonNegativeInt
    ingested_by: str = ""
    ingested_at: datetime | None = None
    seconds: NonNegativeFloat = 0.0
    embedded: NonNegativeInt = 0
    """Chunks that had to be embedded for it; the others were known."""
    newest: bool = True
    """Whether it is the one that a search by name uses."""

    @property
    def coverage(self) -> float:
        """The part of the body's words that can be found, 0…1."""
        lost = self.words_in - self.words_found - self.words_apart - self.words_left_out
        body = self.words_found + lost
        return self.words_found / body if body else 1.0


class IngestReport(Value):
    """A version, and what became of every word of its book."""

    view: CorpusView
    modules: tuple[ModuleReport, ...]
    unchanged: bool = False
    """Whether this very version was there already."""


class IngestStep(NamedTuple):
    """How far an ingest is."""

    done: int
    total: int
    what: str


Progress = Callable[[IngestStep], object]
