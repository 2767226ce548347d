"""Whatever comes in whatever order, whatever dies at whatever moment: each message ends settled, and settled once."""

import json
import random
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from pipeline.bridge.intake import Intake
from pipeline.bridge.loop import Bridge, Delivery
from pipeline.bridge.pubsub import PubSub
from pipeline.domain import GenerationRequest
from pipeline.tables import DeadSource
from tests.bridge.conftest import Desk, Line, order
from tests.bridge.test_message import BAD

RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


class Died(BaseException):
    """The process ended here."""


class Fate:
    """Lets the process die at one of the coming moments, and the database be away at some."""

    def __init__(self) -> None:
        self.moments_left: int | None = None
        self.away = 0

    def around(self, call: Callable[[], Any]) -> Any:
        """A call with a moment before it and one after it."""
        self._moment()
        answer = call()
        self._moment()
        return answer

    def database(self, call: Callable[[], Any]) -> Any:
        """A call to the database, which may be away."""
        if self.away:
            self.away -= 1
            raise OperationalError("SELECT 1", {}, Exception("connection refused"))
        return self.around(call)

    def _moment(self) -> None:
        if self.moments_left is not None:
            self.moments_left -= 1
            if self.moments_left < 0:
                self.moments_left = None
                raise Died


class Doomed:
    """The bridge's whole surroundings, under a fate."""

    def __init__(self, line: Line, desk: Desk) -> None:
        self.fate = Fate()
        self._line, self._desk = line, desk
        self._pubsub = PubSub(line.path)

    def pull(self, most: int) -> Sequence[Delivery]:
        return self.fate.around(lambda: self._pubsub.pull(most))

    def acknowledge(self, ack_ids: Sequence[str]) -> None:
        self.fate.around(lambda: self._pubsub.acknowledge(ack_ids))

    def hold(self, ack_ids: Sequence[str], seconds: int) -> None:
        self.fate.around(lambda: self._pubsub.hold(ack_ids, seconds))

    def submit(self, request: GenerationRequest, *, correlation_id: str = "") -> str:
        return self.fate.database(lambda: self._desk.wiring.queue.submit(request, correlation_id=correlation_id))

    def bury_message(self, source: DeadSource, payload: dict[str, Any], reason: str, *, key: str) -> bool:
        return self.fate.database(lambda: self._desk.wiring.record.bury_message(source, payload, reason, key=key))

    def known_as(self, request_id: str) -> str | None:
        return self.fate.database(lambda: self._desk.wiring.record.known_as(request_id))

    def bridge(self) -> Bridge:
        return Bridge(self, Intake(self, self, DeadSource.BRIDGE), threading.Event(), wait=lambda _: None, clock=self._line.office.clock)


STEPS = st.lists(st.one_of(
    st.tuples(st.just("good"), st.integers(0, 5)),
    st.tuples(st.just("bad"), st.integers(0, len(BAD) - 1)),
    st.tuples(st.just("turn"), st.none() | st.integers(0, 24)),
    st.tuples(st.just("away"), st.integers(1, 4)),
    st.tuples(st.just("time"), st.sampled_from([1, 11, 31, 61])),
    st.tuples(st.just("again"), st.integers(0, 9)),
    st.tuples(st.just("lost acks"), st.integers(1, 5)),
), max_size=30)


@settings(max_examples=250, deadline=None, suppress_health_check=RELAXED, derandomize=True)
@given(steps=STEPS)
def test_every_message_ends_settled_once_whatever_happens(new_line: Callable[[], Line], desk: Desk, steps: list[Any]):
    line = new_line()
    world = Doomed(line, desk)
    bridge, ids = world.bridge(), [str(uuid.uuid4()) for _ in range(6)]
    good, bad = set[str](), list[str]()
    first = len(desk.dead())
    for what, value in steps:
        if what == "good":
            line.post(order(request_id=ids[value]))
            good.add(ids[value])
        elif what == "bad":
            data = BAD[value][0]
            bad.append(line.post(order(**data) if isinstance(data, dict) else data))
        elif what == "turn":
            world.fate.moments_left = value
            bridge = lived_through(bridge, world)
        elif what == "away":
            world.fate.away = value
        elif what == "time":
            line.office.clock.pass_by(value)
        elif what == "again" and value < len(line.there.open):
            line.there.open[value].due = 0  # delivered once more while somebody has it
        elif what == "lost acks":
            line.there.lose_acks = value
    world.fate.moments_left, world.fate.away, line.there.lose_acks = None, 0, 0
    line.office.clock.pass_by(61)
    line.drain(Intake(world, world, DeadSource.BRIDGE))
    assert line.there.open == []
    assert [desk.times_accepted(request_id) for request_id in ids] == [int(request_id in good) for request_id in ids]
    assert sorted(dead.payload["message_id"] for dead in desk.dead()[first:]) == sorted(bad)


