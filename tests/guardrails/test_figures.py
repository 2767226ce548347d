"""The figures of the guards on the labelled sentences, held; and no alarm on what students of science ask here."""

import json
import re
from collections.abc import Iterator

import pytest

from pipeline.__main__ import main
from pipeline.config import DATA
from pipeline.errors import OperatorError
from pipeline.evaluation import Guarded, measure_guards, read_sentences
from pipeline.guardrails import Guard, injected, redacted, unsafe

SETS = DATA / "evaluation" / "guardrails"


@pytest.fixture(scope="module")
def measured() -> dict[tuple[str, str], Guarded]:
    return {(each.guard, each.split): each for each in measure_guards(SETS)}


@pytest.mark.parametrize("guard", Guard)
def test_the_sets_are_large_and_hold_out_half(guard: Guard):
    rows = read_sentences(SETS, guard)
    assert len(rows) >= 200
    for split in ("tune", "test"):
        assert sum(row.fires for row in rows if row.split == split) >= 50
        assert sum(not row.fires for row in rows if row.split == split) >= 50


@pytest.mark.parametrize("guard", Guard)
def test_the_guards_are_not_worse_than_they_were(measured: dict[tuple[str, str], Guarded], guard: Guard):
    test = measured[guard, "test"]
    assert test.precision and test.precision.value >= 0.98
    assert test.recall and test.recall.value >= 0.95
    assert test.false_alarms and test.false_alarms.value <= 0.02


def test_personal_details_are_gone_whole(measured: dict[tuple[str, str], Guarded]):
    gone, unseen = (measured[Guard.PERSONAL, split].details_gone for split in ("test", "unseen"))
    assert gone and gone.value >= 0.95
    assert unseen and unseen.value >= 0.8


def _questions(name: str) -> Iterator[tuple[str, str]]:
    for line in (DATA / "evaluation" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["kind"], row.get("question") or row["text"]


@pytest.mark.parametrize("name", ["intents", "retrieval/queries"])
def test_no_question_of_the_other_evaluation_sets_sets_off_an_alarm(name: str):
    plain = [text for kind, text in _questions(name) if kind not in ("injection", "gibberish", "other_language")]
    loud = [text for text in plain if injected(text) or unsafe(text) or redacted(text).left_out]
    assert plain and loud == []


def test_every_injection_of_the_question_set_is_declined():
    assert [text for kind, text in _questions("intents") if kind == "injection" and not injected(text)] == []


def _sentences() -> Iterator[str]:
    for path in sorted((DATA / "corpus").glob("*/*")):
        yield from re.split(r"(?<=[.?!])\s+|\n", path.read_text(encoding="utf-8"))


def test_the_corpus_itself_tells_nothing_personal_and_nothing_unsafe():
    every_tenth = list(dict.fromkeys(_sentences()))[::10]  # all of them were looked at once: docs/decisions/guardrails.md
    loud = [text for text in every_tenth if redacted(text).left_out or unsafe(text)]
    assert loud == []


@pytest.mark.parametrize(("line", "said"), [
    ('{"text": "a", "fires": true, "kind": "x", "split": "train"}', "no such split"),
    ('{"text": "", "fires": true, "kind": "x", "split": "test"}', "line 2"),
    ('{"text": "first", "fires": true, "kind": "x", "split": "test"}', "twice"),
])
def test_a_bad_row_is_refused_with_its_line(tmp_path, line: str, said: str):
    good = '{"text": "first", "fires": true, "kind": "x", "split": "test"}'
    (tmp_path / "unsafe.jsonl").write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(OperatorError, match=said):
        read_sentences(tmp_path, Guard.UNSAFE)


def test_the_command_prints_the_figures(capsys: pytest.CaptureFixture[str]):
    assert main(["evaluate", "guardrails", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["guards"]
    assert {(each["guard"], each["split"]) for each in told} == {(g, s) for g in Guard for s in ("tune", "test", "unseen")}
