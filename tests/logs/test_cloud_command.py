"""`logs pull` and `logs query` from the command line, with Cloud Logging's stand-in behind Google's own client."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main
from pipeline.commands import logs
from pipeline.testing.cloud_faults import quota, refusal
from tests.logs.cloud import Sky, line

JOB = {"type": "cloud_run_job", "labels": {"job_name": "dev-vividly-content-worker"}}
TRACE = ["2027-01-15 07:59:40,000 - app.worker - ERROR - Request failed: name 'time' is not defined",
         "Traceback (most recent call last):", '  File "/app/app/worker.py", line 3, in run', "    go()",
         "NameError: name 'time' is not defined"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(sky: Sky, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command of an empty installation, whose project is the stand-in's: its code, and what it printed."""
    sky.clock.now = time.time()
    monkeypatch.setenv("VIVIDLY_HOME", str(tmp_path))
    monkeypatch.setenv("VIVIDLY_LOG_PROJECT", "vividly-test")
    monkeypatch.setenv("VIVIDLY_LOG_ENDPOINT", sky.address)

    def ran(*argv: str) -> tuple[int, str, str]:
        code = main(["logs", *argv])
        return code, *capsys.readouterr()

    return ran


def pulled(run: Run) -> dict[str, Any]:
    """What a pull of the cloud says that it brought."""
    code, out, err = run("pull", "--source", "cloud", "--processes", "0", "--json")
    assert code == 0, err
    return json.loads(out)["cloud:vividly-test"]


def fill(sky: Sky) -> None:
    """Twenty quiet lines and a traceback that came line by line, of the last hour."""
    now = sky.clock.now
    sky.cloud.put(*[line(f"i{n:02}", now - 3000 + n, f"2027-01-15 07:59:40,000 - app - INFO - quiet {n}", resource=JOB)
                    for n in range(20)])
    sky.cloud.put(*[line(f"t{n}", now - 60 + n / 1000, text, resource=JOB) for n, text in enumerate(TRACE)])


def test_a_pull_stores_what_cloud_logging_has_once(sky: Sky, run: Run):
    fill(sky)
    first, again = pulled(run), pulled(run)
    assert (first["lines"], first["errors"], first["unparsed"], len(first["new_groups"])) == (21, 1, 0, 1)
    assert (again["lines"], again["errors"], again["new_groups"]) == (0, 0, [])


def test_a_pull_that_was_refused_or_had_to_wait_goes_on(sky: Sky, run: Run):
    fill(sky)
    sky.cloud.faults.append(refusal(403))
    code, _, err = run("pull", "--source", "cloud", "--processes", "0")
    assert code == 1 and "roles/logging.viewer" in err and err.count("\n") == 1
    sky.cloud.faults.append(quota("0.2s"))
    assert pulled(run)["lines"] == 21


def test_a_query_is_asked_of_cloud_logging_in_its_own_language(sky: Sky, run: Run):
    fill(sky)
    code, out, err = run("query", 'resource.labels.job_name="dev-vividly-content-worker" "quiet 7"', "--source", "cloud",
                         "--format", "json")
    assert code == 0, err
    assert [entry["message"] for entry in json.loads(out)] == ["quiet 7"]


@pytest.mark.parametrize(("name", "value"), [("VIVIDLY_LOG_PROJECT", ""), ("VIVIDLY_LOG_ENDPOINT", "http://logs.example.com")])
def test_what_is_missing_in_the_settings_is_said_in_one_sentence(
        run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    monkeypatch.setenv(name, value)
    code, _, err = run("pull", "--source", "cloud")
    assert code == 1 and name in err and err.count("\n") == 1


def test_a_tail_of_cloud_logging_shows_the_newest_and_then_each_new_line_once(sky: Sky, run: Run, monkeypatch: pytest.MonkeyPatch):
    fill(sky)
    looks = iter(range(4))

    def rest(_: float) -> None:
        number = next(looks, None)
        if number is None:
            raise KeyboardInterrupt
        sky.clock.now += 5
        if number < 3:  # then a look that brings nothing
            sky.cloud.put(line(f"new{number}", sky.clock.now - 1, f"new {number}", resource=JOB))

    monkeypatch.setattr(logs, "sleep", rest)  # only its own: other threads sleep too
    code, out, err = run("tail", "--source", "cloud", "-n", "2", "-f", '"new" OR "quiet"')
    assert code == 130 and err == "Stopped.\n"
    assert [row.split("  ")[-1] for row in out.splitlines()] == ["quiet 18", "quiet 19", "new 0", "new 1", "new 2"]
