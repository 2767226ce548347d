"""Writing to Cloud Logging: what arrives, and what happens to whoever logs while it does not answer."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.errors import OperatorError, ProviderUnavailable
from pipeline.logs.cloud import Cloud, handler
from pipeline.logs.cloud_handler import CloudHandler
from pipeline.logs.cloud_service import Patience, Refused
from pipeline.logs.lines import JsonLine
from pipeline.testing.cloud_faults import CUT, GARBAGE, LOST_ANSWER, Fault, quota, refusal
from tests.logs.cloud import Keeper, Sky

QUICK = Patience(answer_seconds=1.0, first_seconds=0.001, longest_seconds=0.004)


class Gate:
    """A service that answers when it is let; until then `fault` is raised, or whoever calls hangs."""

    project = "vividly-test"

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.open, self.reached = threading.Event(), threading.Event()
        self.written: list[Mapping[str, Any]] = []

    def call(self, verb: str, body: Mapping[str, Any], *, seconds: float) -> Mapping[str, Any]:
        self.reached.set()
        if self.fault and not self.open.is_set():
            raise self.fault
        self.open.wait(20)
        self.written += body["entries"]
        return {}

    @property
    def messages(self) -> list[str]:
        return [entry.get("textPayload") or entry["jsonPayload"]["message"] for entry in self.written]


@contextmanager
def logging_to(service: Any, **options: Any) -> Iterator[tuple[logging.Logger, CloudHandler, list[str]]]:
    """A logger of its own, its handler, and what the handler says."""
    said: list[str] = []
    sent = CloudHandler(service, "worker", patience=QUICK, say=said.append, **options)
    logger = logging.Logger("tests.cloud")
    logger.addHandler(sent)
    try:
        yield logger, sent, said
    finally:
        sent.close()


def test_what_is_written_can_be_read_again(sky: Sky):
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, said):
        sent.setFormatter(JsonLine("worker", project="vividly-test"))
        logger.warning("stage failed", extra={"action": "stage_failed", "request_id": "r1", "stage": "tts"})
        sent.flush()
        assert (sent.dropped, said) == (0, [])
    raw = sky.cloud.entries[0]
    assert raw["resource"]["labels"]["job"] == "worker" and raw["logName"] == "projects/vividly-test/logs/vividly"
    sky.clock.now = sky.clock.now + 10 * 365 * 86_400  # what was written has the time of this machine
    entry = Keeper().pull(sky.reading(since=datetime(2020, 1, 1, tzinfo=UTC))).entries[0]
    assert (entry.severity, entry.message, entry.action) == ("WARNING", "stage failed", "stage_failed")
    assert (entry.request_id, entry.stage) == ("r1", "tts") and entry.id == raw["insertId"]


def test_the_fields_that_belong_to_an_entry_are_lifted_out_of_its_line(sky: Sky):
    said = {"severity": "ERROR", "time": "2027-01-15T08:00:00Z", "message": "m", "logging.googleapis.com/insertId": "own",
            "logging.googleapis.com/labels": {"stage": "nlu"}, "logging.googleapis.com/trace": "projects/p/traces/t", "cost": 2}
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, _):
        logger.error(json.dumps(said))
        sent.flush()
    entry = sky.cloud.entries[0]
    assert (entry["insertId"], entry["timestamp"], entry["severity"]) == ("own", "2027-01-15T08:00:00Z", "ERROR")
    assert (entry["labels"], entry["trace"]) == ({"stage": "nlu"}, "projects/p/traces/t")
    assert entry["jsonPayload"] == {"message": "m", "cost": 2}


@pytest.mark.parametrize(("env", "kind", "labels"), [
    ({}, "generic_task", {"job": "worker", "location": "global", "namespace": "vividly", "task_id": "0"}),
    ({"CLOUD_RUN_JOB": "content-worker", "CLOUD_RUN_TASK_INDEX": "3"}, "cloud_run_job", {"job_name": "content-worker"}),
    ({"K_SERVICE": "api", "K_REVISION": "api-7"}, "cloud_run_revision", {"service_name": "api", "revision_name": "api-7"}),
])
def test_an_entry_is_of_the_resource_that_its_line_names(sky: Sky, env: dict[str, str], kind: str, labels: dict[str, str]):
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, _):
        sent.setFormatter(JsonLine("worker", env=env))
        logger.info("hello")
        sent.flush()
    resource = sky.cloud.entries[0]["resource"]
    assert (resource["type"], resource["labels"]) == (kind, {**labels, "project_id": "vividly-test"})


@pytest.mark.parametrize("said", ["no JSON", "[1]", "{", '{"message": NaN}', "\ud800", "\x00",
                                  '{"message": "m", "resource": {"type": [1], "labels": 7}}', '{"resource": 7, "severity": []}'])
def test_any_text_can_be_written(sky: Sky, said: str):
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, _):
        logger.info(said)
        sent.flush()
        assert (len(sky.cloud.entries), sent.dropped) == (1, 0)


@pytest.mark.parametrize("fault", [quota("0.001s"), refusal(500), refusal(503), GARBAGE, CUT, Fault(body=b"7"), refusal(403)])
def test_lines_are_sent_again_until_they_are_taken(sky: Sky, fault: Fault):
    sky.cloud.faults.extend([fault, fault])
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, said):
        for number in range(5):
            logger.info("line %d", number)
        sent.flush()
        assert sorted(e["textPayload"] for e in sky.cloud.entries) == [f"line {n}" for n in range(5)]
    assert len(said) == 2 and "takes log lines again; 0 were dropped" in said[1]


def test_a_line_whose_answer_was_lost_is_one_line(sky: Sky):
    sky.cloud.faults.append(LOST_ANSWER)
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, _):
        logger.info("once")
        sent.flush()
    assert len(sky.cloud.entries) == 2  # it arrived twice
    body = {"resourceNames": ["projects/vividly-test"], "filter": '"once"'}
    assert len(sky.cloud.answer("list", body)["entries"]) == 1


@pytest.mark.parametrize("fault", [ProviderUnavailable("Cloud Logging answers 503."), OperatorError("no role"), KeyError("bug"), None])
def test_whoever_logs_goes_on_while_the_service_is_away_and_the_drops_are_counted_and_said(fault: Exception | None):
    gate = Gate(fault)
    with logging_to(gate, capacity=10, grace_seconds=5.0) as (logger, sent, said):
        logger.info("line 0")
        gate.reached.wait(5)
        for number in range(1, 30):
            logger.info("line %d", number)
        assert sent.dropped == 20
        gate.open.set()
        sent.flush()
        assert gate.messages[:10] == [f"line {n}" for n in range(10)]
        logger.info("later")
        sent.flush()
        assert {entry["jsonPayload"]["dropped"] for entry in gate.written if "jsonPayload" in entry} == {20}
        assert gate.messages.count("log lines dropped") == 1
    assert any("20 were dropped meanwhile" in line for line in said) or fault is None


def test_what_the_service_refuses_is_dropped_and_the_rest_goes_on():
    gate = Gate(Refused("Cloud Logging does not take this (400: bad).", refused=1))
    with logging_to(gate) as (logger, sent, said):
        logger.info("bad")
        sent.flush()
        gate.open.set()
        logger.info("good")
        sent.flush()
        assert (sent.dropped, gate.messages[0]) == (1, "good")
    assert said[0] == "Cloud Logging does not take this (400: bad). Log lines are dropped: 1 now."


def test_a_partly_refused_write_counts_the_lines_that_were_refused(sky: Sky):
    errors = {"@type": "type.googleapis.com/google.logging.v2.WriteLogEntriesPartialErrors",
              "logEntryErrors": {"0": {"code": 3}, "2": {"code": 3}}}
    body = json.dumps({"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT", "details": [errors]}}).encode()
    sky.cloud.faults.append(Fault(status=400, body=body))
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, _):
        logger.info("a line")
        sent.flush()
        assert sent.dropped == 2


def test_a_record_that_cannot_be_formatted_stops_nobody(sky: Sky, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, _):
        logger.info("%d", "no number")
        logger.info("fine")
        sent.flush()
    assert [entry["textPayload"] for entry in sky.cloud.entries] == ["fine"]


def test_many_lines_go_in_few_calls(sky: Sky):
    with logging_to(Cloud("vividly-test", sky.address)) as (logger, sent, _):
        for number in range(1200):
            logger.info("line %d", number)
        sent.flush()
    assert len(sky.cloud.entries) == 1200 and len(sky.cloud.asked) < 60
    assert max(len(body["entries"]) for _, body in sky.cloud.asked) <= 500


ENDING = """
import logging, sys
from pipeline.logs.cloud import handler
logger = logging.getLogger("pipeline")
sent = handler("vividly-test", sys.argv[1])
sent._grace_seconds = 0.3 if sys.argv[2] == "away" else 20
logger.addHandler(sent)
for number in range(700):
    logger.warning("line %d", number)
"""


def test_the_last_lines_of_a_process_are_sent_before_it_ends(sky: Sky):
    ended = subprocess.run([sys.executable, "-c", ENDING, sky.address, "there"], capture_output=True, text=True, timeout=120)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert len({entry["insertId"] for entry in sky.cloud.entries}) == 700


def test_a_process_ends_and_says_what_was_lost_when_the_service_is_away():
    ended = subprocess.run([sys.executable, "-c", ENDING, "http://127.0.0.1:9", "away"], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0
    assert "700 log lines were dropped" in ended.stderr and "ConnectionError" in ended.stderr


def test_without_a_project_nothing_is_written_silently():
    with pytest.raises(OperatorError, match="VIVIDLY_LOG_PROJECT"):
        handler("")


def test_the_handler_of_a_program_speaks_to_the_service(sky: Sky):
    with closing(handler("vividly-test", sky.address, program="bridge")) as sent:
        sent.handle(logging.makeLogRecord({"msg": "hello", "levelno": logging.INFO}))
        sent.flush()
    assert sky.cloud.entries[0]["resource"]["labels"]["job"] == "bridge"
