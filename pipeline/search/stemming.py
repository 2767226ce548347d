"""Words as the lexical index has them: cut and stemmed by FTS5 itself, so that a query never differs from the index."""

import sqlite3
import threading
from collections.abc import Collection, Sequence
from itertools import chain

MOST_KEPT = 200_000


class Stemmer:
    """Asks a table of its own in memory, and remembers. Several threads may ask at once."""

    def __init__(self) -> None:
        self._file = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._file.execute("CREATE VIRTUAL TABLE word USING fts5(text, content='', tokenize='porter unicode61')")
        self._file.execute("CREATE VIRTUAL TABLE stems USING fts5vocab(word, instance)")
        self._known: dict[str, tuple[str, ...]] = {}
        self._turn = threading.Lock()

    def stems(self, word: str) -> Sequence[str]:
        """The stems that this word is filed under: mostly one, none for a sign, several where a word has joints."""
        known = self._known.get(word)
        return self._learnt([word])[word] if known is None else known

    def of(self, text: str) -> frozenset[str]:
        """All stems of a text. White space is always between two words, whatever else is."""
        words, known = set(text.split()), self._known
        if not words <= known.keys():
            known = self._learnt(words)
        return frozenset(chain.from_iterable(map(known.__getitem__, words)))

    def _learnt(self, words: Collection[str]) -> dict[str, tuple[str, ...]]:
        """These words with their stems."""
        with self._turn:
            if len(self._known) >= MOST_KEPT:
                self._known = {}
            new = [word for word in words if word not in self._known]
            found: list[list[str]] = [[] for _ in new]
            self._file.execute("BEGIN")
            try:
                self._file.executemany("INSERT INTO word(rowid, text) VALUES (?, ?)", enumerate(new))
                for place, stem in self._file.execute("SELECT doc, term FROM stems ORDER BY doc, offset"):
                    found[place].append(stem)
            finally:
                self._file.execute("ROLLBACK")
            self._known.update(zip(new, map(tuple, found), strict=True))
            return self._known
