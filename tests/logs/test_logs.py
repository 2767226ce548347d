"""Lines of JSON: what they say, what they never say, how many are kept, and how those of one request are found again."""

import json
import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.logs import Entry, about, emit, lines, log_to, parse, reading

SECRET = "my dog Rex has an illness"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
logger = logging.getLogger("pipeline")


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was before, without what an API that another test served writes into a home that is gone."""
    level, hooks = logger.level, (sys.excepthook, threading.excepthook)
    threading.excepthook = lambda said: None
    forget_places()
    yield
    sys.excepthook, threading.excepthook = hooks
    logger.setLevel(level)
    forget_places()


@pytest.fixture
def home(tmp_path: Path, restored: None) -> Path:
    """A home whose log this process writes."""
    log_to(tmp_path, "worker")
    return tmp_path


def forget_places() -> None:
    for handler in [handler for handler in logger.handlers if isinstance(handler.formatter, lines.JsonLine)]:
        logger.removeHandler(handler)
        if isinstance(handler, emit.LineFile):
            handler.close()


def written(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "logs" / "worker.jsonl").read_text().splitlines()]


def entries(home: Path) -> Sequence[Entry]:
    return parse((home / "logs" / "worker.jsonl").read_bytes(), source="worker.jsonl").entries


def say(request_id: str, message: str = "stage finished", **facts: object) -> None:
    logger.info(message, extra={"action": "stage_finished", "request_id": request_id, **facts})


def test_a_line_has_the_fields_that_every_line_has_in_the_form_of_cloud_logging(home: Path) -> None:
    say("r1", stage="nlu", seconds=0.5)
    (line,) = written(home)
    labels = line["logging.googleapis.com/labels"]
    varying = {"timestamp", "worker", "execution", *(name for name in line if name.startswith("logging.googleapis.com/"))}
    assert {name: value for name, value in line.items() if name not in varying} == {
        "severity": "INFO", "message": "stage finished", "action": "stage_finished", "request_id": "r1", "correlation_id": "",
        "stage": "nlu", "version": "0.1.0", "resource": {"type": "generic_task", "labels": {"job": "worker"}}, "seconds": 0.5}
    assert str(line["timestamp"]).endswith("Z") and datetime.fromisoformat(str(line["timestamp"]))
    assert str(line["worker"]).count("-") and str(line["execution"]).startswith("worker-2")
    assert labels == {"program": "worker", "version": "0.1.0", "execution": line["execution"]}


def test_what_is_written_is_read_as_it_was_meant(home: Path) -> None:
    say("r1", stage="nlu", correlation_id="req_1")
    (line,), (entry,) = written(home), entries(home)
    assert (entry.id, entry.request_id, entry.correlation_id, entry.stage, entry.action, entry.job) == (
        line["logging.googleapis.com/insertId"], "r1", "req_1", "nlu", "stage_finished", "worker")
    assert (entry.version, entry.execution, entry.worker) == (line["version"], line["execution"], line["worker"])
    assert entry.at == pytest.approx(datetime.fromisoformat(str(line["timestamp"])).timestamp())


def test_lines_of_one_request_share_a_trace_and_no_two_lines_an_id(home: Path) -> None:
    say("r1")
    say("r1")
    say("r2")
    one, two, other = written(home)
    trace, name = "logging.googleapis.com/trace", "logging.googleapis.com/insertId"
    assert one[trace] == two[trace] != other[trace] and len({str(line[name]) for line in (one, two, other)}) == 3


def test_the_same_line_has_the_same_id_wherever_it_is_written() -> None:
    formatter, record = lines.JsonLine("worker", env={}), logging.makeLogRecord({"msg": "x"})
    assert formatter.format(record) == formatter.format(record)


@pytest.mark.parametrize(("env", "version", "execution", "resource"), [
    ({"VIVIDLY_COMMIT": "85cffd8aaaaaaaaaaaaaaaa"}, "0.1.0+85cffd8aaaaa", None, "generic_task"),
    ({"CLOUD_RUN_JOB": "dev-worker", "CLOUD_RUN_EXECUTION": "dev-worker-x1"}, "0.1.0", "dev-worker-x1", "cloud_run_job"),
    ({"K_SERVICE": "dev-api", "K_REVISION": "dev-api-00042"}, "0.1.0+dev-api-00042", None, "cloud_run_revision"),
])
def test_who_writes_is_told_by_the_platform(env: dict[str, str], version: str, execution: str | None, resource: str) -> None:
    line = json.loads(lines.JsonLine("worker", env=env).format(logging.makeLogRecord({"msg": "x"})))
    assert (line["version"], line["resource"]["type"]) == (version, resource)
    assert execution is None or line["execution"] == execution


@pytest.mark.parametrize("said", [
    "postgresql://vividly:hunter22@db/x", "Bearer abcdefgh.hunter22", "GET /file?token=hunter22&x=1", "?X-Goog-Signature=hunter22",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.hunter22",
])
def test_secrets_are_left_out(said: str) -> None:
    for formatter in (lines.JsonLine("worker", env={}), lines.PlainLine()):
        told = formatter.format(logging.makeLogRecord({"msg": f"calling {said} now"}))
        assert "hunter22" not in told and "calling" in told and "now" in told
    kept = json.loads(lines.JsonLine("worker", env={}).format(logging.makeLogRecord({"msg": "x", "api_token": "hunter22"})))
    assert kept["api_token"] == "…"


def raised() -> logging.LogRecord:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as first:
            raise ValueError(SECRET) from first
    except ValueError as fault:
        return logger.makeRecord("pipeline", logging.ERROR, "", 0, "request failed", (), (type(fault), fault, fault.__traceback__))


def test_a_chain_of_faults_is_read_back_as_a_traceback_without_words() -> None:
    line = lines.JsonLine("worker", env={}).format(raised())
    (entry,) = parse(line.encode(), source="x").entries
    first, last = entry.trace.split("\n\nThe above exception was the direct cause of the following exception:\n\n")
    assert first.startswith("Traceback (most recent call last):\n  File \"tests/logs/test_logs.py\", line ")
    assert first.endswith("in raised\nKeyError") and last.endswith("in raised\nValueError") and SECRET not in entry.trace


def test_the_terminal_tells_as_little_and_its_lines_are_read_likewise() -> None:
    told = lines.PlainLine().format(raised())
    (entry,) = parse(told.encode(), source="x").entries
    assert (entry.severity, entry.message, entry.logger) == ("ERROR", "request failed", "pipeline")
    assert entry.trace.endswith("in raised\nValueError") and SECRET not in told


def test_words_are_told_at_debug_and_where_they_speak_of_code_only(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = ImportError("cannot import name 'monitoring_v3' from 'google.cloud'")
    record = logging.makeLogRecord({"name": "pipeline", "msg": "x", "exc_info": (ImportError, missing, None)})
    assert "monitoring_v3" in lines.JsonLine("worker", env={}).format(record)
    monkeypatch.setattr(logger, "level", logging.DEBUG)
    logger.manager._clear_cache()
    assert SECRET in lines.JsonLine("worker", env={}).format(raised())


def test_a_message_that_is_no_text_of_unicode_is_written_all_the_same(home: Path) -> None:
    say("r1", "half a sign \ud83d")
    assert "half a sign" in str(written(home)[0]["message"])


def test_to_standard_output_goes_the_same_line_and_the_terminal_is_quiet_then(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], restored: None) -> None:
    log_to(tmp_path, "api", places=("file", "stdout"))
    say("r1")
    assert capsys.readouterr().out == (tmp_path / "logs" / "api.jsonl").read_text()


def test_what_nobody_caught_is_told(home: Path) -> None:
    def fall() -> None:
        raise ValueError(SECRET)
    thread = threading.Thread(target=fall)
    thread.start()
    thread.join()
    (line,) = written(home)
    assert line["action"] == "thread_crashed" and line["fault"] == "ValueError" and SECRET not in json.dumps(line)


def test_lines_of_an_older_version_are_found_too(home: Path) -> None:
    (home / "logs" / "worker.jsonl").write_text(
        '{"time": "2026-11-01T10:00:00.000+00:00", "severity": "INFO", "message": "old", "request_id": "r1", "worker": "w"}\n')
    say("r1", "new")
    assert [line.message for line in about(home, "r1", since=LONG_AGO).lines] == ["old", "new"]


def test_a_fault_is_told_by_kind_and_place_and_never_by_its_words(home: Path) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as fault:
        logger.error("request failed", exc_info=fault, extra={"request_id": "r1"})
    (line,) = written(home)
    assert line["fault"] == "ValueError" and "test_logs.py" in str(line["at"]) and SECRET not in json.dumps(line)


def test_a_second_wish_writes_no_line_twice(home: Path) -> None:
    log_to(home, "worker")
    say("r1")
    assert len(written(home)) == 1


def test_the_oldest_files_go(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (handler,) = [handler for handler in logger.handlers if isinstance(handler, emit.LineFile)]
    handler.maxBytes = 2000
    for number in range(100):
        say("r1", count=number)
    kept = sorted(path.name for path in (home / "logs").glob("*.jsonl*") if path.suffix != ".lock")
    assert kept == ["worker.jsonl", "worker.jsonl.1", "worker.jsonl.2", "worker.jsonl.3", "worker.jsonl.4"]
    found = about(home, "r1", since=LONG_AGO)
    assert found.lines[-1].facts == "count=99" and found.files[0] == "worker.jsonl" and found.whole


def test_processes_that_share_a_file_turn_it_over_once(home: Path) -> None:
    path = home / "logs" / "worker.jsonl"
    ones, others = emit.LineFile(path), emit.LineFile(path)
    record = logging.makeLogRecord({"msg": "x" * 300})
    for handler in (ones, others):
        handler.maxBytes = 1000
    for _ in range(4):
        ones.emit(record)
        others.emit(record)
    lines = [line for file in (home / "logs").glob("*.jsonl*") if file.suffix != ".lock" for line in file.read_text().splitlines()]
    assert len(lines) == 8
    assert {file.name for file in (home / "logs").glob("*.jsonl.[0-9]")} <= {f"worker.jsonl.{n}" for n in (1, 2, 3, 4)}
    for handler in (ones, others):
        handler.close()


def test_only_the_lines_of_the_request_are_found_oldest_first(home: Path) -> None:
    hostile = 'r"1\\ü'
    say(hostile, stage="nlu")
    say("other", f"quotes {hostile}")
    say(hostile, stage="script")
    with (home / "logs" / "worker.jsonl").open("a") as file:
        file.write('{"request_id": "r\\"1\\\\ü", "time": "never"}\n{"request_id": "r\\"1\\\\ü", "mess')
    found = about(home, hostile, since=LONG_AGO)
    assert [line.stage for line in found.lines] == ["nlu", "script"] and found.whole


def test_files_that_ended_before_the_request_was_asked_are_not_opened(home: Path) -> None:
    say("r1")
    found = about(home, "r1", since=datetime.now(UTC) + timedelta(hours=1))
    assert (found.lines, found.files, found.whole) == ((), (), True)
    assert about(home / "nowhere", "r1", since=LONG_AGO).files == ()


def test_more_than_can_be_read_in_a_moment_is_left_out_and_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        say("r1")
    monkeypatch.setattr(reading, "MOST_LINES", 3)
    found = about(home, "r1", since=LONG_AGO)
    assert len(found.lines) == 3 and not found.whole
    monkeypatch.setattr(reading, "MOST_BYTES", 10)
    assert about(home, "r1", since=LONG_AGO).whole is False
