"""The stream of events: whole, resumable, and at an end when there is nothing more to say."""

import json
import threading
from typing import Any

import pytest

from pipeline.domain import Lesson, Status
from pipeline.tables import EventKind
from pipeline.testing import FakeWiring
from tests.api.conftest import REQUESTS, Desk, problem
from tests.api.test_requests import NEWTON


def told(text: str) -> list[dict[str, Any]]:
    """The events of a stream; each must be whole, and its name and id those of its data."""
    events = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in lines:
            said = json.loads(lines["data"])
            assert (lines["id"], lines["event"]) == (str(said["event_id"]), said["kind"])
            events.append(said)
    return events


def test_a_stream_tells_everything_from_the_beginning_to_the_end(desk: Desk):
    request_id = desk.made(**NEWTON)
    answer = desk.get(f"{REQUESTS}/{request_id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream") and answer.headers["cache-control"] == "no-store"
    kinds = [event["kind"] for event in told(answer.text)]
    assert (kinds[0], kinds[1], kinds[-1]) == ("accepted", "taken", "decided")
    assert kinds.count("stage_started") == 4
    assert [event["event_id"] for event in told(answer.text)] == [
        event.event_id for event in desk.wiring.record.events(request_id)]


def test_a_reader_that_lost_the_line_goes_on_after_its_last_event(desk: Desk):
    path = f"{REQUESTS}/{desk.made(**NEWTON)}/events"
    whole = told(desk.get(path).text)
    for number, event in enumerate(whole[:-1]):
        rest = desk.get(path, headers={"Last-Event-ID": str(event["event_id"])})
        assert told(rest.text) == whole[number + 1:]
    assert desk.get(path, headers={"Last-Event-ID": str(whole[-1]["event_id"])}).status_code == 204


def test_a_stream_of_a_waiting_request_goes_on_until_it_is_decided(desk: Desk):
    request_id, record = desk.ask(**NEWTON), desk.wiring.record

    def work() -> None:
        record.begin(request_id)
        record.finish(Lesson(request_id=request_id, status=Status.OUT_OF_SCOPE, reason="No."), {})

    late = threading.Timer(1.0, work)
    late.start()
    kinds = [event["kind"] for event in told(desk.get(f"{REQUESTS}/{request_id}/events").text)]
    late.join()
    assert kinds == ["accepted", "taken", "decided"]


def test_a_dead_letter_is_told_to_the_end_and_a_replay_opens_the_stream_again(desk: Desk):
    request_id, record = desk.ask(**NEWTON), desk.wiring.record
    record.begin(request_id)
    record.finish(Lesson(request_id=request_id, status=Status.FAILED, reason="No."), {}, "No.", dead=True)
    path = f"{REQUESTS}/{request_id}/events"
    whole = told(desk.get(path).text)
    assert [event["kind"] for event in whole][-2:] == ["decided", "dead_lettered"]
    after_decided = {"Last-Event-ID": str(whole[-2]["event_id"])}
    assert [event["kind"] for event in told(desk.get(path, headers=after_decided).text)] == ["dead_lettered"]
    [letter] = record.dead_letters()
    desk.wiring.queue.replay(letter.dead_id)
    record.begin(request_id)
    record.finish(Lesson(request_id=request_id, status=Status.OUT_OF_SCOPE, reason="No."), {})
    kinds = [event["kind"] for event in told(desk.get(path).text)]
    assert kinds[-1] == "decided" and str(EventKind.REPLAYED) in kinds


@pytest.mark.parametrize("said", ["", "-1", "x", "1.0", "9" * 30, "1 OR 1=1", "٣"])
def test_what_is_no_event_is_refused(calm: Desk, said: str):
    request_id = calm.ask(student_id=f"last-{said!r}")
    answer = calm.get(f"{REQUESTS}/{request_id}/events", headers={"Last-Event-ID": said.encode()})
    problem(answer, 422, "Last-Event-ID")


def test_a_stream_whose_database_goes_away_ends_and_can_be_resumed(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    request_id, record = desk.made(**NEWTON), desk.wiring.record
    whole, asked = record.events(request_id), []

    def events(request_id: str, after: int = 0, *, limit: int = 500) -> object:
        asked.append(after)
        if len(asked) == 3:
            raise OSError("The database is away.")
        return [event for event in whole if event.event_id > after][:3]

    monkeypatch.setattr(record, "events", events)
    assert isinstance(desk.wiring, FakeWiring)
    path = f"{REQUESTS}/{request_id}/events"
    first = told(desk.get(path).text)
    assert len(first) == 3
    rest = told(desk.get(path, headers={"Last-Event-ID": str(first[-1]["event_id"])}).text)
    assert [event["event_id"] for event in first + rest] == [event.event_id for event in whole]
