"""Words as the lexical index has them: cut and stemmed by FTS5 itself, so that a query never differs from the index."""

import sqlite3
import threading
from collections.abc import Sequence

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
        if known is None:
            with self._turn:
                known = self._ask(word)
        return known

    def _ask(self, word: str) -> tuple[str, ...]:
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._file.execute("INSERT INTO word(rowid, text) VALUES (1, ?)", (word,))
        found = tuple(stem for (stem,) in self._file.execute("SELECT term FROM stems ORDER BY offset"))
        self._file.execute("INSERT INTO word(word) VALUES ('delete-all')")
        self._known[word] = found
        return found
