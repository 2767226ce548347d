"""The lexical list: an SQLite FTS5 index (Porter stemmer), in a file or in memory, ranked by BM25.

FTS5's own `bm25()` visits every row that has any of the words: seconds for a long query over 100,000 chunks. Here FTS5 cuts,
stems and files the words; each stem's list of documents is taken out once, when the index is made, and added up by arrays.
"""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.search.best import best
from pipeline.search.protocols import Mask, Ranked
from pipeline.search.stemming import Stemmer
from pipeline.search.values import Document
from pipeline.whole import whole

COLUMNS = (4.0, 2.0, 1.0)
"""What a word counts in the title, the section's heading and the text."""
PLACES = {"title": 0, "section": 1, "text": 2}
K1, B = 1.2, 0.75
LEAST_IDF = 1e-6
"""What a word in more than half of all documents counts, as in FTS5."""
MOST_POSTINGS = 8_000_000
"""How many postings are kept in memory: 64 MB."""


class Postings(NamedTuple):
    """The documents that have a word, and what it adds to their score."""

    positions: NDArray[np.int32]
    scores: NDArray[np.float32]


class Fts5Words:
    """`Words` over a connection whose table `words` was written by `fill_words`. Several threads may ask at once."""

    def __init__(self, file: sqlite3.Connection, *, columns: tuple[float, float, float] = COLUMNS) -> None:
        self._file = file
        self._columns = columns
        lengths = np.fromiter(_lengths(file), dtype=np.float32)
        self._lengthened = K1 * (1.0 - B + B * lengths / max(float(lengths.mean()), 1.0)) if len(lengths) else lengths
        self._stemmer = Stemmer()
        self._kept: OrderedDict[str, Postings] = OrderedDict()
        self._held = 0
        self._turn = threading.Lock()

    @classmethod
    def of(cls, documents: Iterable[Document], *, columns: tuple[float, float, float] = COLUMNS) -> "Fts5Words":
        """An index in memory."""
        file = sqlite3.connect(":memory:", check_same_thread=False)
        fill_words(file, documents)
        return cls(file, columns=columns)

    @classmethod
    def open(cls, path: Path) -> "Fts5Words":
        """The index in a file, to read from. `sqlite3.DatabaseError` when there is none or it is damaged."""
        file = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        file.execute("SELECT 1 FROM postings").fetchone()
        return cls(file)

    def ranked(self, words: Sequence[str], limit: int, allowed: Mask | None) -> Ranked:
        """Documents that have any of the words, by BM25, the greatest first."""
        scores = np.zeros(len(self._lengthened), dtype=np.float32)
        with self._turn:
            for stem in dict.fromkeys(stem for word in words for stem in self._stemmer.stems(word)):
                postings = self._postings(stem)
                scores[postings.positions] += postings.scores
        if allowed is not None:
            scores = np.where(allowed, scores, np.float32(0.0))
        return [(position, score) for position, score in best(scores, limit) if score > 0.0]

    def _postings(self, stem: str) -> Postings:
        if stem in self._kept:
            self._kept.move_to_end(stem)
            return self._kept[stem]
        row = self._file.execute("SELECT documents FROM postings WHERE stem = ?", (stem,)).fetchone()
        table = np.frombuffer(row[0] if row else b"", dtype=np.int32).reshape(-1, 1 + len(COLUMNS))
        counts = table[:, 1:].astype(np.float32) @ np.array(self._columns, dtype=np.float32)
        self._kept[stem] = made = self._scored(table[:, 0], counts)
        self._held += len(table)
        while self._held > MOST_POSTINGS:
            self._held -= len(self._kept.popitem(last=False)[1].positions)
        return made

    def _scored(self, positions: NDArray[np.int32], counts: NDArray[np.float32]) -> Postings:
        rarity = np.log((len(self._lengthened) - len(positions) + 0.5) / (len(positions) + 0.5))
        scores = max(rarity, LEAST_IDF) * counts * (K1 + 1.0) / (counts + self._lengthened[positions])
        return Postings(positions, scores.astype(np.float32))


def fill_words(file: sqlite3.Connection, documents: Iterable[Document]) -> None:
    """Write the table of words; a document's row is its position + 1. The texts themselves are not kept twice."""
    with file:
        file.execute("CREATE VIRTUAL TABLE words USING fts5(title, section, text, content='', tokenize='porter unicode61')")
        rows = ((row, one.title, one.section, one.text) for row, one in enumerate(documents, start=1))
        file.executemany("INSERT INTO words(rowid, title, section, text) VALUES (?, ?, ?, ?)", rows)
        file.execute("INSERT INTO words(words) VALUES ('optimize')")
        file.execute("CREATE VIRTUAL TABLE temp.instances USING fts5vocab(main, words, instance)")
        file.execute("CREATE TABLE postings (stem TEXT PRIMARY KEY, documents BLOB) WITHOUT ROWID")
        file.executemany("INSERT INTO postings VALUES (?, ?)", _postings(file))


def _postings(file: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """Each stem with its documents: position and how often it stands in title, section and text, as int32."""
    instances = file.execute("SELECT term, doc - 1, col FROM instances")  # in the order of the stems
    for stem, found in groupby(instances, key=itemgetter(0)):
        counts: dict[int, list[int]] = {}
        for _, position, column in found:
            counts.setdefault(position, [0, 0, 0])[PLACES[column]] += 1
        yield stem, np.array([[position, *row] for position, row in counts.items()], dtype=np.int32).tobytes()


def write_words(path: Path, documents: Iterable[Document]) -> None:
    """The index as a file, whole or not at all."""
    with whole(path) as unfinished:
        file = sqlite3.connect(unfinished)
        try:
            fill_words(file, documents)
        finally:
            file.close()


def _lengths(file: sqlite3.Connection) -> Iterator[int]:
    """Each document's number of words, from FTS5's own record: a number of 7-bit groups for each column."""
    for (record,) in file.execute("SELECT sz FROM words_docsize ORDER BY id"):
        total = number = 0
        for byte in record:
            number = number << 7 | byte & 0x7F
            if byte < 0x80:
                total, number = total + number, 0
        yield total
