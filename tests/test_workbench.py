"""The workbench: a prompt that is nobody's version yet, tried on questions; nothing of it stays."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipeline.config import Settings
from pipeline.domain import Origin
from pipeline.generate import House
from pipeline.prompts import PromptText
from pipeline.requests import parse
from pipeline.testing import ANSWERS, FakeTextModel, FakeWiring
from pipeline.workbench import tried

ASKED = parse({"student_query": "Explain Newton's third law", "student_id": "s", "grade_level": 10, "interest": "basketball",
               "requested_modalities": ["video"]}, request_id="r")


@pytest.fixture
def wiring(settings: Settings) -> Iterator[FakeWiring]:
    wiring = FakeWiring(settings)
    yield wiring
    wiring.engine.dispose()


@pytest.fixture
def house(wiring: FakeWiring) -> House:
    """It writes down what it was asked instead of answering."""
    return replace(wiring.open_house(), text=FakeTextModel({**ANSWERS, "hook": lambda prompt: f"What is {prompt.user[:12]} about here?"}))


def changed(wiring: FakeWiring, **fields: object) -> PromptText:
    return wiring.registry.text("hook", "production").model_copy(update=fields)


def test_a_text_that_is_no_version_is_asked_with_and_nothing_is_recorded(wiring: FakeWiring, house: House) -> None:
    (before,) = tried(house, [ASKED])
    (after,) = tried(house, [ASKED], texts=[changed(wiring, user="{{ topic }}", variables=("topic",))])
    assert before.said.startswith("What is Topic:") and after.said.startswith("What is Newton")
    assert before.variables["hook"]["interest"] == "basketball" and after.lesson is not None and after.lesson.video is None
    assert len(wiring.registry.versions("hook")) == len(list((wiring.settings.data / "prompts").rglob("hook.toml")))
    assert wiring.record.recent() == [] and after.usd is not None


def test_a_text_that_cannot_be_filled_in_says_so_in_place_of_a_lesson(wiring: FakeWiring, house: House) -> None:
    (one,) = tried(house, [ASKED], texts=[changed(wiring, user="{{ 1 / 0 }}", variables=())])
    assert one.lesson is None and "could not be filled in" in one.said and one.kept == 0


def test_what_the_model_wrote_is_told_from_what_the_book_says(house: House) -> None:
    (one,) = tried(house, [ASKED])
    assert one.wrote and all(sentence.origin is not Origin.BOOK for sentence in one.wrote)
    assert one.kept == sum(sentence.origin is Origin.MODEL for sentence in one.wrote)


def test_a_question_that_is_declined_has_its_reason(house: House) -> None:
    (one,) = tried(house, [ASKED.model_copy(update={"student_query": "asdf qwer zxcv uiop"})])
    assert one.lesson is not None and one.wrote == [] and one.said == one.lesson.reason != ""
