"""Stems are those of the lexical index, whoever asks and however much was asked before."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.search import Stemmer, stemming

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)


def filed(text: str) -> set[str]:
    """What the lexical index files a text under."""
    file = sqlite3.connect(":memory:")
    file.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='porter unicode61')")
    file.execute("CREATE VIRTUAL TABLE terms USING fts5vocab(words, row)")
    file.execute("INSERT INTO words(rowid, text) VALUES (1, ?)", (text,))
    return {term for (term,) in file.execute("SELECT term FROM terms")}


@pytest.fixture(scope="module")
def stemmer() -> Stemmer:
    return Stemmer()


@settings(deadline=None, max_examples=40)
@example("The forces' running-speed: v×t = E=mc², cafe\u0301 naïve\u2003x\x1cy")
@given(texts)
def test_a_text_has_the_stems_that_the_index_files_it_under(stemmer: Stemmer, text: str):
    assert stemmer.of(text) == filed(text)
    assert {stem for word in text.split() for stem in stemmer.stems(word)} == filed(text)


def test_what_was_forgotten_is_asked_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stemming, "MOST_KEPT", 2)
    stemmer = Stemmer()
    for _ in range(2):
        assert stemmer.of("forces running lights") == {"forc", "run", "light"}
        assert list(stemmer.stems("masses")) == ["mass"]


def test_a_word_that_cannot_be_written_does_not_stop_the_next():
    stemmer = Stemmer()
    with pytest.raises(UnicodeEncodeError):
        stemmer.stems("\ud800")
    assert list(stemmer.stems("forces")) == ["forc"]


def test_many_may_ask_at_once():
    stemmer = Stemmer()
    said = [f"forces word{number % 40} running" for number in range(400)]
    with ThreadPoolExecutor(8) as several:
        assert list(several.map(stemmer.of, said)) == [{"forc", f"word{number % 40}", "run"} for number in range(400)]
