"""The model's sentences against what they rest on, and the margins that tell how sure the judge is."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.domain import Origin
from pipeline.scoring import Signs, score
from pipeline.testing import FakeTextModel
from tests.scoring.conftest import CALIBRATION, REFERENCE, with_written

CLAIM = "When you jump for a rebound, your shoes push the floor down."


def grounding(answer, tools, name="grounding"):
    (found,) = score(answer, REFERENCE, tools, names=[name])
    return found


def test_a_claim_that_the_judge_is_sure_of_and_whose_words_stand_in_the_text_scores_high(text, tools):
    sure = replace(tools, model=FakeTextModel({}, margin=0.99))
    unsure = replace(tools, model=FakeTextModel({}, margin=-0.99))
    assert grounding(text, sure).value > Decimal("0.9") > Decimal("0.1") > grounding(text, unsure).value
    assert grounding(text, sure).why.startswith("Weakest, with 0.9")


def test_what_was_dropped_counts_only_for_the_drafts(text, tools):
    answer = with_written(text, (CLAIM, Origin.MODEL), ("Penguins juggle photons underground.", Origin.DROPPED))
    assert grounding(answer, tools).value > grounding(answer, tools, "drafts").value
    assert "Penguins" in grounding(answer, tools, "drafts").why
    replaced = with_written(text, ("Penguins juggle photons underground.", Origin.REPLACED))
    assert grounding(replaced, tools, "drafts").value is None


def test_words_are_grounded_in_what_the_sentence_rests_on_and_nobody_is_asked(text, tools):
    answer = with_written(text, (CLAIM, Origin.MODEL), ("Penguins juggle photons underground.", Origin.DROPPED), ("", Origin.DROPPED))
    found = grounding(answer, replace(tools, model=None), "cover")
    assert found.value == Decimal("0.5") and found.why == "Least, with 0.00: Penguins juggle photons underground."
    assert grounding(with_written(text), tools, "cover").value is None


def test_a_question_claims_nothing_and_an_empty_sentence_neither(text, tools):
    answer = with_written(text, ("Why does it push?", Origin.MODEL), ("", Origin.DROPPED))
    assert grounding(answer, tools).value is None and grounding(answer, tools, "drafts").why == "The model wrote no claim."


@pytest.mark.parametrize(("missing", "why"), [
    ({"model": None}, "no language model"), ({"calibration": None}, "no calibration"),
    ({"calibration": CALIBRATION}, "The calibration is of fake-text and grounded@any, not of fake-text and grounded@"),
    ({"model": FakeTextModel({}, name="another")}, "not of another and grounded@"),
])
def test_without_model_or_its_own_calibration_grounding_says_that_it_cannot(text, tools, missing, why):
    found = grounding(text, replace(tools, **missing))
    assert found.value is None and why in found.why


def test_the_judge_reads_the_topic_the_situation_and_the_claim_and_its_bill_is_handed_on(text, tools):
    paid = []
    judge = FakeTextModel({}, margin=0.5)
    grounding(text, replace(tools, model=judge, spend=lambda one: paid.append(one) or one.value))
    (prompt,) = judge.prompts
    assert prompt.name == "grounded" and len(paid) == 1
    for part in ("When one object pushes on a second object", "In basketball: When you jump for a rebound", f"Claim: {CLAIM[:40]}"):
        assert part in prompt.user


def test_a_claim_is_data_for_the_judge_and_never_a_template(text, tools):
    judge = FakeTextModel({}, margin=0.5)
    grounding(with_written(text, ("{{ 7 * 7 }} {% for x in y %} shoes push the floor.", Origin.MODEL)), replace(tools, model=judge))
    assert "Claim: {{ 7 * 7 }} {% for x in y %} shoes push the floor." in judge.prompts[0].user


def test_more_of_each_sign_never_makes_a_claim_less_likely():
    low, high = CALIBRATION.probability(Signs(0.1, 0.1, -0.9)), CALIBRATION.probability(Signs(0.9, 0.9, 0.9))
    assert 0.0 < low < CALIBRATION.probability(Signs(0.9, 0.1, -0.9)) < high < 1.0
