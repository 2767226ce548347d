"""`python -m pipeline evaluate prompts` and the gate over its runs: what they print, and their exit codes."""

import json
from functools import partial

import pytest

from pipeline.__main__ import main
from pipeline.experiments import Datasets
from pipeline.organisation import COMMAND_LINE
from pipeline.scoring import Dataset, as_line, read_dataset
from tests.experiments.conftest import QUESTIONS, Bench

HERE = ("--variants", "production,plain", "--here")


@pytest.fixture
def run(bench: Bench, tmp_path, capsys):
    """Runs the command on the small installation; its code, output and errors."""
    file = tmp_path / "small.jsonl"
    file.write_text("".join(f"{as_line(row)}\n" for row in QUESTIONS))

    def ran(verb, *argv):
        data = ("--dataset", str(file)) if verb == "prompts" else ()
        code = main(["evaluate", verb, *data, *argv], wire=lambda _: bench.wiring)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return ran


def test_it_makes_scores_and_compares_and_the_record_has_it(run, bench: Bench):
    code, out, err = run("prompts", *HERE, "--run-id", "r1", "--judge")
    assert code == 0, err
    assert "r1: 3 questions of" in out and "plain against production, Kept sentences: -0.500" in out
    assert "lost: 6" in out and "Preferred by the judge fake-text over 3 pairs" in out and "lessons: 6 of 6" in err
    assert bench.experiments.newest()[0].run_id == "r1"


def test_for_machines_it_is_one_object(run):
    code, out, _ = run("prompts", *HERE, "--questions", "2", "--json")
    told = json.loads(out)
    assert code == 0 and (told["state"], told["lessons"], told["dataset"]["questions"]) == ("done", 4, 2)
    assert {each["measure"] for each in told["results"]["comparisons"]} >= {"outcome", "kept", "tokens", "usd"}
    assert told["results"]["verdict"]["fate"] == "no_difference" and float(told["spent_usd"]) > 0


def test_a_dry_run_makes_nothing_and_tells_the_price(run, bench: Bench):
    code, out, _ = run("prompts", "--variants", "production,plain", "--dry-run")
    assert code == 0 and "6 lessons, of which 0 are known" in out and "not known" in out and bench.experiments.newest() == []
    run("prompts", *HERE)
    told = json.loads(run("prompts", "--variants", "production,plain:seed=2", "--dry-run", "--budget-usd", "1", "--json")[1])
    assert (told["known"], told["new"], told["within_budget"]) == (3, 3, 3) and float(told["usd"]) > 0


def test_a_budget_that_is_used_up_is_said_and_can_be_raised(run):
    run("prompts", *HERE, "--questions", "1")
    code, out, _ = run("prompts", *HERE, "--seed", "2", "--budget-usd", "0.0000001", "--run-id", "r1")
    assert code == 1 and "is used up" in out and "6 of 6 lessons are missing" in out
    code, out, _ = run("prompts", *HERE, "--budget-usd", "1", "--run-id", "r1")
    assert code == 0 and "r1: 3 questions" in out and "done" in out


def test_without_a_worker_it_says_what_to_start(run):
    code, _, err = run("prompts", "--variants", "production", "--run-id", "r1")
    assert code == 1 and "python -m pipeline worker" in err and "--run-id r1" in err


@pytest.mark.parametrize(("argv", "said"), [
    (("--variants", "production", "--budget-usd", "0"), "--budget-usd: must be more than 0"),
    (("--variants", "production", "--budget-usd", "NaN"), "--budget-usd: must be more than 0"),
    (("--variants", "production", "--questions", "0"), "--questions: must be 1 or more"),
    (("--variants", "nowhere"), "nowhere"),
    ((), "--variants: name them"),
])
def test_what_cannot_be_run_is_refused_in_a_sentence(run, argv, said):
    code, _, err = run("prompts", *argv)
    assert code == 2 and said in err


def test_a_set_with_a_row_twice_is_refused_with_its_line(bench: Bench, tmp_path, capsys):
    file = tmp_path / "twice.jsonl"
    file.write_text(2 * f"{as_line(QUESTIONS[0])}\n")
    code = main(["evaluate", "prompts", "--dataset", str(file), "--variants", "production", "--here"], wire=lambda _: bench.wiring)
    assert code == 2 and "line 2" in capsys.readouterr().err


def test_the_gate_reads_a_run(run):
    run("prompts", *HERE, "--run-id", "r1")
    gate = partial(run, "gate", "--experiment", "r1")
    code, out, _ = gate("--json")
    assert code == 3 and json.loads(out)["fate"] == "incomparable"  # three questions are too few
    assert gate("--variant", "nobody")[0] == 2 and run("gate", "--experiment", "r2")[0] == 2


def test_the_data_sets_are_listed_and_printed_as_lines_that_are_a_set_again(run, bench: Bench, tmp_path, monkeypatch):
    shipped = Datasets(bench.wiring.engine, shipped=lambda: Dataset(name="lessons", rows=QUESTIONS))
    monkeypatch.setitem(bench.wiring.__dict__, "datasets", shipped)
    bench.wiring.datasets.add(COMMAND_LINE, "hard ones", QUESTIONS[0])
    listed = json.loads(run("datasets", "--json")[1])
    assert [(one["name"], one["questions"], one["added"]) for one in listed] == [("lessons", 3, 0), ("hard ones", 1, 1)]
    code, out, _ = run("datasets", "hard ones")
    (tmp_path / "again.jsonl").write_text(out)
    assert code == 0 and read_dataset(tmp_path / "again.jsonl", name="hard ones") == bench.wiring.datasets.read("hard ones")
    assert "there is no 'nothing'" in run("datasets", "nothing")[2]
