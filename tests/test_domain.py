"""The vocabulary: values are frozen, complete and small enough to be sent anywhere."""

import pytest
from pydantic import ValidationError

from pipeline.domain import (
    Clarification,
    GenerationRequest,
    Lesson,
    Modality,
    Scene,
    StageRun,
    Status,
    Storyboard,
    Usage,
)
from pipeline.visuals import KeyIdea, Process, Step, Title

SCENE = Scene(narration="A force is a push.", visual=Title(heading="Forces"))
BASE = {"request_id": "r", "student_query": "Explain forces", "student_id": "sam", "grade_level": 9}


@pytest.mark.parametrize(("status", "decided"), [
    ("pending", False), ("running", False), ("completed", True), ("partial", True), ("clarification_needed", True),
    ("out_of_scope", True), ("failed", True), ("cancelled", True),
])
def test_a_request_is_decided_when_nothing_more_happens_by_itself(status: str, decided: bool):
    assert Status(status).decided is decided


def test_there_is_one_vocabulary_of_states():
    assert len(Status) == 8  # the table above names each


@pytest.mark.parametrize("change", [
    {"student_query": "abcd"}, {"student_query": "x" * 501}, {"grade_level": 0}, {"grade_level": 13},
    {"interest": "i" * 101}, {"requested_modalities": ("banana",)}, {"surprise": 1},
])
def test_even_a_request_made_by_hand_keeps_the_limits(change: dict[str, object]):
    with pytest.raises(ValidationError):
        GenerationRequest.model_validate(BASE | change)


def test_a_request_wants_any_of_the_named_modalities():
    request = GenerationRequest.model_validate(BASE | {"requested_modalities": ("text", "audio")})
    assert request.wants(Modality.AUDIO, Modality.VIDEO)
    assert not request.wants(Modality.IMAGES, Modality.VIDEO)


def test_values_cannot_be_changed():
    with pytest.raises(ValidationError):
        SCENE.narration = "other"  # type: ignore[misc]


@pytest.mark.parametrize("count", [2, 8])
def test_a_storyboard_has_three_to_seven_scenes(count: int):
    with pytest.raises(ValidationError):
        Storyboard(title="Forces", scenes=(SCENE,) * count)


@pytest.mark.parametrize("count", [1, 5])
def test_a_clarification_offers_two_to_four_options(count: int):
    with pytest.raises(ValidationError):
        Clarification(question="Which?", options=("a",) * count)


def test_a_storyboard_survives_being_sent_as_json_with_every_kind_of_board():
    steps = tuple(Step(label=label, cue=label) for label in ("push", "push back"))
    board = Storyboard(title="Forces", scenes=(
        SCENE, SCENE.model_copy(update={"visual": KeyIdea(statement="Forces come in pairs.")}),
        SCENE.model_copy(update={"visual": Process(heading="How", steps=steps)}),
    ))
    assert Storyboard.model_validate_json(board.model_dump_json()) == board


def test_quantities_are_exact_when_they_are_sent():
    usage = Usage(provider="p", model="m", unit="vcpu_second", quantity="0.1")
    assert Usage.model_validate_json(usage.model_dump_json()).quantity * 3 == usage.quantity * 3
    assert str(usage.quantity * 3) == "0.3"


def test_a_lesson_survives_the_record():
    lesson = Lesson(request_id="r", status="partial", failed_modalities={"video": "The disk is full."})
    assert Lesson.model_validate(lesson.model_dump(mode="json")) == lesson


def test_a_stage_word_that_is_not_one_of_the_seven_is_refused():
    with pytest.raises(ValidationError):
        StageRun(stage="upload", status="completed")