def lived_through(bridge: Bridge, world: Doomed) -> Bridge:
    """One turn; a bridge that dies in it is followed by another."""
    try:
        bridge.turn()
    except Died:
        return world.bridge()
    return bridge


USUAL = order(request_id=str(uuid.UUID(int=7)), student_id="sam")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4), max_leaves=8)
NAMES = ("request_id", "student_id", "student_query", "grade_level", "interest", "requested_modalities",
         "preferred_modality", "correlation_id", "style", "seed", "topic_hint", "modality_preferences")


@st.composite
def broken_orders(draw: st.DrawFn) -> bytes:
    """A good message but for one field that no message may have so."""
    name = draw(st.sampled_from(NAMES))
    wrong = {"request_id": st.text(max_size=40), "student_id": st.text(min_size=101, max_size=120).map("x".__add__),
             "student_query": st.text(max_size=4), "grade_level": st.floats() | st.integers(13) | st.integers(max_value=0),
             "requested_modalities": st.just([]) | st.lists(st.text(max_size=8).map("x".__add__), min_size=1, max_size=3)}
    value = draw(wrong.get(name, st.just({"a": 1}) | st.lists(JSON, min_size=1, max_size=3).map(lambda v: [v])))
    return json.dumps({**USUAL, name: value}).encode()


@st.composite
def cut_orders(draw: st.DrawFn) -> bytes:
    """A good message that ends too early."""
    whole = json.dumps(USUAL).encode()
    return whole[:draw(st.integers(0, len(whole) - 1))]


BAD_DATA = st.one_of(
    st.binary(max_size=200), JSON.map(lambda value: json.dumps(value).encode()), broken_orders(), cut_orders(),
    st.integers(1000, 20_000).map(lambda deep: b'{"a":' * deep), st.sampled_from([b"x" * 70_000, b"\0", b"\xed\xa0\x80"]),
)
ATTRIBUTES = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10),
                             st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=3)


def test_two_thousand_bad_messages_are_dead_letters_after_one_delivery_each(line: Line, desk: Desk):
    sent: list[str] = []

    @settings(max_examples=2100, deadline=None, suppress_health_check=RELAXED, database=None, derandomize=True)
    @given(data=BAD_DATA, attributes=ATTRIBUTES)
    def post(data: bytes, attributes: dict[str, str]) -> None:
        sent.append(line.post(data, **attributes))

    post()
    before, goods = len(desk.dead()), [order() for _ in range(20)]
    for good in goods:  # among them, a few who mean it
        line.post(good)
    random.Random(4).shuffle(line.there.letters)
    line.drain(desk.intake(), turns=len(sent) // 40)
    dead = desk.dead()[before:]
    assert len(sent) >= 2000 and sorted(letter.payload["message_id"] for letter in dead) == sorted(sent)
    assert {letter.deliveries for letter in line.there.letters} == {1}
    assert all(letter.reason and len(letter.reason) <= 500 for letter in dead)
    assert not [letter.reason for letter in dead if letter.reason.startswith("It could not be taken")]
    assert all(desk.times_accepted(good["request_id"]) == 1 for good in goods)


@pytest.mark.parametrize("moment", range(8))
def test_a_bridge_that_dies_at_this_moment_leaves_nothing_behind(line: Line, own_desk: Desk, moment: int):
    good = order()
    line.post(good)
    line.post(b"bad")
    world = Doomed(line, own_desk)
    world.fate.moments_left = moment
    with pytest.raises(Died):
        world.bridge().turn()
    line.office.clock.pass_by(61)
    line.drain(Intake(world, world, DeadSource.BRIDGE))
    assert own_desk.times_accepted(good["request_id"]) == 1 and len(own_desk.dead()) == 1
