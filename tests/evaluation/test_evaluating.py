"""Systems over a set whose figures can be worked out by hand."""

import json

import pytest

from console.retrieval.frames import causes_frame
from pipeline.comparison import wilson
from pipeline.errors import BadRequest
from pipeline.evaluation import (
    FALSE_ANSWERS,
    Cause,
    Fate,
    Ranking,
    RetrievalSet,
    as_json,
    as_text,
    labelled,
    pairs,
    worst,
)
from tests.evaluation.conftest import a_set, ranker


def test_a_query_that_finds_nothing_counts_as_zero(run):
    measures = run(half=ranker(20)).system("half").measures
    assert {name: (each.mean, each.n) for name, each in measures.items()} == dict.fromkeys(measures, (0.5, 40))
    assert all(each.low < 0.5 < each.high for each in measures.values())


def test_each_measure_is_what_its_definition_says(run):
    measures = run(a_set(1, 0), turned=lambda query, limit: Ranking(["x", "all", "d0"][:limit])).system("turned").measures
    gained, ideal = 1 / 1.5849625 + 2 / 2, 2 + 1 / 1.5849625
    assert {name: round(each.mean, 6) for name, each in measures.items()} == {
        "nDCG@10": round(gained / ideal, 6), "Recall@5": 1.0, "Recall@100": 1.0, "MRR@10": 0.5, "Success@1": 0.0}
    assert measures["nDCG@10"].low is None  # of one query nothing more can be said


def test_every_kind_has_its_own_figures(run):
    kinds = run(first=lambda query, limit: ranker(40)(query, limit) if int(query.split()[1]) % 2 else Ranking([])).system("first").kinds
    assert {kind: each["nDCG@10"].mean for kind, each in kinds.items()} == {"why": 0.0, "how": 1.0}


def test_answers_to_off_topic_queries_are_counted_with_an_interval(run):
    system = run(eager=ranker(40, answers_off_topic=3)).system("eager")
    expected = wilson(3, 10)
    assert (system.false_answers.mean, system.false_answers.low, system.false_answers.high) == (
        0.3, expected.low, expected.high)
    assert system.refused.mean == 0 and run(shy=ranker(30)).system("shy").refused.mean == 0.25
    assert run(a_set(5, 0), any=ranker(5)).system("any").false_answers is None


def test_a_system_that_is_better_beyond_chance_is_called_so(run):
    told = run(baseline="half", half=ranker(20), most=ranker(36), same=ranker(20))
    assert told.verdict.fate is Fate.BETTER and told.verdict.said.startswith("most is better than half beyond chance in nDCG@10: +0.400")
    overall = {(each.system, each.measure): each for each in told.comparisons if not each.kind}
    most, same = overall["most", "nDCG@10"], overall["same", "nDCG@10"]
    assert (most.wins, most.ties, most.losses, most.significant) == (16, 24, 0, True)
    assert (same.p, same.p_holm, same.wins, same.significant, same.effect) == (1.0, 1.0, 0, False, None)
    assert {each.kind: each.n for each in told.comparisons if each.kind and each.system == "most"} == {"why": 20, "how": 20}


def test_more_answers_off_topic_are_losses(run):
    told = run(baseline="shy", shy=ranker(20), eager=ranker(20, answers_off_topic=10))
    found = next(each for each in told.comparisons if each.measure == FALSE_ANSWERS)
    assert (found.difference, found.wins, found.losses, found.better, found.significant, found.n) == (1.0, 0, 10, False, True, 10)
    assert told.verdict.fate is Fate.NO_DIFFERENCE


def test_worse_and_undecided_are_told_apart(run):
    assert run(baseline="good", good=ranker(40), bad=ranker(5)).verdict.fate is Fate.WORSE
    assert run(baseline="good", good=ranker(40), near=ranker(39)).verdict.fate is Fate.NO_DIFFERENCE


def test_nothing_to_evaluate_and_an_unknown_baseline_are_refused(run):
    with pytest.raises(BadRequest, match="nothing to evaluate"):
        run(RetrievalSet(name="none", queries=(), judgements=()), any=ranker(1))
    with pytest.raises(BadRequest, match="'missing' is not among the systems: any"):
        run(baseline="missing", any=ranker(1))


def test_a_set_of_off_topic_queries_alone_has_no_means(run):
    told = run(labelled("off", list(a_set(1, 5).off_topic), []), baseline="shy", shy=ranker(0), eager=ranker(0, answers_off_topic=5))
    assert told.system("eager").measures == {} and told.system("eager").false_answers.mean == 1
    assert "answered 1.000" in as_text(told)


def test_for_machines_a_run_has_the_shape_that_was_promised(run):
    told = json.loads(json.dumps(as_json(run(baseline="half", half=ranker(20), most=ranker(36, answers_off_topic=1)))))
    most = told["systems"]["most"]
    assert most["measures"]["nDCG@10"].keys() == {"mean", "low", "high", "n"} and most["kinds"]["why"]["MRR@10"]["n"] == 20
    assert most["latency_ms"].keys() == {"p50", "p95"} and told["verdict"]["fate"] == "better" and len(told["comparisons"]) == 8


def test_queries_are_paired_and_the_greatest_loss_comes_first(run):
    told = run(half=ranker(20), other=lambda query, limit: Ranking([]) if query == "question 3" else ranker(25)(query, limit))
    found = pairs(told, "half", "other")
    assert len(found) == 40 and found[0].first.query_id == "q3" and found[0].difference == -1 and found[-1].difference == 1
    with pytest.raises(BadRequest, match="'else' is not in this run: half, other"):
        pairs(told, "half", "else")


def test_the_worst_queries_are_sorted_by_cause(run):
    def answers(query: str, limit: int) -> Ranking:
        word, number = query.split()
        if word == "off":
            return Ranking(["x"])
        return Ranking({"0": [], "1": ["z"], "2": ["d2-other"], "3": ["z", "d3"]}.get(number, [f"d{number}", "all"]))

    found = worst(run(a_set(5, 1), s=answers).system("s"), lambda name: name.split("-")[0], count=9)
    assert {one.outcome.query_id: one.cause for one in found} == {
        "q0": Cause.NOTHING_FOUND, "q1": Cause.NOT_FOUND, "q2": Cause.OTHER_PASSAGE, "q3": Cause.LOWER_THAN_BEST,
        "o0": Cause.FALSE_ANSWER}
    assert causes_frame(found)["All"].sum() == 5 and causes_frame([]).empty
