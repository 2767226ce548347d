"""`python -m pipeline`: what it prints, and the exit code that a script can rely on."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main
from pipeline.config import ROOT, Settings
from pipeline.domain import Stage
from pipeline.errors import MissingWeights, ProviderUnavailable
from pipeline.generate import House
from pipeline.ports import Prompt
from pipeline.testing import ANSWERS, FakeTextModel, FakeVoice, FakeWiring
from pipeline.wiring import Wiring
from tests.conftest import NEWTON, QUESTION

KEYS = {
    "request_id", "status", "topic", "modalities", "stages", "cost_usd", "savings_usd", "cache_hit", "artifacts", "sources",
    "warnings", "failed_modalities", "clarification",
}
STAGE_KEYS = {"stage", "status", "seconds", "family", "model", "usage", "cost_usd"}
FILES = {"text", "audio", "captions", "images", "video", "poster"}


class Answer:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output."""
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture
def run(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the small installation, with these fakes in place of the plain ones."""

    def ran(*argv: str, **fakes: Any) -> Answer:
        code = main(argv, wire=lambda _: FakeWiring(settings, **fakes))
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return ran


@pytest.mark.parametrize(("argv", "said"), [
    (["abcd"], "student_query: must have 5 to 500 characters; it has 4."),
    (["x" * 501], "student_query: must have 5 to 500 characters; it has 501."),
    ([""], "student_query: must have 5 to 500 characters; it has 0."),
    ([QUESTION, "--grade", "0"], "grade_level: must be a whole number from 1 to 12."),
    ([QUESTION, "--grade", "13"], "grade_level: must be a whole number from 1 to 12."),
    ([QUESTION, "--interest", "i" * 101], "interest: must have 0 to 100 characters; it has 101."),
    ([QUESTION, "--modalities", "text,banana"], "requested_modalities: has the unknown item 'banana'"),
    ([QUESTION, "--modalities", ""], "requested_modalities: must name at least one of text, audio, images, video"),
    ([QUESTION, "--modalities", ","], "requested_modalities: must name at least one"),
    ([QUESTION, "--student", ""], "student_id: must have 1 to 100 characters"),
    ([QUESTION, "--seed", "-1"], "seed: must be a whole number from 0"),
])
def test_a_bad_request_names_the_field_and_the_limit_and_leaves_nothing(run: Run, settings: Settings, argv: list[str], said: str):
    answer = run("generate", *argv)
    assert answer.code == 2 and said in answer.err and answer.out == ""
    assert answer.err.count("\n") == 1
    assert not settings.home.exists()


def test_an_output_folder_that_cannot_be_made_is_a_bad_request(run: Run, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    answer = run("generate", QUESTION, "--out", str(tmp_path / "file" / "out"))
    assert answer.code == 2 and "--out" in answer.err


@pytest.mark.parametrize("argv", [["generate"], ["generate", QUESTION, "--grade", "ten"], ["nonsense"], []])
def test_bad_usage_ends_with_two(run: Run, argv: list[str]):
    with pytest.raises(SystemExit) as ended:
        run(*argv)
    assert ended.value.code == 2


def test_json_has_every_promised_key(run: Run):
    answer = run("generate", QUESTION, "--modalities", "text", "--json")
    assert answer.code == 0 and set(answer.json) >= KEYS
    assert set(answer.json["topic"]) == {"topic_id", "name", "confidence"}
    assert answer.json["topic"]["topic_id"] == NEWTON
    assert all(set(stage) >= STAGE_KEYS for stage in answer.json["stages"])
    assert {stage["stage"]: stage["status"] for stage in answer.json["stages"]} == {
        "nlu": "completed", "cache": "completed", "retrieval": "completed", "script": "completed",
        "tts": "skipped", "images": "skipped", "video": "skipped"}
    assert set(answer.json["artifacts"]) >= FILES
    assert all(set(source) == {"chunk_id", "title", "section", "score"} for source in answer.json["sources"])
    assert (answer.json["status"], answer.json["cache_hit"], answer.json["savings_usd"]) == ("completed", False, "0.183")
    assert (answer.json["clarification"], answer.json["failed_modalities"]) == (None, {})


def test_money_adds_up_in_the_json(run: Run):
    report = run("generate", QUESTION, "--modalities", "text,audio", "--json").json
    assert sum(Decimal(stage["cost_usd"]) for stage in report["stages"]) == Decimal(report["cost_usd"]) > 0
    assert all(isinstance(entry["quantity"], str) for stage in report["stages"] for entry in stage["usage"])


def test_the_second_time_is_a_hit_that_costs_nothing(run: Run):
    run("generate", QUESTION, "--modalities", "text", "--json")
    report = run("generate", QUESTION, "--modalities", "text", "--json").json
    assert report["cache_hit"] is True and float(report["cost_usd"]) == 0


def test_the_log_of_a_text_has_the_saving_and_standard_output_only_the_object(settings: Settings, tmp_path: Path):
    program = (
        "import sys; from pipeline.__main__ import main; from pipeline.testing import FakeWiring;"
        "sys.exit(main(sys.argv[1:], wire=FakeWiring))"
    )
    environment = {**os.environ, "VIVIDLY_HOME": str(settings.home), "VIVIDLY_DATA": str(settings.data)}
    done = subprocess.run(
        [sys.executable, "-c", program, "generate", QUESTION, "--modalities", "text", "--json"], cwd=ROOT,
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stderr
    request_id = json.loads(done.stdout)["request_id"]
    line = (f"[{request_id}] Step 6: Video generation SKIPPED (not in requested_modalities=['text']) "
            "- COST SAVINGS: $0.183 saved per request")
    assert done.stderr.count(line) == 1


def test_files_are_copied_where_they_were_wanted(run: Run, tmp_path: Path):
    out = tmp_path / "out"
    report = run("generate", QUESTION, "--modalities", "text,audio,images,video", "--out", str(out), "--json").json
    named = report["artifacts"]
    for kind in ("text", "audio", "captions", "video", "poster"):
        assert Path(named[kind]).parent == out and Path(named[kind]).stat().st_size > 0, kind
    assert [Path(image).parent for image in named["images"]] == [out] * len(named["images"])
    assert Path(named["text"]).read_text(encoding="utf-8").startswith("# Newton's third law")


def test_a_question_back_is_a_decided_outcome(run: Run):
    answer = run("generate", "help me with science homework", "--json")
    assert answer.code == 0 and answer.json["status"] == "clarification_needed"
    assert answer.json["clarification"]["question"] and 2 <= len(answer.json["clarification"]["options"]) <= 4


def test_out_of_scope_is_a_decided_outcome_with_a_reason(run: Run):
    answer = run("generate", "asdf qwer zxcv poiu", "--json")
    assert (answer.code, answer.json["status"], answer.json["topic"]) == (0, "out_of_scope", None)
    assert answer.json["reason"]


def test_a_part_is_a_decided_outcome(run: Run):
    voice = FakeVoice(fail=ProviderUnavailable("The voice did not answer."))
    answer = run("generate", QUESTION, "--modalities", "text,audio", "--json", voice=voice)
    assert (answer.code, answer.json["status"]) == (0, "partial")
    assert answer.json["failed_modalities"] == {"audio": "The voice did not answer."}


def test_a_failure_ends_with_one(run: Run):
    def silent(prompt: Prompt) -> str:
        raise ProviderUnavailable("The language model did not answer.")

    answer = run("generate", QUESTION, "--modalities", "text", "--json", text=FakeTextModel({**ANSWERS, "hook": silent}))
    assert (answer.code, answer.json["status"], answer.json["reason"]) == (1, "failed", "The language model did not answer.")
    assert next(s for s in answer.json["stages"] if s["stage"] == "script")["status"] == "failed"


def test_plain_output_shows_the_text_the_stages_and_the_money(run: Run):
    answer = run("generate", QUESTION, "--modalities", "text", "--interest", "basketball")
    assert answer.code == 0
    assert "Newton's third law" in answer.out and "Check yourself" in answer.out
    assert all(stage in answer.out for stage in Stage) and "$0.183 saved" in answer.out


def test_plain_output_of_a_question_back_lists_the_options(run: Run):
    answer = run("generate", "help me with science homework")
    assert answer.code == 0 and "Which of these" in answer.out and "Newton's third law" in answer.out


def test_missing_weights_are_one_sentence_that_says_what_to_do(settings: Settings, capsys: pytest.CaptureFixture[str]):
    class Empty(Wiring):
        def open_house(self) -> House:
            raise MissingWeights

    assert main(["generate", QUESTION], wire=lambda _: Empty(settings)) == 1
    assert capsys.readouterr().err == "Error: Model weights are missing: run `python -m pipeline models pull`.\n"


def test_a_family_that_does_not_exist_is_named(settings: Settings, capsys: pytest.CaptureFixture[str]):
    other = replace(settings, family="moonbase")
    assert main(["generate", QUESTION], wire=lambda _: Wiring(other)) == 1
    assert "'moonbase'" in capsys.readouterr().err


@pytest.mark.parametrize("question", [
    "<b>Explain</b> [bold]Newton's third law[/bold]", "[red]Explain[/] Newton's third law [/link]",
])
def test_markup_in_a_question_is_never_markup_of_the_terminal(run: Run, question: str):
    assert run("generate", question, "--modalities", "text").code == 0


def test_the_corpus_is_checked_from_the_command_line(run: Run):
    answer = run("corpus", "check")
    assert (answer.code, answer.out) == (0, "The corpus has no faults.\n")


def test_whoever_reads_may_go_before_the_end(tmp_path: Path):
    """`| head`: what is printed after that goes nowhere, without a traceback."""
    listed = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "prices", "check"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "VIVIDLY_HOME": str(tmp_path)})
    assert listed.stdout and listed.stderr
    listed.stdout.close()
    assert listed.stderr.read() == b"" and listed.wait() == 141
