"""`python -m pipeline compare`: what it prints, and the exit code that a script can rely on."""

import json

import pytest

from pipeline.__main__ import main
from pipeline.commands.compare import read_variant
from pipeline.comparison import Variant
from pipeline.domain import Modality, Stage, Status
from pipeline.errors import BadRequest
from pipeline.testing import FakeVoice, FakeWiring
from pipeline.wiring import Wiring
from tests.conftest import QUESTION


@pytest.fixture
def run(settings, capsys):
    """Runs the command on the small installation; its code, output and errors."""

    def ran(*argv, **fakes):
        code = main(["compare", *argv], wire=lambda _: FakeWiring(settings, **fakes))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ran


def test_it_makes_both_here_and_tells_the_difference(run):
    code, out, err = run(QUESTION, "--variants", "text,video", "--here")
    assert code == 0, err
    assert out.startswith(f"1. {QUESTION}\n   The video costs") and "key terms" in out and "as much" in out
    assert "2 of 2 lessons decided" in err


def test_for_machines_it_is_one_object_with_every_number(run, tmp_path):
    file = tmp_path / "questions.csv"
    file.write_text(f"question,grade\n{QUESTION},9\n{QUESTION} to me,\n")
    code, out, _ = run("--file", str(file), "--variants", "text,text:grade=8:interest=:seed=3,audio", "--json", "--here")
    told = json.loads(out)
    assert code == 0 and told["variants"] == ["Text", "Text, grade 8, no interest, seed 3", "Audio"] and told["state"] == "done"
    assert [len(question["lessons"]) for question in told["questions"]] == [3, 3]
    first = told["questions"][0]["lessons"][0]
    assert first["measured"]["asked_grade"] == 9 and set(first["measures"]) == {"usd", "seconds", "reading", "grounding", "terms", "words"}
    assert [(each["one"], each["other"]) for each in told["summaries"]] == [("Text", told["variants"][1]), ("Text", "Audio")]
    assert all(measure["missing"] == 0 for measure in told["summaries"][0]["measures"])


def test_two_language_models_are_compared(run, settings):
    code, out, _ = run(QUESTION, "--variants", "text,text:model=fake-small", "--json", "--here")
    told = json.loads(out)
    assert code == 0 and told["variants"] == ["Text", "Text, fake-small"]
    record = Wiring(settings).record
    views = [record.view(lesson["request_id"]) for lesson in told["questions"][0]["lessons"]]
    assert [view.request.language_model for view in views] == [None, "fake-small"]
    assert [{stage.model for stage in view.stages if stage.stage in (Stage.NLU, Stage.SCRIPT)} for view in views] == [
        {"fake-text"}, {"fake-small"}]
    code, _, err = run(QUESTION, "--variants", "text,text:model=gpt")
    assert code == 2 and "which is not on this machine; there are: fake-text, fake-small" in err


def test_what_is_missing_is_named_and_the_code_says_so(run):
    code, out, _ = run(QUESTION, "--variants", "text,audio", "--here", voice=FakeVoice(fail=ValueError("the voice broke")))
    assert code == 1 and "The audio is missing: it failed" in out


def test_it_can_be_left_and_taken_up(run, settings):
    code, out, _ = run(QUESTION, "--no-wait", "--json")
    comparison_id = json.loads(out)["comparison_id"]
    assert code == 0
    record = Wiring(settings).record
    assert [view.status for view in record.recent()] == [Status.PENDING] * 2 and all(view.request.fresh for view in record.recent())
    code, _, err = run("--comparison", comparison_id)
    assert code == 1 and "No worker is running" in err and comparison_id in err
    code, out, _ = run("--comparison", comparison_id, "--here")
    assert code == 0 and "The video costs" in out
    assert len(record.recent()) == 2


@pytest.mark.parametrize(("argv", "said"), [
    ([], "question: give questions, or --comparison"),
    ([QUESTION, "--comparison", "x"], "question: give questions, or --comparison"),
    ([QUESTION, "--variants", "text"], "variants: must be 2 to 4; there are 1."),
    ([QUESTION, "--variants", "text,text"], "variants: must differ"),
    ([QUESTION, "--variants", "text,film"], "--variants: has the unknown form 'film'"),
    ([QUESTION, "--variants", "text,text:colour=red"], "--variants: has the unknown setting 'colour'"),
    ([QUESTION, "--variants", "text,text:grade=13"], "--variants: grade must be a whole number from 1 to 12; it is '13'."),
    ([QUESTION, "--grade", "0"], "questions: number 1: the grade must be"),
    (["Hm?"], "questions: number 1: the question must have 5 to 500 characters"),
    (["Why \udcff?"], "questions: must be plain text."),
    (["--file", "/nowhere/q.csv"], "--file: /nowhere/q.csv cannot be read"),
    (["--comparison", "nobody"], "comparison: there is none with the id 'nobody'"),
])
def test_a_bad_comparison_is_one_sentence(run, argv, said):
    code, out, err = run(*argv)
    assert (code, out) == (2, "") and said in err and err.count("\n") == 1


def test_a_variant_is_read_from_words():
    assert read_variant("video") == Variant(modality=Modality.VIDEO)
    assert read_variant(" text : grade=6 : interest=video games : seed=0 ") == Variant(
        modality=Modality.TEXT, grade_level=6, interest="video games", seed=0)
    with pytest.raises(BadRequest):
        read_variant("")
