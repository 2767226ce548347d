"""The index of the shipped corpus: SQLite FTS5 for words, MiniLM vectors for meaning, fused by reciprocal rank.

Built on first use and again whenever a corpus file, the embedding model or this format changes; a damaged file is
rebuilt. The index is a cache: deleting it loses nothing.
"""

import hashlib
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.corpus.book import Topic, read_topics
from pipeline.corpus.chunks import passages_of
from pipeline.domain import Passage, Subject
from pipeline.errors import CorpusDefect, OperatorError
from pipeline.ports import Embedder
from pipeline.whole import whole

FORMAT = "3"
RRF_K = 60
"""Reciprocal rank fusion's constant (Cormack, Clarke and Büttcher, 2009)."""
GRADES_NEAR = 3
WORDS = re.compile(r"\w+", re.UNICODE)
STOP_WORDS = frozenset(
    "a an and are as at be by can do does explain for from give how i in is it me my of on or please show tell that the "
    "this to use used using was what when where which who why will with work works you your about teach learn help".split()
)


class Library:
    """`pipeline.ports.Index` over the topics of one corpus folder."""

    def __init__(self, topics: Sequence[Topic], passages: Sequence[Passage], vectors: NDArray[np.float32], *,
                 version: str, words: sqlite3.Connection, embedder: Embedder) -> None:
        self.topics = {topic.topic_id: topic for topic in topics}
        self.passages = {passage.chunk_id: passage for passage in passages}
        self.version = version
        self._order = list(passages)
        self._vectors = vectors
        self._words = words
        self._embedder = embedder

    def search(
        self, question: str, *, limit: int, subject: Subject | None = None, grade: int | None = None,
        topic_id: str | None = None,
    ) -> Sequence[Passage]:
        """The best passages, strongest first. `score` is the cosine to the question; `why` says each list's rank."""
        allowed = [i for i, passage in enumerate(self._order) if _fits(passage, subject, grade, topic_id)]
        cosines = self._vectors @ self._embedder.embed([question])[0]
        by_meaning = {i: rank for rank, i in enumerate(sorted(allowed, key=lambda i: -cosines[i]), start=1)}
        by_words = self._ranked_by_words(question, set(allowed))
        fused = {i: _rrf(by_meaning.get(i)) + _rrf(by_words.get(i)) for i in allowed}
        best = sorted(allowed, key=lambda i: (-fused[i], i))[:limit]
        return [
            self._order[i].model_copy(update={
                "score": round(max(0.0, float(cosines[i])), 4),
                "why": f"meaning #{by_meaning[i]}, words {'#' + str(by_words[i]) if i in by_words else '–'}",
            })
            for i in best
        ]

    def _ranked_by_words(self, question: str, allowed: set[int]) -> dict[int, int]:
        terms = content_words(question)
        if not terms:
            return {}
        match = " OR ".join(f'"{term}"' for term in terms)
        rows = self._words.execute(
            "SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 4.0, 2.0, 1.0)", (match,)
        )
        kept = [row[0] - 1 for row in rows if row[0] - 1 in allowed]
        return {i: rank for rank, i in enumerate(kept, start=1)}


def content_words(text: str) -> list[str]:
    """The words of a question that carry its meaning, in lower case, without repetition."""
    return list(dict.fromkeys(w for w in WORDS.findall(text.casefold()) if w not in STOP_WORDS))


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
    return Library(topics, passages, vectors, version=version, words=_word_index(passages), embedder=embedder)


def corpus_version(corpus: Path, embedder_name: str) -> str:
    """A digest of every corpus file's name and content, the embedding model and the index format."""
    digest = hashlib.sha256(f"{FORMAT}|{embedder_name}".encode())
    for path in sorted(corpus.rglob("topic_*.md")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _word_index(passages: Sequence[Passage]) -> sqlite3.Connection:
    # In memory: 300 passages take 10 ms to index, and one reader needs no file.
    words = sqlite3.connect(":memory:", check_same_thread=False)
    words.execute("CREATE VIRTUAL TABLE words USING fts5(title, section, text, tokenize='porter unicode61')")
    words.executemany("INSERT INTO words VALUES (?, ?, ?)", [(p.title, p.section, p.text) for p in passages])
    return words


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


def _fits(passage: Passage, subject: Subject | None, grade: int | None, topic_id: str | None) -> bool:
    near = grade is None or min(abs(grade - own) for own in passage.grades) <= GRADES_NEAR
    return near and subject in (None, passage.subject) and topic_id in (None, passage.topic_id)


def _rrf(rank: int | None) -> float:
    return 0.0 if rank is None else 1.0 / (RRF_K + rank)


__all__ = ["Library", "content_words", "corpus_version", "open_library"]
