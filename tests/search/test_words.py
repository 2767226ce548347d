"""The lexical list: FTS5's own BM25, summed by arrays; what is typed is data."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.search import Document, Fts5Words, write_words
from pipeline.search import words as module

VOCABULARY = ("force", "forces", "light", "mass", "energy", "the", "running", "café")
texts = st.lists(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=12).map(" ".join), min_size=1, max_size=20)


def documents(*said: str) -> list[Document]:
    return [Document(chunk_id=f"c{i}", module=f"m{i}", title=text.split()[0], text=text) for i, text in enumerate(said)]


@settings(deadline=None)
@given(texts, st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4, unique=True))
def test_the_scores_are_those_of_fts5_itself(said: list[str], query: list[str]):
    file = sqlite3.connect(":memory:")
    module.fill_words(file, documents(*said))
    ours = dict(Fts5Words(file).ranked(query, 100, None))
    query = sorted({"force" if word == "forces" else word for word in query})  # FTS5 counts a stem once for each word of it
    rows = file.execute("SELECT rowid - 1, -bm25(words, 4.0, 2.0, 1.0) FROM words WHERE words MATCH ?",
                        (" OR ".join(f'"{word}"' for word in query),)).fetchall()
    assert set(ours) == {position for position, _ in rows}
    for position, score in rows:
        assert ours[position] == pytest.approx(score, rel=1e-4, abs=1e-9)


def test_other_forms_of_a_word_are_found():
    words = Fts5Words.of(documents("a force pulls", "light shines", "mass stays", "energy flows"))
    assert [position for position, _ in words.ranked(["forces", "pulling"], 5, None)] == [0]


@pytest.mark.parametrize("hostile", ['"', "force OR light", "NEAR(x y)", "title:force", "force*", "'; DROP TABLE words; --", "\0", "^", "🙂"])
def test_what_is_typed_is_never_syntax(hostile: str):
    words = Fts5Words.of(documents("a force pulls", "light shines", "mass stays"))
    words.ranked([hostile], 5, None)
    assert words.ranked(["light"], 5, None)


def test_a_filter_is_kept_and_the_limit_too():
    words = Fts5Words.of(documents("light a", "light b", "light c", "mass", "mass", "mass", "mass"))
    assert [position for position, _ in words.ranked(["light"], 5, np.array([False, True, True] + [True] * 4))] == [1, 2]
    assert [position for position, _ in words.ranked(["light"], 1, None)] == [0]


def test_the_least_used_postings_are_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "MOST_POSTINGS", 2)
    words = Fts5Words.of(documents("light light", "mass mass", "force force", "energy", "energy", "x", "y"))
    before = words.ranked(["light", "mass", "force"], 9, None)
    assert words.ranked(["light", "mass", "force"], 9, None) == before and words._held <= 2


def test_a_file_is_opened_again_and_a_damaged_one_says_so(tmp_path: Path):
    path = tmp_path / "words.sqlite"
    write_words(path, documents("a force pulls", "light shines", "mass stays"))
    assert Fts5Words.open(path).ranked(["force"], 5, None)
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Fts5Words.open(path)
    with pytest.raises(sqlite3.OperationalError):
        Fts5Words.open(tmp_path / "nothing.sqlite")


def test_an_index_without_documents_finds_nothing():
    assert Fts5Words.of([]).ranked(["light"], 5, None) == []


def test_several_threads_may_ask_at_once():
    words = Fts5Words.of(documents(*(f"light mass word{i}" for i in range(50)), *("x" for _ in range(200))))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: words.ranked([f"word{i % 50}"], 1, None)[0][0], range(400)))
    assert found == [i % 50 for i in range(400)]
