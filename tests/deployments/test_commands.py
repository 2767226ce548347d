"""`python -m pipeline deploy` and `baseline`: for people, for machines, and refused in one sentence."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.testing import FakeWiring
from tests.deployments.conftest import Office
from tests.deployments.story import BUILDS, DEPLOYS, as_text, story

LAST = BUILDS[-1][0]


@pytest.fixture
def run(desk: Office, settings: Settings, capsys: pytest.CaptureFixture[str]):
    def ran(*given: str) -> tuple[int, str, str]:
        own = replace(settings, database_url=str(desk.engine.url), database_is_default=False)
        code = main(given, wire=lambda _: FakeWiring(own))
        out = capsys.readouterr()
        return code, out.out, out.err

    return ran


@pytest.fixture
def told(desk: Office, run, tmp_path: Path):
    """The story, read and recorded from a file."""
    desk.read(as_text(story((3, 3, 3, 2))))
    path = tmp_path / "deploys.json"
    path.write_text(json.dumps([deploy.model_dump(mode="json", include={"build", "commit", "image", "at"}) for deploy in DEPLOYS]))
    assert run("deploy", "record", "--deploys", str(path))[0] == 0
    return run


def test_a_deploy_is_recorded_once(run):
    given = ("deploy", "record", "--build", "eda8fd41", "--commit", "85cffd8", "--at", "2025-11-04T02:00:00Z")
    assert run(*given)[1] == "eda8fd41 is recorded: 2025-11-04 02:00:00 UTC.\n"
    assert run(*given)[1] == "eda8fd41 was recorded before: 2025-11-04 02:00:00 UTC.\n"
    assert json.loads(run(*given, "--json")[1]) == {
        "build": "eda8fd41", "commit": "85cffd8", "image": "", "at": "2025-11-04T02:00:00Z", "service": "", "note": "",
        "recorded": False, "remark": ""}


@pytest.mark.parametrize(("given", "said"), [
    (("record", "--build", "b"), "--at: is missing"), (("record", "--at", "now"), "--build: is missing"),
    (("record", "--build", "b", "--at", "soon"), "--at: 'soon' is no time"),
    (("record", "--build", "b", "--at", "2999-01-01"), "is in the future"),
    (("record", "--build", "b", "--deploys", "f"), "--deploys: is instead of --build"),
    (("record", "--deploys", "nowhere.json"), "cannot be read"), (("show", "nothing"), "none is known as 'nothing'"),
])
def test_what_cannot_be_recorded_or_shown_is_one_sentence(run, given: tuple[str, ...], said: str):
    code, out, err = run("deploy", *given)
    assert (code, out, err.count("\n")) == (2, "", 1) and said in err


def test_the_list_says_what_became_of_each(told):
    code, out, _ = told("deploy", "list")
    assert code == 0 and [line.split()[0] for line in out.splitlines() if line[:1].strip()] == [
        "build", *[build for build, _ in reversed(BUILDS)]]
    rows = json.loads(told("deploy", "list", "--json")[1])
    assert [row["verdict"] for row in rows] == ["too_early", "unmasked", "unmasked"]
    assert rows[0]["more_needed"] == 4 and rows[1]["unmasked"] == rows[0]["gone"]


def test_one_deploy_is_shown_with_what_it_rests_on(told):
    out = told("deploy", "show", LAST[:4])[1]
    assert "TOO EARLY TO TELL: No new error in 2 executions; 4 executions more are needed" in out
    assert "passed   A text-only request skipped the video and logged its saving: 2 times; saved $0.183 per request." in out
    shown = json.loads(told("deploy", "show", LAST, "--json")[1])
    assert set(shown) == {"deploy", "verdict", "checklist"}
    assert [check["state"] for check in shown["checklist"]] == ["passed"] * 5


def test_a_baseline_is_started_shown_and_ended(run):
    assert run("baseline", "show")[2].startswith("Bad request: baseline: there is none")
    code, out, _ = run("baseline", "start", "--build", LAST)
    assert code == 0 and "for 24 hours." in out
    out = run("baseline", "show")[1]
    assert "24.0 hours to go" in out and "hour  24  not yet" in out and "do not overlap" in out
    assert json.loads(run("baseline", "show", "--json")[1])["baseline"]["build"] == LAST
    assert ", ended" in run("baseline", "end")[1]
