"""A post office, a record with its queue, and messages of the original's shape."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1 import types

from pipeline.bridge.intake import Intake
from pipeline.bridge.loop import Bridge
from pipeline.bridge.pubsub import PubSub
from pipeline.config import Settings, read_settings
from pipeline.database import upgrade
from pipeline.tables import DeadSource
from pipeline.testing import FakeWiring
from pipeline.tracking import DeadLetter
from tests.bridge.standin import Clock, PostOffice, Subscribed, served

NUMBERS = count(1)


def order(**changed: Any) -> dict[str, Any]:
    """A good message's fields, of a student of its own; a field that is None is sent as null."""
    return {
        "request_id": str(uuid.uuid4()), "correlation_id": "req_0123456789abcdef", "student_id": f"student-{next(NUMBERS)}",
        "student_query": "Explain Newton's third law", "grade_level": 10, "interest": "basketball", "environment": "dev",
        "requested_modalities": ["text"], "preferred_modality": "video", **changed,
    }


@dataclass
class Desk:
    """An installation as the bridge knows it."""

    wiring: FakeWiring

    def intake(self, source: DeadSource = DeadSource.BRIDGE) -> Intake:
        return Intake(self.wiring.queue, self.wiring.record, source)

    def dead(self) -> list[DeadLetter]:
        """Every dead letter, the oldest first."""
        return self.wiring.record.dead_letters(limit=10_000)[::-1]

    def times_accepted(self, request_id: str) -> int:
        """How often the request was recorded as new."""
        return [event.kind for event in self.wiring.record.events(request_id)].count("accepted")


@dataclass
class Line:
    """A topic with one subscription, at the stand-in."""

    office: PostOffice
    address: str
    topic: str
    path: str

    @property
    def there(self) -> Subscribed:
        return self.office.subscriptions[self.path]

    def post(self, data: bytes | dict[str, Any], /, **attributes: str) -> str:
        """Publish; the message id."""
        body = json.dumps(data).encode() if isinstance(data, dict) else data
        message = types.PubsubMessage(data=body, attributes=attributes)
        return self.office.publish(types.PublishRequest(topic=self.topic, messages=[message])).message_ids[0]

    def bridge(self, intake: Intake) -> Bridge:
        """A bridge that never really waits."""
        return Bridge(PubSub(self.path), intake, threading.Event(), wait=lambda _: None, clock=self.office.clock)

    def drain(self, intake: Intake, *, turns: int = 20) -> None:
        """Let a bridge work, and time pass, until nothing is open."""
        bridge = self.bridge(intake)
        for _ in range(turns):
            bridge.turn()
            if not self.there.open:
                return
            self.office.clock.pass_by(61)
        pytest.fail(f"{len(self.there.open)} messages are still open after {turns} turns.")


@pytest.fixture(scope="session")
def office() -> Iterator[tuple[PostOffice, str]]:
    """The stand-in, and its address in the variable that Google's own libraries read."""
    post = PostOffice(Clock())
    with served(post) as address, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PUBSUB_EMULATOR_HOST", address)
        yield post, address


def make_line(name: str) -> tuple[str, str]:
    """A new topic with a subscription, by way of Google's own libraries."""
    topic, path = f"projects/vividly/topics/{name}", f"projects/vividly/subscriptions/{name}"
    PublisherClient().create_topic(name=topic)
    with SubscriberClient() as subscriber:
        subscriber.create_subscription(name=path, topic=topic)
    return topic, path


@pytest.fixture
def new_line(office: tuple[PostOffice, str]) -> Callable[[], Line]:
    """Lines that share nothing but the clock."""
    post, address = office

    def made() -> Line:
        topic, path = make_line(f"line-{next(NUMBERS)}")
        return Line(post, address, topic, path)

    return made


@pytest.fixture
def line(new_line: Callable[[], Line]) -> Line:
    return new_line()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An installation on SQLite that all tests of a module share."""
    yield from _opened(read_settings({"VIVIDLY_HOME": str(tmp_path_factory.mktemp("desk"))}))


@pytest.fixture
def own_desk(settings: Settings, url: str) -> Iterator[Desk]:
    """An empty installation, once on SQLite and once on PostgreSQL."""
    upgrade(url)
    yield from _opened(read_settings({"VIVIDLY_HOME": str(settings.home), "DATABASE_URL": url}))


def _opened(settings: Settings) -> Iterator[Desk]:
    wiring = FakeWiring(settings)
    yield Desk(wiring)
    wiring.queue.close()
    wiring.engine.dispose()
