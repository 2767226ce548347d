"""`python -m pipeline prompts`: for people, for machines, and refused in one sentence."""

import json
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.testing import FakeWiring


@pytest.fixture
def run(settings: Settings, capsys: pytest.CaptureFixture[str]):
    def ran(*given: str) -> tuple[int, str, str]:
        code = main(("prompts", *given), wire=lambda _: FakeWiring(settings))
        out = capsys.readouterr()
        return code, out.out, out.err

    return ran


@pytest.fixture
def edited(run, tmp_path: Path) -> Path:
    """The production files in a folder, one of them with another word."""
    assert run("export", str(tmp_path / "out"))[0] == 0
    file = tmp_path / "out" / "hook.toml"
    file.write_text(file.read_text().replace("one short question", "one very short question"))
    return file


def test_a_change_goes_from_a_file_into_production_and_back(run, edited: Path):
    saved = json.loads(run("save", str(edited), "--message", "shorter questions", "--json")[1])
    assert saved["number"] == 3 and saved["author"] == "command line" and saved["message"] == "shorter questions"
    assert run("diff", "hook", "production", "v3")[1] == (
        "user:\nTopic: {{ topic }}\nThe book says: {{ summary }}\nIn {{ interest }}: {{ scene }} {{ lesson }}\n\n"
        "Write one{+ very+} short question about this example from {{ interest }} whose answer is: {{ lesson }} "
        "Begin with Why, How or What. Do not answer it.\n")
    assert run("label", "hook", "candidate", "v3")[1] == f"candidate is on hook@{saved['version']}; before: nowhere.\n"
    assert run("promote", "hook@candidate", "--override", "try it")[1] == f"Promotion 1 of hook@{saved['version']} is done.\n"
    shown = run("show", "hook")[1]
    assert shown.startswith(f"hook@{saved['version']}, v3 (candidate, production): shorter questions (command line")
    assert "(overridden by command line): try it" in shown
    assert json.loads(run("rollback", "hook", "--why", "worse", "--json")[1])["kind"] == "rolled_back"
    assert json.loads(run("list", "--json")[1])[1]["labels"]["candidate"] == saved["version"]
    assert run("label", "hook", "candidate")[1].startswith("candidate is on no version of hook")


def test_the_list_has_a_line_for_each_prompt(run):
    code, out, _ = run("list")
    assert code == 0 and len(out.splitlines()) == 1 + len(json.loads(run("list", "--json")[1]))
    assert out.splitlines()[2].split()[:2] == ["hook", "script"]


def test_what_a_model_would_get_is_shown_with_its_tokens_and_who_counted(run, tmp_path: Path):
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({"topic": "{{ 7 * 7 }}", "interest": "chess"}))
    told = json.loads(run("render", "hook", "plain", "--variables", str(facts), "--json")[1])
    assert told["user"] == "Write a question about {{ 7 * 7 }} for a student who likes chess."
    assert told["tokens"] > 0 and "counted in bytes" in told["counted_by"] and told["context"] == 4096
    assert "hook@" in run("render", "hook")[1].splitlines()[-1]


def test_a_split_is_started_looked_at_and_stopped(run):
    arms = ("tuned=80:hook@production,link@production", "plain=20:hook@plain,link@plain")
    assert run("split")[1] == "There was none.\n"
    assert run("split", "--start", *arms, "--why", "is plain enough?")[1] == "Split 1 is on.\n"
    assert "plain: 0 students, 0 requests" in run("split", "1")[1]
    assert "split 1" in run("list")[1]
    assert run("split", "1", "--stop", "--why", "enough")[1] == "Split 1 is over: everybody gets production.\n"
    assert "ended" in run("split")[1]


def test_files_of_a_folder_become_versions(run, edited: Path):
    assert "hook@" in run("import", str(edited.parent), "--message", "from git")[1]
    assert json.loads(run("list", "--json")[1])[1]["versions"] == 3


@pytest.mark.parametrize(("given", "said"), [
    (("show", "greeting"), "there is none called 'greeting'"), (("show", "hook", "v9"), "hook has none that is 'v9'"),
    (("promote", "hook"), "write 'hook' as hook@v3"), (("promote", "hook@v1,hook@v2", "--override", "x"), "each prompt once"),
    (("promote", "hook@v2"), "needs either an evaluation"), (("rollback", "hook", "--why", "x"), "nothing to go back to"),
    (("split", "--start", "a=50", "--why", "x"), "write 'a=50' as"), (("split", "7"), "there is none with the number 7"),
    (("split", "--start", "a=50:hook@v1", "b=49:hook@v2", "--why", "x"), "the shares sum to 99, not to 100"),
    (("label", "hook", "production", "v1"), "promote a version, or roll back"), (("import", "nowhere", "--message", "x"), "holds no prompts"),
    (("render", "hook", "--variables", "nowhere.json"), "cannot be read"),
])
def test_what_cannot_be_is_one_sentence(run, given: tuple[str, ...], said: str):
    code, out, err = run(*given)
    assert (code, out, err.count("\n")) == (2, "", 1) and said in err


def test_a_variable_too_few_is_an_error_before_any_model(run, tmp_path: Path):
    facts = tmp_path / "facts.json"
    facts.write_text("{}")
    code, out, err = run("render", "hook", "--variables", str(facts))
    assert (code, out) == (1, "") and err == "Error: The prompt 'hook' needs the variable 'topic', which was not given.\n"
