"""Books on SQLite and on a real PostgreSQL, filled through the record itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from pipeline.database import open_database, upgrade
from pipeline.domain import Lesson, Stage, StageRun, StageStatus, Usage
from pipeline.ledger import Ledger
from pipeline.requests import parse
from pipeline.tables import Organization, OrganizationType, StageRunRow, UsageRow, User
from pipeline.tracking import Record

TOPIC = "topic_phys_mech_newton_3"
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)


@dataclass
class Books:
    """A record, its ledger, and the hand that writes into them."""

    engine: Engine
    record: Record = field(init=False)
    ledger: Ledger = field(init=False)
    leases: dict[str, int] = field(default_factory=dict)
    made: int = 0
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.record, self.ledger = Record(self.engine), Ledger(self.engine)

    def accept(self, *modalities: str, student: str = "sam", **fields: Any) -> str:
        """A request that waits; its id."""
        self.made += 1
        request_id = f"request-{self.made}"
        asked = {"student_query": "Why is the sky blue?", "student_id": student, "grade_level": 10,
                 "requested_modalities": list(modalities) or ["text"], **fields}
        assert self.record.accept(parse(asked, request_id=request_id))
        return request_id

    def begin(self, request_id: str) -> int:
        taken = self.record.begin(request_id)
        assert taken is not None
        self.leases[request_id] = taken.lease
        return taken.lease

    def stage(self, request_id: str, stage: str, *usage: tuple[str, str, str], status: str = "completed",
              at: datetime = AT) -> None:
        """A stage that ended, with usage as (model, unit, quantity), recorded on a day."""
        counted = tuple(Usage(provider="embedded", model=m, unit=u, quantity=Decimal(q)) for m, u, q in usage)
        run = StageRun(stage=Stage(stage), status=StageStatus(status), family="embedded", model="m", usage=counted,
                       started_at=None if status == "skipped" else at)
        self.record.stage_finished(request_id, run, 0.5, lease=self.leases[request_id])
        runs = select(StageRunRow.id).where(StageRunRow.request_id == request_id)
        with self.engine.begin() as connection:
            connection.execute(update(UsageRow).values(recorded_at=at).where(
                UsageRow.stage_run_id.in_(runs), UsageRow.recorded_at > self.began, UsageRow.noted_at.is_(None)))

    def decide(self, request_id: str, status: str = "completed", *, topic: str | None = TOPIC, words: int | None = 100,
               cached: bool = False) -> None:
        """The end of the request."""
        self.record.finish(lesson(request_id, status, topic, words, cached), {}, lease=self.leases[request_id],
                           dead=status == "failed")

    def person(self, user_id: str, organisation: str | None) -> None:
        """Somebody of an organisation, both made when they are missing."""
        with Session(self.engine) as session, session.begin():
            if organisation and session.get(Organization, organisation) is None:
                session.add(Organization(organization_id=organisation, name=organisation, type=OrganizationType.CUSTOM,
                                         created_at=AT))
                session.flush()
            user = session.get(User, user_id)
            if user is None:
                user = User(user_id=user_id, email=f"{user_id}@school.org", role="student", created_at=AT)
                session.add(user)
            user.organization_id = organisation


def lesson(request_id: str, status: str, topic: str | None, words: int | None, cached: bool) -> Lesson:
    """A result as far as the ledger looks at it."""
    intent = None if topic is None else {
        "question": "Why?", "topic_id": topic, "topic_name": "A topic", "subject": "physics", "confidence": 0.9, "grade_level": 10}
    script = None if words is None else {
        "title": "T", "article": "word " * words, "sections": [], "sentences": [], "passages": [], "reading_grade": 8.0}
    return Lesson.model_validate({
        "request_id": request_id, "status": status, "intent": intent, "script": script, "cache_hit": cached})


@pytest.fixture
def books(url: str) -> Iterator[Books]:
    upgrade(url)
    engine = open_database(url)
    yield Books(engine)
    engine.dispose()
