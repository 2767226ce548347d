"""Corpora on both databases. Migrating takes seconds, so it is done once for each and every test starts without rows."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from pipeline.corpora import Corpora
from pipeline.database import Engine, open_database, state, upgrade
from pipeline.ports import Embedder
from pipeline.tables import AuditEntry, CorpusChunkRow, CorpusModuleRow, CorpusVectorRow, CorpusVersionRow
from tests.corpora.books import CountingEmbedder

OURS = (CorpusChunkRow, CorpusModuleRow, CorpusVectorRow, CorpusVersionRow, AuditEntry)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database at the newest migration, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "vividly.sqlite"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database at the newest migration, without corpora."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('migrated'), tmp_path / 'vividly.sqlite')}"
    address: str = request.getfixturevalue("postgresql")
    engine = open_database(address)
    if not state(engine).ready:
        upgrade(address)
    with engine.begin() as connection:
        for table in OURS:
            connection.execute(delete(table))
        connection.execute(text("DROP SCHEMA IF EXISTS vividly_search CASCADE"))
    engine.dispose()
    return address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    yield engine
    engine.dispose()


@pytest.fixture
def opened(engine: Engine, tmp_path: Path) -> Callable[[Embedder], Corpora]:
    """Corpora with this embedder, as another process would open them."""

    def made(embedder: Embedder) -> Corpora:
        return Corpora(engine, embedder, tmp_path / "home")

    return made


@pytest.fixture
def embedder() -> CountingEmbedder:
    return CountingEmbedder()


@pytest.fixture
def corpora(opened: Callable[[Embedder], Corpora], embedder: CountingEmbedder) -> Corpora:
    return opened(embedder)
