"""The shipped corpus as an index: words and meaning, fused by `pipeline.search` as everywhere else.

The vectors are made on first use and again whenever a corpus file, the embedding model or this format changes; a damaged
file is rebuilt. The index is a cache: deleting it loses nothing.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.book import Topic, read_topics
from pipeline.corpus.chunks import passages_of
from pipeline.domain import Passage, Subject
from pipeline.errors import CorpusDefect, OperatorError
from pipeline.ports import Embedder
from pipeline.search import DEFAULT, Document, Filters, Fts5Words, MatrixVectors, MemoryDocuments, Searcher
from pipeline.whole import whole

FORMAT = "3"
LESSON = replace(DEFAULT, name="lesson", depth=1_000, collapse=False, threshold=0.0)
"""What a lesson is searched with: the default, over every passage of the topic; whether one is near enough is judged by the
stage.
"""


class Library:
    """`pipeline.ports.Index` over the topics of one corpus folder. Row i of `vectors` belongs to passage i."""

    def __init__(self, topics: Sequence[Topic], passages: Sequence[Passage], vectors: NDArray[np.float32], *,
                 version: str, embedder: Embedder) -> None:
        self.topics = {topic.topic_id: topic for topic in topics}
        self.passages = {passage.chunk_id: passage for passage in passages}
        self.vectors = vectors
        self.version = version
        documents = [_document(passage) for passage in passages]
        self.searcher = Searcher(
            MemoryDocuments(documents, embedder=embedder.name, version=version), Fts5Words.of(documents),
            MatrixVectors(vectors), embedder,
        )

    def search(
        self, question: str, *, limit: int, subject: Subject | None = None, grade: int | None = None,
        topic_id: str | None = None,
    ) -> Sequence[Passage]:
        """The best passages, strongest first. `score` is the cosine to the question; `why` says each list's rank."""
        filters = Filters(subject=subject, grade=grade, modules=(topic_id,) if topic_id else ())
        found = self.searcher.search(question, system=LESSON, limit=limit, filters=filters)
        return [
            self.passages[hit.chunk_id].model_copy(
                update={"score": round(max(0.0, hit.dense_score or 0.0), 4), "why": hit.why}
            )
            for hit in found.hits
        ]


def open_library(corpus: Path, index: Path, embedder: Embedder) -> Library:
    """The library of the corpus, indexed; `CorpusDefect` when the corpus is empty or a file does not parse."""
    topics = read_topics(corpus)
    if not topics:
        raise CorpusDefect(f"{corpus} holds no topic files: set VIVIDLY_DATA to the project's data folder.")
    version = corpus_version(corpus, embedder.name)
    passages = [passage for topic in topics for passage in passages_of(topic)]
    vectors = _read_vectors(index, version, len(passages))
    if vectors is None:
        vectors = embedder.embed([f"{p.title}. {p.section}. {p.text}" for p in passages])
        _write_vectors(index, version, vectors)
    return Library(topics, passages, vectors, version=version, embedder=embedder)


def corpus_version(corpus: Path, embedder_name: str) -> str:
    """A digest of every corpus file's name and content, the embedding model and the index format."""
    digest = hashlib.sha256(f"{FORMAT}|{embedder_name}".encode())
    for path in sorted(corpus.rglob("topic_*.md")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _document(passage: Passage) -> Document:
    return Document(
        chunk_id=passage.chunk_id, module=passage.topic_id, title=passage.title, section=passage.section, text=passage.text,
        subject=passage.subject, grades=passage.grades,
    )


def _read_vectors(index: Path, version: str, rows: int) -> NDArray[np.float32] | None:
    """The stored vectors when they are of this version and whole, else None: they are made again."""
    if not index.is_file():
        return None
    try:
        with closing(sqlite3.connect(index)) as file:
            stored = file.execute("SELECT version, width, vectors FROM vectors").fetchone()
        if stored is None or stored[0] != version:
            return None
        return np.frombuffer(stored[2], dtype=np.float32).reshape(rows, stored[1])
    except (sqlite3.DatabaseError, ValueError, TypeError):
        return None


def _write_vectors(index: Path, version: str, vectors: NDArray[np.float32]) -> None:
    try:
        with whole(index) as unfinished, closing(sqlite3.connect(unfinished)) as file, file:
            file.execute("CREATE TABLE vectors (version TEXT, width INTEGER, vectors BLOB)")
            file.execute("INSERT INTO vectors VALUES (?, ?, ?)", (version, vectors.shape[1], vectors.tobytes()))
    except (OSError, sqlite3.OperationalError) as fault:
        raise OperatorError(f"The index cannot be written to {index} ({fault}): free space or set VIVIDLY_HOME.") from fault


__all__ = ["LESSON", "Library", "corpus_version", "open_library"]
