"""What is measured on a lesson, and why a lesson cannot be measured."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from pipeline.comparison import VALUES, Measure, Result, key_terms, measure
from pipeline.comparison.terms import covered
from pipeline.config import DATA
from pipeline.domain import Clarification, Lesson, Modality, Stage, Status, Unit, Usage
from pipeline.tracking import RequestView
from tests.console import lessons

CORPUS = DATA / "corpus"


def view(*modalities: Modality, status: Status = Status.COMPLETED, error: str = "", stages=None, **made: object) -> RequestView:
    lesson = {"request_id": "r", "status": status, "intent": lessons.INTENT, "script": lessons.script(), **made}
    return RequestView(
        request=lessons.request("r", *modalities), status=status, current_stage=None, progress=1.0, draft="", error=error,
        lesson=Lesson.model_validate(lesson), cancel_requested=False, created_at=datetime.now(UTC), started_at=None, finished_at=None,
        stages=lessons.TEXT_RUNS if stages is None else tuple(stages))


def measured(seen: RequestView) -> Result:
    return measure(seen, lambda topic: ("force", "action", "inertia"))


def test_a_text_is_measured_by_its_article():
    known = measured(view()).measured
    assert known.words == len(lessons.ARTICLE.split()) and known.reading_grade == 7.9 and known.asked_grade == 10
    assert known.covered == ("force",) and known.terms == ("force", "action", "inertia")
    assert (known.grounded, known.sentences) == (1, 2)  # a dropped sentence does not stand in the lesson
    assert known.seconds == pytest.approx(22.33) and known.stage_seconds[Stage.SCRIPT] == 18.2
    assert known.usage == {Unit.VCPU_SECOND: Decimal("44.66")} and known.usd > 0
    assert known.passages == ("newton-3-explanation-1", "newton-3-review")


def test_a_film_is_measured_by_what_is_spoken():
    known = measured(view(Modality.VIDEO)).measured
    spoken = " ".join(scene.narration for scene in lessons.BOARD.scenes)
    assert known.words == len(spoken.split()) < len(lessons.ARTICLE.split()) and known.reading_grade != 7.9


def test_every_try_is_paid_for_and_a_stage_that_ran_twice_counts_twice():
    runs = [*lessons.TEXT_RUNS, lessons.run(Stage.SCRIPT, 2.0)]
    once, twice = measured(view()).measured, measured(view(stages=runs)).measured
    assert twice.stage_seconds[Stage.SCRIPT] == pytest.approx(20.2) and twice.usd > once.usd


def test_usage_without_a_price_is_no_number_and_not_nothing():
    strange = Usage(provider="nobody", model="m", unit=Unit.IMAGE, quantity=Decimal(1))
    known = measured(view(stages=[lessons.run(Stage.NLU).model_copy(update={"usage": (strange,)})])).measured
    assert known.usd is None and VALUES[Measure.USD](known) is None


def test_the_numbers_that_are_compared():
    known = measured(view()).measured
    assert VALUES[Measure.READING](known) == pytest.approx(2.1)  # easier counts like harder
    assert VALUES[Measure.GROUNDING](known) == 0.5 and VALUES[Measure.TERMS](known) == pytest.approx(1 / 3)
    bare = known.model_copy(update={"sentences": 0, "terms": ()})
    assert VALUES[Measure.GROUNDING](bare) is None is VALUES[Measure.TERMS](bare)


ASKED = Clarification(question="Which law?", options=("One", "Two"))


@pytest.mark.parametrize(("seen", "why"), [
    (view(status=Status.RUNNING), "it is not made yet"),
    (view(status=Status.FAILED, error="It broke."), "it failed: It broke."),
    (view(status=Status.FAILED), "it failed: the record does not say why"),
    (view(status=Status.CANCELLED), "it was cancelled"),
    (view(status=Status.OUT_OF_SCOPE, reason="No lesson."), "it was declined: No lesson."),
    (view(status=Status.CLARIFICATION_NEEDED, clarification=ASKED), "it asked back: Which law?"),
    (view(Modality.VIDEO, status=Status.PARTIAL, failed_modalities={"video": "disk full"}), "its video was not made: disk full"),
    (view(Modality.VIDEO, status=Status.PARTIAL, switched_off={"video": "off"}), "its video was not made: off"),
    (view(script=None), "it has no text to measure"),
])
def test_what_cannot_be_measured_says_why(seen, why):
    assert measured(seen) == Result(missing=why)


def test_key_terms_are_those_of_the_book_and_of_nothing_else():
    assert "normal force" in key_terms(CORPUS, "topic_phys_mech_newton_3") or len(key_terms(CORPUS, "topic_phys_mech_newton_3")) >= 3
    for nothing in ("topic_nobody", "", "../topic_phys_waves", "*"):
        assert key_terms(CORPUS, nothing) == ()


def test_a_term_is_covered_in_any_inflection_and_only_whole():
    text = "Forces come in pairs. The waves travel at speeds of 340 m/s."
    assert covered(("force", "wave speed", "wave height", "pair"), text) == ("force", "wave speed", "pair")
