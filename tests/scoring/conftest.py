"""A lesson on Newton's third law with basketball, once as text and once as a film, made by fakes; and how to change it."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.config import read_settings
from pipeline.corpus.interests import read_interests
from pipeline.domain import GenerationRequest, Origin, Section, Sentence
from pipeline.generate import generate
from pipeline.prompts import read_prompts
from pipeline.requests import parse
from pipeline.scoring import Answer, Calibration, Expected, Finding, KeyPoint, Reference, Tools, score
from pipeline.testing import FakeTextModel, FakeWiring, QuietJournal
from pipeline.trace import Trace

NEWTON = "topic_phys_mech_newton_3"
ANSWERS = {
    "nlu": '{"kind": "learning", "topic": 1}', "hook": "Why do your shoes push the floor down when you jump for a rebound?",
    "link": "When you jump for a rebound, your shoes push the floor down, and the second pushes back on the first with a force "
            "of equal size in the opposite direction.",
}
REFERENCE = Reference(
    question_id="newton", question="Explain Newton's third law", grade=9, interest="basketball", expected=Expected.ANSWER,
    kind="explain", topic_id=NEWTON, misconception="The action and reaction forces cancel, so nothing should ever move.",
    key_points=(KeyPoint(point="Forces come in pairs.", terms=("forces", "same size|equal size", "opposite")),
                KeyPoint(point="They act on different objects.", terms=("different objects",))))
CALIBRATION = Calibration(bias=-2.0, cover=1.0, pairs=1.0, margin=1.0, model="fake-text", prompt="grounded@any", claims=4)


@pytest.fixture(scope="session")
def made(small_data, tmp_path_factory) -> Callable[..., Answer]:
    """Makes the lesson with these answers of the model and these fields of the request."""
    settings = read_settings({"VIVIDLY_HOME": str(tmp_path_factory.mktemp("scored")), "VIVIDLY_DATA": str(small_data)})
    wiring = FakeWiring(settings, text=FakeTextModel(dict(ANSWERS)))
    house = wiring.open_house()

    def make(*modalities: str, **fields: Any) -> Answer:
        asked = {"student_query": "Explain Newton's third law", "student_id": "sam", "grade_level": 9, "interest": "basketball",
                 "requested_modalities": list(modalities), **fields}
        request: GenerationRequest = parse(asked, request_id="-".join(modalities)).model_copy(update={"fresh": True})
        journal = QuietJournal()
        lesson = generate(house.allow(request), house, Trace(journal))
        return Answer(request=request, lesson=lesson, runs=tuple(journal.runs))

    return make


@pytest.fixture(scope="session")
def text(made) -> Answer:
    """As a text."""
    return made("text")


@pytest.fixture(scope="session")
def film(made) -> Answer:
    """As a film."""
    return made("video")


@pytest.fixture(scope="session")
def tools(small_data) -> Tools:
    """The shipped prompts and interests, a model that is always fairly sure, a calibration for it."""
    prompts = read_prompts(small_data / "prompts")
    fitted = CALIBRATION.model_copy(update={"prompt": f"grounded@{prompts.text('grounded').version}"})
    return Tools(
        prompts=prompts, model=FakeTextModel({}, margin=0.8), calibration=fitted,
        interests={one.interest_id: one for one in read_interests(small_data / "interests" / "interests.toml")})


@pytest.fixture
def judged(tools) -> Callable[..., Finding]:
    """What one scorer finds of an answer, with fields of the reference changed."""

    def judge(name: str, answer: Answer, **fields: Any) -> Finding:
        reference = Reference.model_validate(REFERENCE.model_dump() | fields)
        (found,) = score(answer, reference, tools, names=[name])
        return found

    return judge


def changed(answer: Answer, **script: Any) -> Answer:
    """The answer with these parts of its script changed; the article follows its sections."""
    assert answer.lesson and answer.lesson.script
    if "sections" in script and "article" not in script:
        script["article"] = "\n\n".join(section.markdown for section in script["sections"])
    lesson = answer.lesson.model_copy(update={"script": answer.lesson.script.model_copy(update=script)})
    return answer.model_copy(update={"lesson": lesson})


def with_section(answer: Answer, name: str, markdown: str) -> Answer:
    """The answer with other words in one section."""
    assert answer.script
    other = [Section(name=s.name, heading=s.heading, markdown=markdown if s.name == name else s.markdown, sources=s.sources)
             for s in answer.script.sections]
    return changed(answer, sections=tuple(other))


def without_section(answer: Answer, name: str) -> Answer:
    """The answer without one section."""
    assert answer.script
    return changed(answer, sections=tuple(section for section in answer.script.sections if section.name != name))


def with_written(answer: Answer, *sentences: tuple[str, Origin]) -> Answer:
    """The answer with these as the sentences that the model wrote."""
    assert answer.script
    book = tuple(s for s in answer.script.sentences if s.origin is Origin.BOOK)
    return changed(answer, sentences=(*book, *(Sentence(text=said, origin=origin) for said, origin in sentences)))
