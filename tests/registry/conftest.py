"""A registry on both databases, with a clock that tests set, evaluations that say what they are told, and requests to expose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from pipeline.config import DATA
from pipeline.database import Engine, open_database, upgrade
from pipeline.domain import GenerationRequest, Status
from pipeline.errors import BadRequest
from pipeline.organisation import Actor
from pipeline.prompts import PromptText
from pipeline.registry import Evidence, Registry
from pipeline.tables import RequestRow, UserRole
from pipeline.tracking import Record

VERA = Actor(user_id="vera", name="Vera", role=UserRole.ENGINEERING)
PAUL = Actor(user_id="paul", name="Paul", role=UserRole.PRODUCT)
CARLA = Actor(user_id="carla", name="Carla", role=UserRole.CONTENT)
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


class FakeEvaluations:
    """Runs by their ids: passed, or not."""

    def __init__(self) -> None:
        self.runs = {"good": True, "bad": False}
        self.asked: list[Mapping[str, str]] = []

    def evidence(self, run_id: str, prompts: Mapping[str, str]) -> Evidence:
        self.asked.append(prompts)
        if run_id not in self.runs:
            raise BadRequest("run", f"there is none {run_id!r}.")
        passed = self.runs[run_id]
        return Evidence(run_id=run_id, passed=passed, said="It is better." if passed else "It is worse.")


@dataclass
class Desk:
    """The registry, and what a test turns."""

    engine: Engine
    now: datetime = START
    evaluations: FakeEvaluations = field(default_factory=FakeEvaluations)

    def registry(self, *, second_person: bool = False, shipped: Path = DATA / "prompts") -> Registry:
        return Registry(self.engine, shipped=shipped, evidences=self.evaluations, second_person=second_person,
                        clock=lambda: self.now)

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def accept(self, request_id: str, student_id: str, **fields: Any) -> GenerationRequest:
        """A request of the record."""
        request = GenerationRequest(
            request_id=request_id, student_query="Why is the sky blue?", student_id=student_id, grade_level=9, **fields)
        Record(self.engine).accept(request)
        return request

    def decide(self, request_id: str, status: Status, result: dict[str, Any] | None = None) -> None:
        """The request came to this."""
        with Session(self.engine) as session, session.begin():
            session.execute(update(RequestRow).where(RequestRow.id == request_id).values(
                status=status, result=result, finished_at=self.now))


@pytest.fixture
def desk(url: str) -> Iterator[Desk]:
    upgrade(url)
    engine = open_database(url)
    yield Desk(engine)
    engine.dispose()


@pytest.fixture
def light(tmp_path: Path) -> Iterator[Desk]:
    """On SQLite alone, for what does not depend on the database."""
    address = f"sqlite:///{tmp_path / 'light.sqlite'}"
    upgrade(address)
    engine = open_database(address)
    yield Desk(engine)
    engine.dispose()


def longer(registry: Registry, name: str = "hook", by: int = 1) -> PromptText:
    """The production text with another setting: another version."""
    text = registry.text(name, "production")
    return text.model_copy(update={"max_tokens": text.max_tokens + by})
