"""The bridge between a post office and the record: what is acknowledged, when, and what comes again."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from pipeline.bridge.intake import Fate, Intake
from pipeline.bridge.loop import LATER_SECONDS, LEASE_SECONDS, MOST_AT_ONCE, Bridge
from pipeline.bridge.message import Message
from pipeline.bridge.pubsub import PubSub
from pipeline.domain import GenerationRequest
from pipeline.errors import BadRequest, OperatorError, ProviderUnavailable
from pipeline.tables import DeadSource
from pipeline.work.queue import WAITING_PER_STUDENT
from tests.bridge.conftest import Desk, Line, order


def away() -> OperationalError:
    return OperationalError("INSERT", {}, Exception("server closed the connection unexpectedly"))


class Faulty:
    """A queue and a graveyard that fail as they are told; what they were asked is counted."""

    def __init__(self, desk: Desk, fault: Callable[[], Exception] | None = None) -> None:
        self._desk, self.fault = desk, fault
        self.asked = 0

    def submit(self, request: GenerationRequest, *, correlation_id: str = "") -> str:
        self._maybe()
        return self._desk.wiring.queue.submit(request, correlation_id=correlation_id)

    def bury_message(self, source: DeadSource, payload: dict[str, Any], reason: str, *, key: str) -> bool:
        self._maybe()
        return self._desk.wiring.record.bury_message(source, payload, reason, key=key)

    def known_as(self, request_id: str) -> str | None:
        self._maybe()
        return self._desk.wiring.record.known_as(request_id)

    def intake(self) -> Intake:
        return Intake(self, self, DeadSource.BRIDGE)

    def _maybe(self) -> None:
        self.asked += 1
        if self.fault:
            raise self.fault()


def test_good_duplicate_and_bad_messages_each_meet_their_fate_on_both_databases(line: Line, own_desk: Desk):
    good = order()
    line.post(good, request_id=good["request_id"])
    line.post({**good, "student_query": "Something else entirely"})
    bad = line.post(b"not JSON", environment="dev")
    line.drain(own_desk.intake())
    view = own_desk.wiring.record.view(good["request_id"])
    assert view is not None and view.status == "pending" and own_desk.times_accepted(good["request_id"]) == 1
    [dead] = own_desk.dead()
    assert (dead.source, dead.request_id, dead.reason) == (DeadSource.BRIDGE, None, "message: is not JSON in UTF-8.")
    assert (dead.payload["message_id"], dead.payload["data"]) == (bad, "not JSON")
    assert dead.payload["attributes"] == {"environment": "dev"}
    assert [letter.deliveries for letter in line.there.letters] == [1, 1, 1]


def test_the_request_keeps_its_correlation_id(line: Line, desk: Desk):
    sent = order(correlation_id="vvd_1762216900000_0a1b2c3d")
    line.post(sent)
    line.drain(desk.intake())
    view = desk.wiring.record.view(sent["request_id"])
    assert view is not None and view.correlation_id == "vvd_1762216900000_0a1b2c3d"


def test_a_dead_letter_whose_acknowledgement_was_lost_stays_one(line: Line, own_desk: Desk):
    line.post(b"[]")
    line.there.lose_acks = 2
    line.drain(own_desk.intake())
    assert line.there.letters[0].deliveries == 3 and len(own_desk.dead()) == 1


def test_nothing_is_acknowledged_while_the_database_is_away_and_all_of_it_later(line: Line, desk: Desk):
    faulty = Faulty(desk, away)
    sent = [order() for _ in range(5)]
    for fields in sent:
        line.post(fields)
    bridge = line.bridge(faulty.intake())
    bridge.turn()
    assert len(line.there.open) == 5 and faulty.asked == 1  # it was met once, not five times
    line.office.clock.pass_by(LATER_SECONDS + 1)
    bridge.turn()
    assert [letter.deliveries for letter in line.there.letters] == [1] * 5  # no delivery is wasted on a dead database
    faulty.fault = None
    bridge.turn()
    assert line.there.open == [] and all(desk.times_accepted(fields["request_id"]) == 1 for fields in sent)


def test_a_bad_message_waits_too_while_the_database_is_away(line: Line, desk: Desk):
    faulty = Faulty(desk, away)
    line.post(b"bad")
    line.bridge(faulty.intake()).turn()
    assert len(line.there.open) == 1
    before = len(desk.dead())
    faulty.fault = None
    line.office.clock.pass_by(LATER_SECONDS + 1)
    line.drain(faulty.intake())
    assert len(desk.dead()) == before + 1


def test_a_student_with_too_many_waiting_requests_holds_up_nobody_else(line: Line, desk: Desk):
    eager = [order(student_id="eager") for _ in range(WAITING_PER_STUDENT + 1)]
    for fields in eager:
        line.post(fields)
    other = order()
    line.post(other)
    bridge = line.bridge(desk.intake())
    bridge.turn()
    assert len(line.there.open) == 1 and desk.times_accepted(other["request_id"]) == 1
    bridge.turn()
    assert line.there.open[0].deliveries == 1  # it comes again in a while, not at once
    waiting = next(fields for fields in eager if desk.times_accepted(fields["request_id"]))
    desk.wiring.queue.cancel(waiting["request_id"])
    line.office.clock.pass_by(LATER_SECONDS + 1)
    line.drain(desk.intake())
    assert all(desk.times_accepted(fields["request_id"]) == 1 for fields in eager)


def test_a_message_that_breaks_our_own_code_is_dead_and_not_a_loop(line: Line, desk: Desk):
    class Broken(Faulty):
        def submit(self, request: GenerationRequest, *, correlation_id: str = "") -> str:
            raise UnicodeEncodeError("utf-8", "secret words", 0, 1, "surrogates not allowed")

    line.post(order())
    line.drain(Broken(desk).intake())
    assert desk.dead()[-1].reason == "It could not be taken (UnicodeEncodeError)."


def test_a_fault_that_nobody_knows_puts_only_its_own_message_off(line: Line, desk: Desk):
    class Odd(Exception):
        """Neither the database nor the message."""

    class Unlucky(Faulty):
        def submit(self, request: GenerationRequest, *, correlation_id: str = "") -> str:
            if request.student_id == "unlucky":
                raise Odd
            return super().submit(request, correlation_id=correlation_id)

    line.post(order(student_id="unlucky"))
    lucky = order()
    line.post(lucky)
    line.bridge(Unlucky(desk).intake()).turn()
    assert len(line.there.open) == 1 and desk.times_accepted(lucky["request_id"]) == 1


def test_the_log_says_what_happened_and_never_what_a_student_wrote(
    line: Line, desk: Desk, caplog: pytest.LogCaptureFixture
):
    line.post(order(student_query="My secret question", grade_level=99))
    line.post(order(student_query="My secret question"))

    class Leaky(Faulty):
        def submit(self, request: GenerationRequest, *, correlation_id: str = "") -> str:
            raise OSError(request.student_query)

    with caplog.at_level("INFO", logger="pipeline"):
        line.bridge(Leaky(desk).intake()).turn()
    assert {record.__dict__.get("action") for record in caplog.records} >= {"message_put_off", "messages_settled"}
    assert "secret" not in caplog.text + str([vars(record) for record in caplog.records])


def test_a_batch_that_takes_long_is_kept_and_what_is_settled_is_acknowledged_meanwhile(line: Line, desk: Desk):
    class Slow(Faulty):
        def submit(self, request: GenerationRequest, *, correlation_id: str = "") -> str:
            line.office.clock.pass_by(LEASE_SECONDS / 3)
            return super().submit(request, correlation_id=correlation_id)

    for _ in range(10):
        line.post(order())
    line.bridge(Slow(desk).intake()).turn()
    assert line.there.open == [] and all(letter.deliveries == 1 for letter in line.there.letters)


def test_told_to_stop_it_settles_all_that_it_pulled_and_pulls_no_more(line: Line, desk: Desk):
    for _ in range(MOST_AT_ONCE + 5):
        line.post(order())
    stopping = threading.Event()

    class Interrupted(Faulty):
        def submit(self, request: GenerationRequest, *, correlation_id: str = "") -> str:
            stopping.set()
            return super().submit(request, correlation_id=correlation_id)

    Bridge(PubSub(line.path), Interrupted(desk).intake(), stopping).run()
    assert len(line.there.open) == 5
    assert {letter.deliveries for letter in line.there.open} == {0}


def test_a_post_office_that_does_not_answer_is_asked_again_after_longer_and_longer_rests(desk: Desk):
    class Silent:
        def pull(self, most: int) -> list[Any]:
            raise ProviderUnavailable

        def acknowledge(self, ack_ids: Any) -> None:
            pytest.fail("There was nothing to acknowledge.")

        def hold(self, ack_ids: Any, seconds: int) -> None:
            pytest.fail("There was nothing to hold.")

    rests: list[float] = []
    bridge = Bridge(Silent(), desk.intake(), threading.Event(), wait=rests.append)
    for _ in range(12):
        bridge.turn()
    assert len(rests) == 12 and rests[0] <= 1 and all(15 <= rest <= 30 for rest in rests[6:])


def test_a_subscription_that_is_not_there_is_told_in_one_sentence(line: Line):
    with pytest.raises(OperatorError, match=r"Pub/Sub refuses projects/vividly/subscriptions/nowhere .*check its name"):
        PubSub("projects/vividly/subscriptions/nowhere").pull(1)
    with pytest.raises(BadRequest, match="must read projects/PROJECT/subscriptions/NAME"):
        PubSub("content-worker-sub-dev")


def test_an_office_that_is_closed_is_unavailable_and_no_catastrophe(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", "127.0.0.1:9")
    for call in (lambda s: s.pull(1), lambda s: s.acknowledge(["x"]), lambda s: s.hold(["x"], 1)):
        with pytest.raises(ProviderUnavailable):
            call(PubSub("projects/vividly/subscriptions/closed"))


def test_a_fate_says_whether_a_message_may_be_acknowledged():
    assert [fate for fate in Fate if fate.settled] == [Fate.RECORDED, Fate.DEAD_LETTERED]


def test_a_dead_message_of_one_key_is_buried_once_by_two_bridges_at_a_time(own_desk: Desk):
    message = Message(subscription="s", message_id="1", published="", data=json.dumps(["bad"]).encode())
    threads = [threading.Thread(target=own_desk.intake().take, args=(message,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(own_desk.dead()) == 1
