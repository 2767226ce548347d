"""Comparisons on a migrated database, SQLite and a real PostgreSQL, in front of a queue that no worker empties."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, make_url, text

from pipeline.comparison import Asked, Comparisons, ComparisonView, Variant, Voting
from pipeline.database import Base, open_database, upgrade
from pipeline.domain import GenerationRequest, Lesson, Modality, Status
from pipeline.lessons import Lessons
from pipeline.organisation import Actor, Audit, People
from pipeline.tables import UserRole
from pipeline.tracking import Record

QUESTIONS = tuple(Asked(question=f"Question number {number}?", grade_level=8 + number, interest="chess" if number == 2 else None)
                  for number in (1, 2, 3))
MODELS = ("large-instruct-q4", "small-instruct-q4")
TEXT, VIDEO = Variant(modality=Modality.TEXT), Variant(modality=Modality.VIDEO)


class Queue:
    """Keeps what was submitted; `broken_after` makes it fail after so many."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.asked: list[GenerationRequest] = []
        self.priorities: list[int] = []
        self.broken_after: int | None = None

    def submit(self, request, *, asked_by=None, idempotency_key=None, priority=0, correlation_id=""):
        if self.broken_after is not None and len(self.asked) >= self.broken_after:
            raise ConnectionError("the queue is away")
        known = self._record.known_as(request.request_id, idempotency_key)
        if known is None:
            self._record.accept(request, asked_by=asked_by, idempotency_key=idempotency_key, priority=priority)
            self.asked.append(request)
            self.priorities.append(priority)
        return known or request.request_id

    def cancel(self, request_id):
        self._record.cancel(request_id)


@dataclass
class Bench:
    """The services on one database, and shortcuts."""

    engine: Engine

    def __post_init__(self) -> None:
        self.record, self.audit, self.people = Record(self.engine), Audit(self.engine), People(self.engine)
        self.queue = Queue(self.record)
        self.comparisons = Comparisons(self.engine, Lessons(self.queue, self.record, self.audit), models=lambda: MODELS)
        self.voting = Voting(self.engine)

    def person(self, role: str, name: str = "") -> Actor:
        user = self.people.grant(f"{name or role}@school.org", UserRole(role))
        return Actor(user_id=user.user_id, name=user.email, role=UserRole(role))

    def made(self, actor: Actor, comparison_id: str = "c1", *, questions=QUESTIONS, variants=(TEXT, VIDEO)) -> ComparisonView:
        """A comparison whose items are all in the queue."""
        self.comparisons.create(actor, comparison_id, questions=questions, variants=variants)
        self.comparisons.send(actor, comparison_id)
        return self.comparisons.view(comparison_id)

    def decide(self, request_id: str, status: Status = Status.COMPLETED) -> None:
        """Have a worker decide it."""
        self.record.begin(request_id)
        self.record.finish(Lesson(request_id=request_id, status=status), {}, "it broke" if status is Status.FAILED else "")


@pytest.fixture(scope="session")
def comparison_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('comparison') / 'vividly.sqlite'}"
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def comparison_postgresql(postgresql: str) -> str:
    """A database of its own, because the tests of other rooms empty theirs."""
    engine = open_database(postgresql).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE comparison"))
    engine.dispose()
    url = make_url(postgresql).set(database="comparison").render_as_string(hide_password=False)
    upgrade(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The services on an empty database; it is migrated once and emptied for every test."""
    engine = open_database(request.getfixturevalue(f"comparison_{request.param}"))
    with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    yield Bench(engine)
    engine.dispose()


@pytest.fixture
def maker(bench: Bench) -> Actor:
    return bench.person("product")
