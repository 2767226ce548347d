"""Derived indexes: made again when missing or damaged, shared between processes, and what a missing pgvector says."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from pipeline.corpora import Chunking, Corpora, postgres
from pipeline.corpora.files import SEAL, VECTORS, WORDS
from pipeline.database import Engine
from pipeline.errors import OperatorError
from pipeline.organisation import COMMAND_LINE
from pipeline.ports import Embedder
from pipeline.search import SYSTEMS, Filters
from tests.corpora.books import CountingEmbedder, a_book

SMALL = Chunking(size_words=40, overlap_words=10)
QUERIES = ("rough ground holds a crate", "a body at rest", "energy along a rope", "ice", "mass of the crest")
only_sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@pytest.fixture
def version(corpora: Corpora) -> str:
    return corpora.ingest(a_book(), name="physics", by=COMMAND_LINE, settings=SMALL).view.version


def found(corpora: Corpora) -> list[tuple[str, ...]]:
    searcher = corpora.open("physics")
    return [tuple(hit.chunk_id for hit in searcher.search(query, system=SYSTEMS["rrf"]).hits) for query in QUERIES]


@only_sqlite
@pytest.mark.parametrize("damage", [
    lambda folder: (folder / VECTORS).unlink(),
    lambda folder: (folder / WORDS).write_bytes(b"SQLite format 3\0 and then nothing"),
    lambda folder: (folder / VECTORS).write_bytes((folder / VECTORS).read_bytes()[:-100]),
    lambda folder: (folder / VECTORS).write_bytes((folder / VECTORS).read_bytes()[:-4] + b"\1\2\3\4"),
    lambda folder: (folder / SEAL).write_text("{"),
    lambda folder: (folder / SEAL).unlink(),
], ids=["no vectors", "words of nothing", "cut", "a bit other", "no seal to read", "no seal"])
def test_a_damaged_index_is_told_and_made_again_without_embedding(
    corpora: Corpora, opened: Callable[[Embedder], Corpora], version: str, tmp_path: Path, damage: Callable[[Path], object],
):
    before = found(corpora)
    assert corpora.health("physics") == "" and corpora.index_bytes("physics") > 10_000
    damage(tmp_path / "home" / "corpora" / version)
    assert "made" in corpora.health("physics")
    other = CountingEmbedder()
    again = opened(other)
    assert found(again) == before and again.health("physics") == ""
    assert other.asked == list(QUERIES)


@only_sqlite
def test_a_whole_index_of_a_format_that_the_search_no_longer_reads_is_made_again(
    corpora: Corpora, opened: Callable[[Embedder], Corpora], version: str, tmp_path: Path,
):
    before, folder = found(corpora), tmp_path / "home" / "corpora" / version
    (folder / WORDS).unlink()
    with closing(sqlite3.connect(folder / WORDS)) as file, file:
        file.execute("CREATE TABLE of_before (word TEXT)")
    seal = json.loads((folder / SEAL).read_text())
    seal["sha256"][WORDS] = hashlib.sha256((folder / WORDS).read_bytes()).hexdigest()
    (folder / SEAL).write_text(json.dumps(seal))
    assert found(opened(CountingEmbedder())) == before


@only_postgresql
@pytest.mark.parametrize("damage", [
    "DROP SCHEMA vividly_search CASCADE", "DROP EXTENSION vector CASCADE", "DELETE FROM vividly_search.index_{} WHERE position = 3",
    "DROP TABLE vividly_search.index_{}",
])
def test_a_damaged_index_in_the_database_is_told_and_made_again(
    corpora: Corpora, opened: Callable[[Embedder], Corpora], engine: Engine, version: str, damage: str,
):
    before = found(corpora)
    assert corpora.health("physics") == "" and corpora.index_bytes("physics") > 10_000
    with engine.begin() as connection:
        connection.execute(text(damage.format(version)))
    assert "made" in corpora.health("physics")
    again = opened(CountingEmbedder())
    assert found(again) == before and again.health("physics") == ""


@only_postgresql
def test_an_approximate_index_finds_nearly_what_an_exact_one_finds(
    corpora: Corpora, opened: Callable[[Embedder], Corpora], version: str, monkeypatch: pytest.MonkeyPatch,
):
    dense = SYSTEMS["dense"]
    before = [corpora.open("physics").search(query, system=dense).hits[0].chunk_id for query in QUERIES]
    monkeypatch.setattr(postgres, "APPROXIMATE_FROM", 1)
    corpora.remove("physics", by=COMMAND_LINE)
    corpora.ingest(a_book(), name="physics", by=COMMAND_LINE, settings=SMALL)
    searcher = corpora.open("physics")
    assert [searcher.search(query, system=dense).hits[0].chunk_id for query in QUERIES] == before
    few = searcher.search(QUERIES[0], system=dense, filters=Filters(modules=("m-waves",)), limit=50)
    assert {hit.module for hit in few.hits} == {"m-waves"}


@only_postgresql
def test_a_postgresql_without_pgvector_is_told_what_to_install_before_anything_is_embedded(
    corpora: Corpora, embedder: CountingEmbedder, engine: Engine, monkeypatch: pytest.MonkeyPatch,
):
    with engine.begin() as connection:
        connection.execute(text("DROP EXTENSION IF EXISTS vector CASCADE"))
    monkeypatch.setattr(postgres, "EXTENSION", "vector_that_is_not_there")
    with pytest.raises(OperatorError, match="install pgvector for this server"):
        corpora.ingest(a_book(), name="physics", by=COMMAND_LINE, settings=SMALL)
    assert embedder.asked == [] and corpora.all() == []


def test_both_databases_rank_meaning_alike(corpora: Corpora, version: str):
    vectors = CountingEmbedder().embed([f"{c.title}. {c.section}. {c.text}" for c in corpora.chunks("physics")])
    ids = [chunk.chunk_id for chunk in corpora.chunks("physics")]
    for query in QUERIES:
        cosines = vectors @ CountingEmbedder().embed([query])[0]
        best = corpora.open("physics").search(query, system=SYSTEMS["dense"], limit=1).hits[0]
        assert best.dense_score == pytest.approx(float(np.max(cosines)), abs=2e-3)
        assert cosines[ids.index(best.chunk_id)] == pytest.approx(float(np.max(cosines)), abs=2e-3)
