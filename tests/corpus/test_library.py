"""The index: finds by words and by meaning, keeps to its filters, and is only a cache."""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.corpus.library import Library, corpus_version, open_library
from pipeline.domain import Subject
from pipeline.errors import CorpusDefect, OperatorError
from pipeline.testing import FakeEmbedder
from tests.conftest import NEWTON, PHOTOSYNTHESIS


class CountingEmbedder(FakeEmbedder):
    """Counts the texts that it was asked for."""

    def __init__(self, name: str = "fake-embedder") -> None:
        self.name = name
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += len(texts)
        return super().embed(texts)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "home" / "index.sqlite"


@pytest.fixture
def library(small_data: Path, index: Path) -> Library:
    return open_library(small_data / "corpus", index, FakeEmbedder())


def test_the_passage_that_speaks_of_it_comes_first(library: Library):
    assert library.search("chlorophyll absorbs light", limit=1)[0].topic_id == PHOTOSYNTHESIS
    assert library.search("a pair of forces on different objects", limit=1)[0].topic_id == NEWTON


@pytest.mark.parametrize(("filters", "topics"), [
    ({"subject": Subject.BIOLOGY}, {PHOTOSYNTHESIS}),
    ({"subject": Subject.PHYSICS}, {NEWTON}),
    ({"subject": Subject.CHEMISTRY}, set()),
    ({"topic_id": NEWTON}, {NEWTON}),
    ({"topic_id": NEWTON, "subject": Subject.BIOLOGY}, set()),
    ({"grade": 10}, {NEWTON, PHOTOSYNTHESIS}),
    ({"grade": 6}, {NEWTON, PHOTOSYNTHESIS}),  # three grades are near
    ({"grade": 2}, set()),
])
def test_filters_are_kept(library: Library, filters: dict[str, object], topics: set[str]):
    assert {passage.topic_id for passage in library.search("force and light", limit=100, **filters)} == topics


def test_a_search_gives_as_many_as_were_asked_for_with_scores_and_reasons(library: Library):
    found = library.search("forces", limit=4)
    assert len(found) == 4 and all(0.0 <= passage.score <= 1.0 and "meaning #" in passage.why for passage in found)


def test_a_passage_first_by_words_and_by_meaning_is_first_of_all(library: Library):
    first = library.search("chlorophyll", limit=1)[0]
    assert "meaning #1," in first.why and "words #1" in first.why


def test_a_question_without_content_words_is_answered_by_meaning_alone(library: Library):
    assert all(passage.why.endswith("words –") for passage in library.search("what is it", limit=3))


@pytest.mark.parametrize("question", [
    '"', "a OR b", "NEAR(x y)", "title:force", "force*", "'; DROP TABLE words; --", "-force", "()", "ما هي القوة", "🙂",
])
def test_a_question_is_never_a_query_of_the_engine(library: Library, question: str):
    assert len(library.search(question, limit=3)) == 3
    assert library.search("forces", limit=1)


def test_an_empty_question_finds_nothing(library: Library):
    assert library.search("", limit=3) == []


def test_the_index_is_made_once(small_data: Path, index: Path, library: Library):
    again = CountingEmbedder()
    open_library(small_data / "corpus", index, again)
    assert again.texts == 0


def spoiled(path: Path) -> None:
    path.write_bytes(b"not a database")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:3000])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def of_other_shape(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE vectors SET width = width + 1")


def without_vectors(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE vectors SET vectors = 'text', width = NULL")


def without_rows(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("DELETE FROM vectors")


@pytest.mark.parametrize("damage", [spoiled, cut, emptied, of_other_shape, without_vectors, without_rows, Path.unlink])
def test_a_damaged_index_is_made_again(small_data: Path, index: Path, library: Library, damage: Callable[[Path], None]):
    damage(index)
    again = CountingEmbedder()
    rebuilt = open_library(small_data / "corpus", index, again)
    assert again.texts == len(library.passages)
    assert [p.chunk_id for p in rebuilt.search("forces", limit=5)] == [p.chunk_id for p in library.search("forces", limit=5)]


def test_a_changed_corpus_or_model_is_indexed_again(data: Path, index: Path):
    corpus = data / "corpus"
    first = open_library(corpus, index, FakeEmbedder())
    other = CountingEmbedder("another-model")
    second = open_library(corpus, index, other)
    assert other.texts == len(first.passages) and second.version != first.version
    path = corpus / "physics" / f"{NEWTON}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("push", "shove"), encoding="utf-8")
    changed = CountingEmbedder("another-model")
    assert open_library(corpus, index, changed).version != second.version and changed.texts > 0


def test_the_version_does_not_depend_on_where_the_corpus_lies(small_data: Path, tmp_path: Path):
    shutil.copytree(small_data / "corpus", tmp_path / "elsewhere")
    assert corpus_version(small_data / "corpus", "m") == corpus_version(tmp_path / "elsewhere", "m")


def test_an_index_that_cannot_be_written_is_a_sentence_for_the_operator(small_data: Path, tmp_path: Path):
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(OperatorError, match="cannot be written to .*set VIVIDLY_HOME"):
        open_library(small_data / "corpus", tmp_path / "home" / "index.sqlite", FakeEmbedder())


def test_an_empty_corpus_is_a_sentence_for_the_operator(tmp_path: Path, index: Path):
    with pytest.raises(CorpusDefect, match="holds no topic files: set VIVIDLY_DATA"):
        open_library(tmp_path, index, FakeEmbedder())
