"""`python -m pipeline errors`: of files it keeps nothing; what it counts adds up; what a log says is never believed."""

import json
from pathlib import Path

import pytest

from pipeline.__main__ import main
from tests.deployments.story import DEPLOYS, JOB, as_entries, as_text, story

KEYS = ["fingerprint", "title", "state", "count", "first_seen", "last_seen", "sample_ids", "line_ids", "unmasked_by", "fixed_in",
        "runbook"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIVIDLY_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "home"


def told(capsys: pytest.CaptureFixture[str], *args: str | Path) -> dict:
    assert main(["errors", "--json", *map(str, args)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["groups", "lines", "errors", "unparsed"]
    assert sum(group["count"] for group in found["groups"]) == found["errors"]
    for group in found["groups"]:
        assert list(group) == KEYS and len(group["line_ids"]) == group["count"]
        assert set(group["sample_ids"]) <= set(group["line_ids"])
    return found


@pytest.mark.parametrize("as_file", [as_text, as_entries])
def test_the_story_of_three_builds(as_file, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log, deploys = tmp_path / "worker.log", tmp_path / "deploys.json"
    log.write_bytes(as_file(story()))
    deploys.write_text(json.dumps([{**deploy.model_dump(mode="json", include={"build", "commit", "image", "at"}), "service": JOB}
                                   for deploy in DEPLOYS]))
    found = told(capsys, "--logs", log, "--deploys", deploys)
    assert {group["state"] for group in found["groups"]} == {"resolved"}  # each by its build
    groups = sorted(found["groups"], key=lambda group: group["first_seen"])
    assert [group["count"] for group in groups] == [3, 3, 3]
    assert [group["fixed_in"] for group in groups] == [deploy.build for deploy in DEPLOYS]
    assert [group["unmasked_by"] for group in groups] == [None, groups[0]["fingerprint"], groups[1]["fingerprint"]]
    assert {group["runbook"] for group in groups} == {"fix-sqlalchemy-mapper-error"}
    assert not home.exists()


def test_ids_say_where_the_lines_stand(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = tmp_path / "a.log"
    log.write_text("2025-11-04 00:44:21,728 - __main__ - INFO - Worker stopped\n"
                   "2025-11-04 00:44:22,728 - __main__ - ERROR - Worker crashed: no films left\n"
                   "Traceback (most recent call last):\n  File \"/app/app/w.py\", line 3, in run\n    go()\nOSError: no films left\n"
                   "2025-11-04 03:44:23,000 - __main__ - ERROR - Worker crashed: no films left\n")
    found = told(capsys, "--logs", log)
    assert (found["lines"], found["errors"], found["groups"][0]["state"]) == (3, 2, "new")
    assert found["groups"][0]["line_ids"] == [f"{log}:2", f"{log}:7"]
    assert told(capsys, "--logs", log, "--since", "1h")["errors"] == 1
    assert told(capsys, "--logs", log, "--since", "2025-11-05")["errors"] == 0
    assert told(capsys, "--logs", log, "--since", "7d")["errors"] == 2


def test_a_log_cannot_speak_to_the_terminal(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = tmp_path / "a.log"
    log.write_text("2025-11-04 00:44:22,728 - __main__ - ERROR - Worker crashed: no \x1b]0;owned\x07 [link=x]film[/link]\x9b31m left\n")
    assert main(["errors", "--logs", str(log)]) == 0
    out = capsys.readouterr().out
    assert "[link=x]film[/link]" in out and not {"\x1b", "\x07", "\x9b"} & set(out)
    assert "1 groups; 1 errors in 1 lines" in out


def test_what_was_pulled_is_told_without_files(home: Path, capsys: pytest.CaptureFixture[str]):
    (home / "logs").mkdir(parents=True)
    (home / "logs" / "worker.jsonl").write_text(
        '{"severity": "ERROR", "timestamp": "2025-11-04T00:44:22Z", "message": "Worker crashed: no films left"}\n')
    assert main(["logs", "pull", "--processes", "0"]) == 0
    capsys.readouterr()
    assert told(capsys)["errors"] == 1 and told(capsys, "--since", "1h")["errors"] == 0


@pytest.mark.parametrize(("args", "says"), [
    (("--deploys", "x.json"), "goes with --logs"), (("--since", "soon"), "is no time"), (("--logs", "missing.log"), "is not there"),
])
def test_a_mistake_is_told_in_one_sentence(args, says, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["errors", *args]) in (1, 2)
    assert says in capsys.readouterr().err
