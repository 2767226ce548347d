"""A topic's parts and an intent, as the script stage gets them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.bill import Bill
from pipeline.corpus.book import Topic
from pipeline.corpus.catalogue import card_of
from pipeline.corpus.chunks import passages_of
from pipeline.corpus.interests import read_situation
from pipeline.domain import Intent, Passage, Role
from pipeline.prompts import PromptBook, read_prompts
from pipeline.testing import FakeTextModel, QuietJournal
from pipeline.writing import Parts, Situation, Writer, sort_parts, split_sentences


@pytest.fixture
def passages(newton: Topic) -> list[Passage]:
    roles = (Role.EXPLANATION, Role.WORKED_EXAMPLE, Role.REVIEW)
    return [passage for passage in passages_of(newton) if passage.role in roles][-5:]


@pytest.fixture
def parts(passages: list[Passage]) -> Parts:
    return sort_parts(passages)


@pytest.fixture
def intent(newton: Topic) -> Intent:
    card = card_of(newton)
    return Intent(
        question="Explain Newton's third law", topic_id=card.topic_id, topic_name=card.title, subject=card.subject,
        objective=card.objective, summary=card.summary, concepts=card.concepts, confidence=0.9, grade_level=10,
        interest_id="basketball", interest_name="basketball",
    )


@pytest.fixture
def situation(small_data: Path, intent: Intent) -> Situation:
    told = read_situation(small_data / "interests" / "situations", topic_id=intent.topic_id, interest_id="basketball")
    scene, *lesson = split_sentences(told or "")
    return Situation(name="basketball", scene=scene, lesson=" ".join(lesson), source=f"{intent.topic_id}-basketball")


@pytest.fixture(scope="session")
def prompts(small_data: Path) -> PromptBook:
    return read_prompts(small_data / "prompts")


@pytest.fixture
def writer(intent: Intent, situation: Situation, prompts: PromptBook) -> Callable[..., Writer]:
    def opened(*, hook: str = "Why?", link: str = "So.", margin: float = 0.9) -> Writer:
        model = FakeTextModel({"hook": hook, "link": link}, margin=margin)
        return Writer(intent=intent, situation=situation, model=model, prompts=prompts, spend=Bill(QuietJournal()), seed=1)

    return opened
