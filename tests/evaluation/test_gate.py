"""The gate: what passes, what is a regression, and what cannot be compared."""

import pytest

from pipeline.errors import BadRequest
from pipeline.evaluation import CODES, Fate, Ranking, gate, of_run, read_baseline, write_baseline
from tests.evaluation.conftest import ABOUT, a_set, ranker


@pytest.fixture
def accepted(run):
    return of_run(run(s=ranker(30, answers_off_topic=2)), "s")


@pytest.mark.parametrize(("right", "off_topic", "fate", "said"), [
    (30, 2, Fate.PASS, "nDCG@10 differs by +0.000"),
    (36, 0, Fate.PASS, "nDCG@10 differs by +0.150"),
    (10, 2, Fate.REGRESSION, "nDCG@10 fell by 0.500 beyond chance"),
    (28, 2, Fate.REGRESSION, "fell by 0.050, more than the 0.02 that are tolerated, though chance is not ruled out"),
    (30, 10, Fate.REGRESSION, "false answers rose by 0.800 beyond chance"),
])
def test_the_gate_judges_one_system(run, accepted, right, off_topic, fate, said):
    verdict = gate(run(s=ranker(right, answers_off_topic=off_topic)), accepted, system="s")
    assert verdict.fate is fate and said in verdict.said and CODES[fate] == (fate is Fate.REGRESSION)


def test_a_kind_that_became_worse_is_a_regression_though_the_mean_rose(run):
    def first(query, limit):  # "why" questions have even numbers
        return ranker(40)(query, limit) if int(query.split()[1]) < 16 or int(query.split()[1]) % 2 == 0 else Ranking([])

    def second(query, limit):
        return ranker(40)(query, limit) if int(query.split()[1]) >= 16 or int(query.split()[1]) % 2 == 1 else Ranking([])

    verdict = gate(run(s=second), of_run(run(s=first), "s"), system="s")
    assert verdict.fate is Fate.REGRESSION and "nDCG@10 for why fell by 0.400 beyond chance" in verdict.said


@pytest.mark.parametrize(("changed", "said"), [
    ({"set_digest": "0" * 16}, "other queries or judgements"),
    ({"corpus": "another"}, "is of the corpus another"),
])
def test_what_is_of_something_else_is_not_compared(run, accepted, changed, said):
    verdict = gate(run(s=ranker(30)), accepted.model_copy(update=changed), system="s")
    assert verdict.fate is Fate.INCOMPARABLE and said in verdict.said and CODES[verdict.fate] == 3


def test_too_few_queries_tell_nothing(run):
    few = run(a_set(29, 10), s=ranker(29))
    assert "has 29 queries that something answers; at least 30" in gate(few, of_run(few, "s"), system="s").said


def test_a_baseline_is_written_and_read_again(run, tmp_path, accepted):
    path = tmp_path / "new" / "baseline.json"
    write_baseline(accepted, path)
    again = read_baseline(path)
    assert again.model_copy(update={"name": accepted.name}) == accepted and again.name == "baseline.json"
    assert len(path.read_text().splitlines()) > 50  # a line a query: a change can be read
    assert gate(run(s=ranker(30, answers_off_topic=2)), again, system="s").against == "baseline.json"
    assert again.corpus_version == ABOUT.corpus_version


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", '{"name": 1}', "[" * 50_000])
def test_a_file_that_is_no_baseline_is_refused(tmp_path, content):
    (tmp_path / "b.json").write_text(content)
    with pytest.raises(BadRequest, match="is no baseline"):
        read_baseline(tmp_path / "b.json")


def test_a_system_that_was_not_run_is_refused(run, accepted):
    with pytest.raises(BadRequest, match="'t' is not in the run: s"):
        gate(run(s=ranker(3)), accepted, system="t")


def test_rounding_in_the_file_is_no_difference(run, tmp_path):
    made = run(s=lambda query, limit: Ranking(["x", f"d{query.split()[1]}"]))  # values with many decimals
    write_baseline(of_run(made, "s"), tmp_path / "b.json")
    assert "(p 1.000)" in gate(made, read_baseline(tmp_path / "b.json"), system="s").said
