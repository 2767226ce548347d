"""The page Evaluations: runs and what they came to, questions, votes, the judge, gates, a new run; texts stay text."""

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from console.evaluations import exporting, frames, making, wording
from console.loaders import evaluations, opinions
from pipeline.config import ROOT
from pipeline.errors import BadRequest
from pipeline.evaluation import Estimate
from pipeline.experiments import RunView, State
from pipeline.tables import Choice, UserRole
from pipeline.wiring import Wiring
from tests.console import evaluated, visits
from tests.console.conftest import PATIENCE_SECONDS, Queue
from tests.console.visits import errors, press, rows, told

PAGE = ROOT / "console" / "pages" / "evaluations.py"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, small_data: Path, migrated: Path) -> Path:
    """A home with a run that is done and one that is out of budget; every test gets a copy."""
    home = tmp_path_factory.mktemp("evaluated")
    shutil.copy(migrated, home / "vividly.sqlite")
    bench = evaluated.installed(home, small_data)
    evaluated.filled(bench)
    bench.wiring.engine.dispose()
    return home


@pytest.fixture
def library(filled: Path, tmp_path: Path, wiring: Wiring, request: pytest.FixtureRequest) -> Wiring:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    request.getfixturevalue("queue")  # opens the database, so only now
    return wiring


@pytest.fixture
def whole(library: Wiring) -> RunView:
    return library.experiments.view("whole")


def visit(**said: str) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
    for name, value in said.items():
        page.query_params[name] = value
    return page.run()


def table(page: AppTest, column: str, place: int = 0) -> list[dict[str, Any]]:
    """The rows of the first table with this column, or a later one: a table in which nothing is chosen has no key here."""
    return [each.value.to_dict("records") for each in page.dataframe if column in each.value.columns][place]


def put(page: AppTest, name: str) -> str:
    value: Any = page.query_params.get(name, "")
    return str(value if isinstance(value, str) else value[0])


# runs


def test_an_empty_page_says_how_a_run_begins(queue: Queue) -> None:
    assert "Nothing was evaluated yet" in told(visit())
    assert "No run is finished yet" in told(visit(tab="Gates"))
    assert "It takes two variants with figures" in told(visit(tab="Compare"))


def test_runs_stand_with_their_state_and_verdict_and_are_filtered(library: Wiring) -> None:
    page = visit()
    found = {row["State"][0]: row for row in rows(page, "evaluations_table")}
    assert set(found) == {"Done", "Out of budget"} and found["Done"]["Verdict"] == ["No difference"]
    assert evaluated.HOSTILE in found["Out of budget"]["Run"] and "2 of 4 lessons" in found["Out of budget"]["Over"]
    page.selectbox(key="evaluations_state").set_value("Done").run()
    assert len(rows(page, "evaluations_table")) == 1 and put(page, "state") == "Done"
    page.selectbox(key="evaluations_about").set_value("Retrieval").run()
    assert "No run fits the filter." in told(page)


def test_a_run_shows_measures_with_intervals_and_differences_from_its_baseline(whole: RunView) -> None:
    page = visit(run="whole")
    board = {row["Measure"]: row for row in table(page, "production (baseline)")}
    assert board["Kept sentences"]["plain"].startswith("0.000") and "to" in board["Kept sentences"]["production (baseline)"]
    lines = {row["Measure"]: row for row in table(page, "In words")}
    kept = lines["Kept sentences"]
    assert kept["Difference"].startswith("−") and kept["Better / even / worse"].endswith(" / 5")
    assert lines["Key points"]["In words"] == "The same on every question."
    said = told(page)
    assert "at least 30 are needed" in said and "each asked in both orders" in said and "Nobody has voted" in said


def test_a_run_that_is_not_there_says_so(library: Wiring) -> None:
    assert "There is no run with the id nothing" in told(visit(run="nothing"))
    assert "There is no run of retrieval 7" in told(visit(run="retrieval-7"))


# questions


def test_a_question_is_opened_down_to_what_was_written_its_sources_and_reasons(whole: RunView) -> None:
    page = visit(run="whole", part="Questions", question="q1", measure="kept")
    said = told(page)
    assert "Forces come in pairs." in said and "To be put right" in said and "What it says" in said
    assert "Prompts: " in said and "The judge fake-text preferred the same place" in said
    assert {row["Id"] for row in rows(page, "evaluation_questions")} == {f"q{number}" for number in range(6)}
    page.selectbox(key="evaluations_kind").set_value("definition").run()
    assert {row["Kind"] for row in rows(page, "evaluation_questions")} == {"definition"} and put(page, "kind") == "definition"


def test_what_a_student_asked_is_shown_as_it_is(whole: RunView) -> None:
    said = told(visit(run="whole", part="Questions", question="q3"))
    assert "<script>alert(1)</script>" not in "\n".join(line for line in said.splitlines() if line.startswith("<"))
    assert "**bold**" in said


def test_flips_are_listed_both_ways_and_open_their_question(whole: RunView) -> None:
    page = visit(run="whole", part="Flips")
    assert {row["Measure"] for row in rows(page, "evaluation_flips_lost")} == {"Words grounded", "Kept sentences"}
    assert "Gained: 0 times" in told(page)


# two variants


def test_two_variants_stand_question_by_question_the_largest_loss_first(whole: RunView) -> None:
    page = visit(tab="Compare", measure="kept")
    found = rows(page, "evaluations_moved")
    assert found[0]["Difference"].startswith("−") and found[-1]["Difference"] in ("0.000", "–")
    assert "5 lost, 0 gained" in told(page)
    page.selectbox(key="evaluations_kind").set_value("why").run()
    assert {row["Kind"] for row in rows(page, "evaluations_moved")} == {"why"}


