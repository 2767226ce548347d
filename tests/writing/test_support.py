"""A sentence of the model stays only when its words, its figures and its meaning stand in the evidence."""

import pytest

from pipeline.bill import Bill
from pipeline.domain import Origin, Sentence
from pipeline.prompts import PromptBook
from pipeline.testing import FakeTextModel, QuietJournal
from pipeline.writing.support import MARGIN_NEEDED, Evidence, check

TEXT = "When you jump, your shoes push the floor down with 900 N, and the floor pushes you up. The force is F = 900 N."
FACTS = {"topic": "Newton's third law", "summary": "Forces come in pairs.", "interest": "basketball", "scene": TEXT,
         "lesson": "The floor lifts you."}
GOOD = "Your shoes push the floor down with 900 N."


def checked(sentence: str, prompts: PromptBook, *, margin: float = 0.9, asking: bool = False) -> tuple[Sentence, FakeTextModel]:
    model = FakeTextModel({}, margin=margin)
    evidence = Evidence(text=TEXT, sources=("newton-basketball",), facts=FACTS)
    return check(sentence, evidence, model=model, prompts=prompts, spend=Bill(QuietJournal()), asking=asking), model


def test_a_supported_sentence_stays_with_its_source(prompts: PromptBook):
    kept, model = checked(GOOD, prompts)
    assert (kept.origin, kept.sources, kept.margin) == (Origin.MODEL, ("newton-basketball",), 0.9)
    assert kept.cover == 1.0 and len(model.prompts) == 1


@pytest.mark.parametrize(("sentence", "why"), [
    ("Your shoes push the floor down with 800 N.", "a number that the evidence does not have"),
    ("Your shoes push the floor with F = 450.", "an equation that it does not have"),
    ("The force is F = 900 / 900 N.", "an equation whose other side is different"),
    ("The hoop catches a bouncing orange ball today.", "words that it does not have"),
])
def test_a_sentence_that_adds_something_is_dropped_before_any_model_is_asked(sentence: str, why: str, prompts: PromptBook):
    dropped, model = checked(sentence, prompts)
    assert dropped.origin is Origin.DROPPED, why
    assert model.prompts == []


@pytest.mark.parametrize(("margin", "origin"), [
    (MARGIN_NEEDED, Origin.MODEL), (MARGIN_NEEDED - 0.01, Origin.DROPPED), (-0.9, Origin.DROPPED),
])
def test_the_models_margin_decides_at_its_limit(margin: float, origin: Origin, prompts: PromptBook):
    assert checked(GOOD, prompts, margin=margin)[0].origin is origin


def test_the_question_about_support_carries_the_claim_and_the_evidence(prompts: PromptBook):
    _, model = checked(GOOD, prompts)
    assert GOOD in model.prompts[0].user and TEXT in model.prompts[0].user


def test_cover_is_the_share_of_words_that_the_evidence_has():
    evidence = Evidence(text="the floor pushes")
    assert evidence.cover("floor pushed") == 1.0
    assert evidence.cover("floor ceiling") == 0.5
    assert evidence.cover("it is") == 1.0  # nothing is claimed


def test_a_number_is_the_same_with_and_without_separators():
    assert Evidence(text="1,000 m").strange_figures("It is 1000 m.") == set()
    assert Evidence(text="1000 m").strange_figures("It is 100 m.") == {"100"}
