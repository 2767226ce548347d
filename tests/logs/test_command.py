"""`logs pull | tail | query` from the command line, over a real home."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.commands import since
from pipeline.config import ROOT
from pipeline.errors import BadRequest


def line(message: str, *, minutes: float = 0, severity: str = "INFO", **more: object) -> str:
    at = datetime.now(UTC) - timedelta(minutes=minutes)
    return json.dumps({"severity": severity, "timestamp": at.isoformat(), "message": message, **more}) + "\n"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIVIDLY_HOME", str(tmp_path))
    monkeypatch.delenv("VIVIDLY_LOG_PROJECT", raising=False)
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs" / "worker.jsonl"


def said(capsys: pytest.CaptureFixture[str], *args: str, code: int = 0) -> str:
    assert main(["logs", *args]) == code
    return capsys.readouterr().out


def test_a_query_shows_the_newest_first_within_its_freshness(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.write_text(line("old sqlalchemy", minutes=30, severity="ERROR") + line("new sqlalchemy", minutes=2, severity="ERROR")
                   + line("newest sqlalchemy", minutes=1, severity="ERROR") + line("calm sqlalchemy"))
    wanted = ("query", 'severity>=ERROR "sqlalchemy"', "--freshness", "5m")
    assert [row.split()[-2] for row in said(capsys, *wanted).splitlines()] == ["newest", "new"]
    told = json.loads(said(capsys, *wanted, "--format", "json", "--order", "asc"))
    assert [row["message"] for row in told] == ["new sqlalchemy", "newest sqlalchemy"]
    assert said(capsys, *wanted, "--limit", "1").count("\n") == 1


def test_a_query_searches_files_also_compressed_dumps(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dump = tmp_path / "dump.json"
    dump.write_text(json.dumps([{"insertId": "i", "timestamp": "2025-11-04T00:44:21Z", "textPayload": "COST SAVINGS"}], indent=2))
    assert "COST SAVINGS" in said(capsys, "query", '"cost savings" timestamp>"2025-01-01"', "--source", str(dump))
    assert said(capsys, "query", "cost", "--source", str(dump)) == ""  # older than a day


def test_what_lines_say_does_not_move_the_terminal(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.write_text(line("red \x1b]0;title\x07 \u202e back \r over"))
    shown = said(capsys, "query", "red")
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(shown) and "\\r over" in shown


def test_the_tail_is_the_newest_lines_oldest_first(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.with_name("worker.jsonl.1").write_text("".join(line(f"line {number}", minutes=60 - number) for number in range(5)))
    os.utime(log.with_name("worker.jsonl.1"), (1, 1))
    log.write_text(line("line 5", minutes=5) + line("line 6", minutes=4))
    assert [row.split()[-1] for row in said(capsys, "tail", "-n", "3").splitlines()] == ["4", "5", "6"]
    assert said(capsys, "tail", "-n", "0") == ""


def test_a_tail_follows_what_is_written(log: Path) -> None:
    log.write_text(line("before"))
    process = subprocess.Popen([sys.executable, "-m", "pipeline", "logs", "tail", "-f", "-n", "1", "wanted OR before"], cwd=ROOT,
                               stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline().endswith("before\n")
        with log.open("a") as file:
            file.write(line("not this") + line("wanted"))
        assert process.stdout.readline().endswith("wanted\n")
    finally:
        process.terminate()
        process.wait(20)


def test_a_pull_brings_each_line_once(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.write_text(line("fine") + line("ValueError: no", severity="ERROR") + '{"cut\n')
    assert "home: 3 lines, 1 errors, 1 unparsed; 1 new groups." in said(capsys, "pull", "--processes", "0")
    assert "home: 0 lines" in said(capsys, "pull", "--processes", "0")
    other = tmp_path / "other.log"
    other.write_text("2025-11-04 00:44:21,728 - __main__ - ERROR - Worker crashed: x\n")
    told = json.loads(said(capsys, "pull", "--processes", "0", "--json", "--source", str(other), "--source", "home"))
    assert {name.partition(":")[0]: pulled["errors"] for name, pulled in told.items()} == {"files": 1, "home": 0}


def test_a_first_pull_may_begin_at_a_time_and_later_ones_leave_no_gap(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.write_text(line("old", minutes=90) + line("new"))
    assert "home: 1 lines" in said(capsys, "pull", "--since", "1h", "--processes", "0")
    with log.open("a") as file:
        file.write(line("came while nobody pulled", minutes=80))
    assert "home: 1 lines" in said(capsys, "pull", "--since", "1h", "--processes", "0")


def test_mistakes_are_told(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for args, why in ((("query", "severity>=BAD"), "at character 11"), (("query", "--limit", "0"), "--limit"),
                      (("query", "--freshness", "soon"), "24h"), (("tail", "-n", "-1"), "--lines"),
                      (("pull", "--processes", "-1"), "--processes")):
        assert main(["logs", *args]) == 2 and why in capsys.readouterr().err
    assert main(["logs", "query", "x", "--source", "/nowhere.log"]) == 1 and "is not there" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "seconds"), [("5m", 300), ("24h", 86400), ("7d", 604800), ("1.5h", 5400), ("30s", 30)])
def test_so_long_ago_is_a_moment(given: str, seconds: float) -> None:
    moment = since("--since", given)
    assert moment is not None and time.time() - moment.timestamp() == pytest.approx(seconds, abs=60)


def test_a_day_and_a_moment_are_taken_as_utc_and_nonsense_is_refused() -> None:
    assert since("--since", "2026-11-01") == datetime(2026, 11, 1, tzinfo=UTC) == since("--since", "2026-11-01T01:00:00+01:00")
    assert since("--since", None) is None
    with pytest.raises(BadRequest, match="--since"):
        since("--since", "99999999999999d")