# votes


def test_a_vote_is_blind_counted_at_once_and_told_when_the_voting_is_closed(
    whole: RunView, library: Wiring, monkeypatch: pytest.MonkeyPatch,
) -> None:
    visits.become(UserRole.CONTENT, library, monkeypatch)
    page = visit(run="whole", part="Vote")
    said = told(page)
    assert "production" not in said.split("You have judged")[1] and "plain" not in said.split("You have judged")[1]
    (control,) = page.get("button_group")
    page.segmented_control(key=str(control.key)).set_value(Choice.NO_DIFFERENCE)
    next(button for button in page.button if button.label == "Save and go on").click().run()
    assert "You have judged 1 pair; everybody together has given 1 vote" in told(page)
    press(press(page, "evaluation_close"), "evaluation_close_it")
    page = visit(run="whole")
    assert [row["No difference"] for row in table(page, "No difference", 1)] == [1, 1]
    assert table(page, "People said no difference")[2]["People said no difference"] == 1
    assert "The voting is closed" in told(visit(run="whole", part="Vote"))


def test_who_may_not_vote_is_told_why(whole: RunView, library: Wiring, monkeypatch: pytest.MonkeyPatch) -> None:
    visits.become(UserRole.VIEWER, library, monkeypatch)
    page = visit(run="whole", part="Vote")
    assert not page.get("button_group") and page.info


# gates and the judge


def test_gates_say_of_every_finished_run_how_its_variants_stand(whole: RunView) -> None:
    (row,) = rows(visit(tab="Gates"), "evaluations_gate_table")
    assert row["Verdict"] == ["Not comparable"] and row["Of"] == "plain against production, small"


def test_the_judge_is_shown_with_what_it_is_worth_and_without_a_calibration_with_how_to_make_one(
    whole: RunView, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opinions, "calibration", lambda: None)
    said = told(visit(tab="Judge"))
    assert "Nothing was looked at by both yet" in said and "evaluate calibrate" in said


# starting, stopping, going on


def test_a_run_is_foreseen_started_sent_and_cancelled(library: Wiring, queue: Queue) -> None:
    page = visit(tab="Start")
    page.number_input(key="evaluation_count_lessons").set_value(3).run()
    assert "6 lessons, 6 to be made" in told(page)
    press(page, "evaluation_start_it")
    run = library.experiments.view(put(page, "run"))
    assert (run.questions, run.state, len(queue.submitted)) == (3, State.RUNNING, 6)
    assert not any(name in run.plan.scorers for name in ("grounding", "drafts"))  # no page loads a model
    press(page, "evaluation_cancel")
    assert library.experiments.view(run.run_id).state is State.CANCELLED


@pytest.mark.parametrize(("budget", "variants", "said"), [
    ("0", ["production", "plain"], "must be more than 0 dollars"),
    ("much", ["production", "plain"], "must be more than 0 dollars"),
    ("", ["production", "hook@nothing"], "nothing"),
    ("", ["production", "production"], "production"),
])
def test_a_plan_that_cannot_be_made_is_refused_with_its_place(
    library: Wiring, budget: str, variants: list[str], said: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = visit(tab="Start")
    page.text_input(key="evaluation_budget").set_value(budget)
    if variants[1] != "plain":
        monkeypatch.setattr(evaluations, "variants", lambda _: library.experiments.variants(",".join(variants)))
    page.run()
    assert said in " ".join(errors(page))


def test_a_run_out_of_budget_says_what_is_missing_and_is_taken_up_with_another(library: Wiring, queue: Queue) -> None:
    page = visit(run="broke")
    assert "is used up" in str(page.warning[0].value)
    press(page, "evaluation_again")
    page.text_input(key="evaluation_budget_again").set_value("5").run()
    press(page, "evaluation_again_it")
    view = library.experiments.view("broke")
    assert view.plan.budget_usd == Decimal(5) and view.state is State.RUNNING and queue.submitted


# what is written


def test_files_hold_the_figures_every_score_with_its_reason_and_the_whole_run(whole: RunView, library: Wiring) -> None:
    scored, references = evaluations.scored("whole"), evaluations.references("whole")
    table = exporting.to_csv(frames.scores_frame(references, scored)).decode()
    assert table.startswith("question_id,") and "q3" in table and "grounding" in table
    assert json.loads(exporting.to_json(whole))["results"]["comparisons"]
    assert exporting.to_csv(frames.leaderboard(whole.results.lines, "production")).decode().startswith("Measure,")  # type: ignore[union-attr]


@pytest.mark.parametrize(("measure", "value", "said"), [
    ("usd", 0.0000123, "$0.000012"), ("tokens", 1234.4, "1,234"), ("seconds", 1.0, "1.00 s"), ("kept", 0.5, "0.500"),
])
def test_a_figure_has_the_unit_of_its_measure(measure: str, value: float, said: str) -> None:
    assert wording.value(measure, value) == said
    assert wording.estimate(measure, Estimate(mean=value, low=None, high=None, n=1)) == f"{said} (too few)"


def test_a_difference_that_rounds_to_nothing_has_no_sign() -> None:
    assert wording.signed("kept", -0.0001) == "0.000"
    assert (wording.signed("kept", -0.1), wording.signed("usd", 0.01)) == ("−0.100", "+$0.010000")


def test_a_budget_is_an_amount_above_nothing() -> None:
    assert (making.usd(" $2.50 "), making.usd("")) == (Decimal("2.50"), None)
    with pytest.raises(BadRequest, match="more than 0"):
        making.usd("NaN")
