"""The record on SQLite and on a real PostgreSQL: every test of it runs on both."""

from collections.abc import Callable, Iterator

import pytest

from pipeline.database import open_database, upgrade
from pipeline.domain import GenerationRequest, Lesson
from pipeline.tracking import Record


@pytest.fixture
def record(url: str) -> Iterator[Record]:
    upgrade(url)
    engine = open_database(url)
    yield Record(engine)
    engine.dispose()


@pytest.fixture
def accepted(record: Record, ask: Callable[..., GenerationRequest]) -> GenerationRequest:
    request = ask("text", "video")
    assert record.accept(request)
    return request


def lesson_of(request: GenerationRequest, status: str = "completed", **fields: object) -> Lesson:
    return Lesson.model_validate({"request_id": request.request_id, "status": status, **fields})
