"""The record on SQLite and on a real PostgreSQL: every test of it runs on both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.database import open_database
from pipeline.domain import GenerationRequest, Lesson
from pipeline.tracking import Record


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
