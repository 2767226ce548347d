"""Lines of JSON: what they say, what they never say, how many are kept, and how those of one request are found again."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.logs import about, emit, log_to, reading

SECRET = "my dog Rex has an illness"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
logger = logging.getLogger("pipeline")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose log this process writes."""
    level = logger.level
    forget_files()  # an API that another test served writes into a home that is gone
    log_to(tmp_path, "worker")
    yield tmp_path
    logger.setLevel(level)
    forget_files()


def forget_files() -> None:
    for handler in [handler for handler in logger.handlers if isinstance(handler, emit.LineFile)]:
        logger.removeHandler(handler)
        handler.close()


def written(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / "logs" / "worker.jsonl").read_text().splitlines()]


def say(request_id: str, message: str = "stage finished", **facts: object) -> None:
    logger.info(message, extra={"action": "stage_finished", "request_id": request_id, **facts})


def test_a_line_has_the_fields_that_every_line_has(home: Path) -> None:
    say("r1", stage="nlu", seconds=0.5)
    (line,) = written(home)
    assert line | {"time": "", "worker": ""} == {
        "time": "", "severity": "INFO", "message": "stage finished", "action": "stage_finished", "request_id": "r1",
        "stage": "nlu", "worker": "", "version": "0.1.0", "seconds": 0.5}
    assert datetime.fromisoformat(str(line["time"])).tzinfo and str(line["worker"]).count("-")


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
