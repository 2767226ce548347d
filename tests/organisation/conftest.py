"""A migrated database, SQLite and a real PostgreSQL, with every service on one clock that tests set."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, text, update

from pipeline.database import Base, open_database, upgrade
from pipeline.errors import PipelineError
from pipeline.organisation import COMMAND_LINE, Actor, Audit, Flags, Interests, People, Places, Tokens
from pipeline.tables import Organization, UserRole, UserStatus

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)


@dataclass
class Office:
    """All services on one database, and shortcuts that make what a test starts from."""

    engine: Engine
    now: datetime = START
    made: int = field(default=0)

    def __post_init__(self) -> None:
        self.audit, self.people, self.places, self.interests, self.flags, self.tokens = (
            service(self.engine, clock=lambda: self.now)
            for service in (Audit, People, Places, Interests, Flags, Tokens)
        )

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    def person(self, role: str, *, status: str = "active", organization_id: str | None = None,
               school_id: str | None = None, email: str = "") -> Actor:
        """Somebody in this role."""
        self.made += 1
        view = self.people.invite(COMMAND_LINE, email or f"{role}{self.made}@school.org", UserRole(role),
                                  organization_id=organization_id, school_id=school_id)
        if status != "pending":
            self.people.set_status(COMMAND_LINE, view.user_id, UserStatus(status))
        return Actor(user_id=view.user_id, name=view.email, role=view.role)

    def log(self, **filters: Any) -> list[Any]:
        """The audit log, newest first."""
        return self.audit.entries(COMMAND_LINE, **filters)


@pytest.fixture(scope="session")
def sqlite_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('organisation') / 'vividly.sqlite'}"
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def postgresql_url(postgresql: str) -> str:
    """A database of its own, because the tests of other rooms empty theirs."""
    engine = open_database(postgresql).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE organisation"))
    engine.dispose()
    url = make_url(postgresql).set(database="organisation").render_as_string(hide_password=False)
    upgrade(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """The services on an empty database; it is migrated once and emptied for every test."""
    engine = open_database(request.getfixturevalue(f"{request.param}_url"))
    with engine.begin() as connection:
        connection.execute(update(Organization).values(parent_id=None))
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    yield Office(engine)
    engine.dispose()


@pytest.fixture
def admin(office: Office) -> Actor:
    return office.person("admin", email="ada@school.org")


def at_once(*actions: Callable[[], object]) -> list[object]:
    """What each of the actions, started together, gives or raises."""
    barrier, outcomes = Barrier(len(actions)), list[object](range(len(actions)))

    def run(place: int, action: Callable[[], object]) -> None:
        barrier.wait()
        try:
            outcomes[place] = action()
        except PipelineError as fault:
            outcomes[place] = fault

    threads = [Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def refused(kind: type[PipelineError], action: Callable[[], object]) -> str:
    """The sentence with which it is refused."""
    with pytest.raises(kind) as refusal:
        action()
    return str(refusal.value)
