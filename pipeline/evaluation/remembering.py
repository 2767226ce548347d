"""What answers the same way twice is asked once: vectors of queries for sweeps, a language model's margins for good.

What is measured with either says nothing about latency.
"""

import hashlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.ports import Embedder
from pipeline.search import Document, Judge


class Remembering:
    """`Embedder`; keeps the vector of every text in memory."""

    def __init__(self, embedder: Embedder) -> None:
        self.family = embedder.family
        self.name = embedder.name
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of these texts; those that are known are not made again."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])


class RememberingJudge:
    """`Judge`; keeps every margin in a file, so that a measurement of hours that was stopped goes on where it was."""

    def __init__(self, judge: Judge, home: Path) -> None:
        self.name = judge.name
        self._judge = judge
        folder = home / "evaluation"
        folder.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(folder / "margins.sqlite", isolation_level=None)
        self._file.execute("CREATE TABLE IF NOT EXISTS margins (asked TEXT PRIMARY KEY, margin REAL, seconds REAL) WITHOUT ROWID")
        self._recalled = 0
        self._seconds: list[float] = []

    def margin(self, question: str, document: Document) -> float:
        """As `Judge`."""
        asked = hashlib.sha256("\0".join((self.name, question, document.title, document.text)).encode()).hexdigest()
        row = self._file.execute("SELECT margin, seconds FROM margins WHERE asked = ?", (asked,)).fetchone()
        if row is None:
            began = time.perf_counter()
            row = self._judge.margin(question, document), time.perf_counter() - began
            self._file.execute("INSERT OR REPLACE INTO margins VALUES (?, ?, ?)", (asked, *row))
        else:
            self._recalled += 1
        self._seconds.append(row[1])
        return float(row[0])

    def told(self) -> str:
        """What a reader of the figures has to know; empty when nothing was judged."""
        if not self._seconds:
            return ""
        return (f"{self.name} took {np.median(self._seconds):.2f} s a passage (median of {len(self._seconds):,}); "
                f"{self._recalled:,} were remembered, so latency and cost of reranking are more than what stands here.")
