"""The queue on the command line, for people and for machines."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.domain import Lesson, Status
from pipeline.testing import FakeWiring
from pipeline.work import serve


@pytest.fixture
def wiring(settings: Settings) -> FakeWiring:
    return FakeWiring(settings)


@pytest.fixture
def say(wiring: FakeWiring, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """What a verb answers in JSON."""

    def said(*words: str) -> Any:
        assert main([*words, "--json"], wire=lambda _: wiring) == 0
        return json.loads(capsys.readouterr().out)

    return said


def test_what_is_submitted_is_listed_as_it_stands(wiring: FakeWiring, say: Callable[..., Any]):
    request_id = say("submit", "Explain Newton's third law", "--modalities", "text", "--key", "k")["request_id"]
    assert say("submit", "Something else", "--key", "k") == {"request_id": request_id}
    (waiting,) = say("requests")
    assert (waiting["status"], waiting["stage"], waiting["attempts"], waiting["stages"]) == ("pending", None, 0, [])
    serve(request_id, wiring.open_house(), wiring.record)
    (made,) = say("requests", "--id", request_id)
    assert set(made) == {"request_id", "status", "stage", "attempts", "cost_usd", "created_at", "finished_at", "stages"}
    assert made["status"] == Status.COMPLETED and made["attempts"] == 1 and float(made["cost_usd"]) > 0
    assert made["stages"][0] == {"stage": "nlu", "status": "completed", "attempts": 1,
                                 "billed_usd": made["stages"][0]["billed_usd"]}
    assert sum(float(stage["billed_usd"]) for stage in made["stages"]) == pytest.approx(float(made["cost_usd"]))
    assert say("requests", "--status", "failed") == []


def test_workers_and_dead_letters_are_listed_and_settled(wiring: FakeWiring, say: Callable[..., Any]):
    request_id = say("submit", "Explain Newton's third law")["request_id"]
    assert say("workers") == [] and say("dead-letters") == []
    wiring.record.enrol("w", host="h", machine="m", pid=1, version="0", queues=["text"], concurrency=1)
    taken = wiring.record.begin(request_id, "w")
    assert taken is not None
    (worker,) = say("workers")
    assert worker["worker_id"] == "w" and worker["doing"][0]["request_id"] == request_id
    lesson = {"request_id": request_id, "status": "failed", "reason": "x"}
    wiring.record.finish(Lesson.model_validate(lesson), {}, "x", lease=taken.lease, dead=True)
    (dead,) = say("dead-letters")
    assert dead["reason"] == "x" and dead["request_id"] == request_id
    assert say("dead-letters", "--replay", str(dead["dead_id"])) == []
    assert say("requests")[0]["status"] == "pending"


@pytest.mark.parametrize("words", [
    ("requests", "--id", "nobody"), ("dead-letters", "--replay", "7"), ("submit", "Why"),
    ("worker", "--queues", "text,films"), ("worker", "--concurrency", "0"),
    ("submit", "Explain Newton's third law", "--priority", "999"),
])
def test_what_cannot_be_is_a_sentence(wiring: FakeWiring, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    assert main(words, wire=lambda _: wiring) == 2
    error = capsys.readouterr().err
    assert error.startswith("Bad request: ") and "Traceback" not in error
