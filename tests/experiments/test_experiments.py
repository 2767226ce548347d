"""Runs: planned, made here or by the queue, used again, stopped and taken up."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from pipeline.domain import Status
from pipeline.errors import BadRequest, NotAllowed
from pipeline.evaluation import Fate
from pipeline.experiments import State
from pipeline.experiments.rows import REQUESTS
from pipeline.organisation import COMMAND_LINE
from pipeline.testing import ANSWERS
from tests.experiments.conftest import DATASET, QUESTIONS, Bench


def requests(bench: Bench) -> int:
    with bench.wiring.engine.connect() as connection:
        return len(connection.execute(select(REQUESTS.c.id)).all())


def test_a_run_is_made_scored_and_compared(bench: Bench):
    view = bench.made()
    assert (view.state, view.decided, view.questions) == (State.DONE, 6, 3) and view.results
    assert view.spent_usd and view.spent_usd > 0
    kept = next(each for each in view.results.comparisons if each.measure == "kept")
    assert (kept.system, kept.baseline, kept.n, kept.difference, kept.losses) == ("plain", "production", 3, -0.5, 3)
    assert {(flip.measure, flip.side) for flip in view.results.flips} == {("cover", "lost"), ("kept", "lost")}
    assert view.results.verdict.fate is Fate.NO_DIFFERENCE  # three questions show nothing
    line = view.results.line("plain")
    assert line.measures["kept"].mean == 0.0 and line.kinds["why"]["outcome"].n == 1 and line.unscored["limits"] == 3


def test_what_is_known_is_used_again_and_costs_nothing(bench: Bench):
    bench.made()
    asked = len(bench.house.text.prompts)
    plan = bench.plan("again=production,plain")
    found = bench.experiments.foresee(DATASET, plan)
    assert (found.lessons, found.known, found.new, found.usd) == (6, 6, 0, Decimal(0))
    view = bench.made("r2", "again=production,plain")
    assert view.state is State.DONE and all(item.reused for item in view.items) and view.spent_usd == 0
    assert requests(bench) == 6 and len(bench.house.text.prompts) == asked
    assert view.results and view.results.line("again").usd == bench.experiments.view("r1").results.line("production").usd


@pytest.mark.parametrize(("said", "new"), [
    ("production,plain", 0), ("production:seed=7,plain", 3), ("production:model=fake-small,plain", 3),
])
def test_another_seed_or_model_is_another_lesson(bench: Bench, said, new):
    bench.made()
    assert bench.experiments.foresee(DATASET, bench.plan(said)).new == new


def test_a_run_that_was_broken_off_goes_on_where_it_stopped(bench: Bench):
    bench.experiments.create(COMMAND_LINE, "r1", DATASET, bench.plan())

    def broken(request_id: str) -> None:
        if requests(bench) > 2:
            raise KeyboardInterrupt
        bench.serve(request_id)

    with pytest.raises(KeyboardInterrupt):
        bench.experiments.make(COMMAND_LINE, "r1", broken)
    assert bench.experiments.view("r1").decided == 2
    made = bench.settled("r1")
    assert made.results and made.results.verdict.fate is Fate.MEASURED and "4 of 6" in made.results.verdict.said
    bench.experiments.make(COMMAND_LINE, "r1", bench.serve)
    assert bench.settled("r1").state is State.DONE and requests(bench) == 6


def test_what_a_killed_process_held_is_made_after_all(bench: Bench):
    bench.experiments.create(COMMAND_LINE, "r1", DATASET, bench.plan("production", questions=1))
    bench.experiments.send(COMMAND_LINE, "r1")
    bench.wiring.record.begin(bench.experiments.view("r1").items[0].request_id or "", "a process that is gone")
    assert bench.experiments.make(COMMAND_LINE, "r1", bench.serve).decided == 1


def test_a_budget_stops_the_run_cleanly_and_says_what_is_missing(bench: Bench):
    dear = bench.made("first", questions=1).spent_usd or Decimal(0)
    view = bench.made("r1", "production:seed=2,plain:seed=2", budget_usd=dear * Decimal("1.2"))
    assert view.state is State.STOPPED and 0 < view.decided < 6 and view.spent_usd and view.spent_usd <= dear * 2
    assert f"{view.missing} of 6 lessons are missing" in view.why and view.results and view.results.verdict.fate is Fate.MEASURED
    bench.experiments.again(COMMAND_LINE, "r1", budget_usd=Decimal(1))
    bench.experiments.make(COMMAND_LINE, "r1", bench.serve)
    assert bench.settled("r1").state is State.DONE


def test_the_queue_gets_what_is_missing_and_each_only_once(bench: Bench):
    bench.experiments.create(COMMAND_LINE, "r1", DATASET, bench.plan())
    assert bench.experiments.view("r1").state is State.PLANNED
    assert bench.experiments.send(COMMAND_LINE, "r1", most=4) == 2
    assert bench.experiments.send(COMMAND_LINE, "r1") == 0 == bench.experiments.send(COMMAND_LINE, "r1")
    view = bench.experiments.view("r1")
    assert (view.state, view.under_way, requests(bench)) == (State.RUNNING, 6, 6)
    request = bench.wiring.record.view(view.items[0].request_id or "")
    assert request and request.request.fresh and request.request.prompts["hook"] and request.priority < 0
    bench.experiments.cancel(COMMAND_LINE, "r1")
    assert bench.experiments.view("r1").state is State.CANCELLED and bench.experiments.send(COMMAND_LINE, "r1") == 0
    assert bench.experiments.again(COMMAND_LINE, "r1").missing == 6


def test_a_lesson_that_failed_counts_as_zero(bench: Bench):
    def fails(request_id: str) -> None:
        bench.wiring.record.cancel(request_id)

    bench.experiments.create(COMMAND_LINE, "r1", DATASET, bench.plan())
    bench.experiments.make(COMMAND_LINE, "r1", fails)
    view = bench.settled("r1")
    assert {item.status for item in view.items} == {Status.CANCELLED} and view.results
    assert view.results.line("plain").measures["outcome"].mean == 0.0 == view.results.line("plain").measures["kept"].mean


def test_one_question_is_shown_in_every_variant(bench: Bench):
    bench.made()
    found = bench.experiments.question("r1", "q2")
    assert found.reference == QUESTIONS[1] and [cell.variant for cell in found.cells] == ["production", "plain"]
    for cell in found.cells:
        assert cell.article and cell.passages and cell.scores and cell.usd and any(p.startswith("hook@") for p in cell.prompts)
    assert found.cells[0].prompts != found.cells[1].prompts
    with pytest.raises(BadRequest, match="not in this experiment"):
        bench.experiments.question("r1", "q9")


def test_lists_show_runs_and_every_variant_once(bench: Bench):
    bench.made()
    bench.made("r2", "mine=production,plain")
    assert [line.run_id for line in bench.experiments.newest()] == ["r2", "r1"]
    assert [(each.run_id, each.line.variant) for each in bench.experiments.standings(DATASET.version)] == [
        ("r2", "mine"), ("r2", "plain")]


@pytest.mark.parametrize(("said", "fields", "why"), [
    ("production,production", {}, "'production' stands there twice"),
    ("a=production,b=production", {}, "would be the same lessons"),
    ("production,nothing", {}, "nothing"),
    ("hook@ffffffff", {}, "ffffffff"),
    ("production:temperature=1", {}, "cannot be read"),
    ("production:seed=-1", {}, "whole number"),
    ("production", {"baseline": "plain"}, "not among the variants"),
    ("production", {"questions": 4}, "at most 3"),
])
def test_what_cannot_be_run_is_refused_with_its_place(bench: Bench, said, fields, why):
    with pytest.raises(BadRequest, match=why):
        bench.experiments.create(COMMAND_LINE, "r1", DATASET, bench.plan(said, **fields))


def test_an_interest_that_is_not_in_the_catalogue_is_refused_with_its_question(bench: Bench):
    odd = DATASET.model_copy(update={"rows": (QUESTIONS[0].model_copy(update={"interest": "falconry"}),)})
    with pytest.raises(BadRequest, match="'q1' cannot be asked.*falconry"):
        bench.experiments.create(COMMAND_LINE, "r1", odd, bench.plan())


def test_who_may_not_make_lessons_may_not_experiment(bench: Bench):
    viewer = bench.person("viewer")
    with pytest.raises(NotAllowed):
        bench.experiments.create(viewer, "r1", DATASET, bench.plan())
    assert "hook" in ANSWERS and bench.experiments.find("r1") is None
