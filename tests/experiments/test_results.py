"""Scores become estimates, comparisons, flips and a verdict: arithmetic, without a database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain import Status
from pipeline.evaluation import Fate
from pipeline.experiments import Item, Results, RunPlan, State, Variant
from pipeline.experiments.results import Answered, results
from pipeline.experiments.rows import state_of
from pipeline.scoring import Score
from tests.experiments.conftest import QUESTIONS

PLAN = RunPlan(dataset="small", variants=(Variant(name="old", prompts={"hook": "1"}), Variant(name="new", prompts={"hook": "2"})),
               baseline="old")
Values = dict[str, list[float | None]]


def item(number: int, variant: str = "old", status: Status | None = Status.COMPLETED, *, scored: bool = True) -> Item:
    return Item(item_id=number, position=number, question_id=f"q{number}", variant=variant, status=status, reused=False,
                request_id=None if status is None else f"r{number}", scored=scored)


def compared(old: Values, new: Values, *, lost: int = 0) -> Results:
    """The results of these values by measure; of the newest `lost` questions nothing is decided in the new variant."""
    count = len(next(iter(old.values())))
    answered = [
        Answered(variant=name, position=number, reference=QUESTIONS[number % 3].model_copy(update={"question_id": f"q{number}"}),
                 item=item(number, name, None if name == "new" and number > count - lost else Status.COMPLETED),
                 scores=[score(measure, values[number - 1]) for measure, values in said.items()
                         if not (name == "new" and number > count - lost)])
        for name, said in (("old", old), ("new", new)) for number in range(1, count + 1)]
    return results(answered, PLAN, usd={"old": Decimal(1), "new": None}, at=datetime.now(UTC))


def score(name: str, value: float | None) -> Score:
    return Score(name=name, value=None if value is None else Decimal(str(value)), why="said in a test")


def of(found: Results, measure: str):
    return next(each for each in found.comparisons if each.measure == measure)


def test_what_is_better_in_every_question_is_better_beyond_chance():
    found = compared({"kept": [0.0] * 12, "outcome": [1.0] * 12}, {"kept": [1.0] * 12, "outcome": [1.0] * 12})
    assert found.verdict.fate is Fate.BETTER and found.verdict.said.startswith("new is better in Kept sentences (+1.000")
    assert len(found.flips) == 12 and {flip.side for flip in found.flips} == {"gained"}
    back = compared({"kept": [1.0] * 12}, {"kept": [0.0] * 12})
    assert back.verdict.fate is Fate.WORSE and {flip.side for flip in back.flips} == {"lost"}


def test_better_in_one_and_worse_in_another_is_no_verdict_for_either():
    found = compared({"kept": [0.0] * 12, "reading": [1.0] * 12}, {"kept": [1.0] * 12, "reading": [0.0] * 12})
    assert found.verdict.fate is Fate.NO_DIFFERENCE and "better in Kept" in found.verdict.said and "worse in Reading" in found.verdict.said


def test_a_cost_never_decides_and_less_of_it_is_better():
    found = compared({"kept": [1.0] * 12, "tokens": [100.0] * 12}, {"kept": [1.0] * 12, "tokens": [50.0] * 12})
    tokens = of(found, "tokens")
    assert tokens.significant and tokens.better and tokens.wins == 12 and found.verdict.fate is Fate.NO_DIFFERENCE


def test_what_no_question_differs_in_is_not_counted_as_looked_at():
    alone = compared({"kept": [0.0] * 8}, {"kept": [1.0] * 8})
    beside = compared({"kept": [0.0] * 8, "schema": [1.0] * 8}, {"kept": [1.0] * 8, "schema": [1.0] * 8})
    assert of(alone, "kept").p_holm == of(beside, "kept").p_holm == pytest.approx(2 / 2**8)


def test_what_cannot_be_scored_is_counted_and_left_out_of_the_pairs():
    found = compared({"interest": [0.5, None, 0.5]}, {"interest": [0.75, 1.0, None]})
    assert (of(found, "interest").n, of(found, "interest").difference) == (1, 0.25)
    assert found.line("old").unscored == {"interest": 1} and any("could not be scored for 1" in note for note in found.notes)


def test_before_every_lesson_is_there_nothing_is_decided():
    found = compared({"kept": [0.0] * 12}, {"kept": [1.0] * 12}, lost=2)
    assert found.verdict.fate is Fate.MEASURED and "2 of 24" in found.verdict.said and of(found, "kept").n == 10


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=10))
def test_the_other_way_round_is_the_same_with_the_other_sign(pairs):
    old, new = ([value[side] / 4 for value in pairs] for side in (0, 1))
    there, back = of(compared({"kept": old}, {"kept": new}), "kept"), of(compared({"kept": new}, {"kept": old}), "kept")
    assert there.difference == pytest.approx(-back.difference) and there.p == pytest.approx(back.p)
    assert (there.wins, there.losses) == (back.losses, back.wins) and there.wins + there.ties + there.losses == len(pairs)


@given(st.lists(st.tuples(st.sampled_from([None, *Status]), st.booleans()), min_size=1, max_size=6), st.booleans(), st.booleans())
def test_a_run_is_somewhere_and_done_only_when_all_of_it_is(statuses, cancelled, stopped):
    items = [item(number, status=status, scored=scored) for number, (status, scored) in enumerate(statuses)]
    state = state_of(items, cancelled=cancelled, stopped=stopped)
    assert (state is State.DONE) == all(each.decided and each.scored for each in items)
    assert state is not State.CANCELLED or cancelled
    assert state is not State.STOPPED or stopped
    assert state is not State.PLANNED or not any(each.request_id for each in items)
