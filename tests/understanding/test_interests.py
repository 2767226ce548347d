"""Which interest a question names, or a student's own words mean."""

from collections.abc import Sequence

import pytest

from pipeline.config import DATA
from pipeline.corpus.interests import Interest, read_interests
from pipeline.testing import FakeEmbedder
from pipeline.understanding import InterestFound, find_interest

INTERESTS = read_interests(DATA / "interests" / "interests.toml")


def found(question: str, given: str | None = None, interests: Sequence[Interest] = INTERESTS) -> InterestFound:
    return find_interest(question, given, interests, FakeEmbedder())


@pytest.mark.parametrize(("question", "interest", "rest"), [
    ("Explain Newton's third law using basketball", "basketball", "Explain Newton's third law"),
    ("Explain Newton's Third Law with NBA examples", "basketball", None),  # by another name
    ("I love soccer. What is momentum?", "soccer", None),
    ("Explain photosynthesis through video games", "video_games", "Explain photosynthesis"),
    ("What is inertia for a swimming fan?", "swimming", None),
])
def test_an_interest_that_the_question_names_is_recognised(question: str, interest: str, rest: str | None):
    read = found(question)
    assert read.interest is not None and read.interest.interest_id == interest
    assert rest is None or read.question == rest
    assert interest.replace("_", " ") not in read.question.casefold()


@pytest.mark.parametrize("question", [
    "Explain photosynthesis",
    "What is a standing wave?",
    "How does a ball fall?",       # a thing of many interests is not an interest
    "Explain basketballs bouncing",  # nor is a word that only begins like one
])
def test_a_question_that_names_none_stays_as_it_is(question: str):
    assert found(question) == InterestFound(interest=None, question=question)


@pytest.mark.parametrize(("given", "interest"), [
    ("basketball", "basketball"), ("  BasketBall ", "basketball"), ("nba", "basketball"), ("video_games", "video_games"),
    ("Video-Games", "video_games"),
])
def test_a_given_interest_is_found_by_any_of_its_names(given: str, interest: str):
    read = found("Explain photosynthesis", given)
    assert read.interest is not None and read.interest.interest_id == interest and read.warning == ""


def test_a_given_interest_goes_before_a_named_one():
    read = found("Explain inertia using basketball", "soccer")
    assert read.interest is not None and read.interest.interest_id == "soccer"


def test_free_text_means_the_nearest_interest():
    read = found("Explain inertia", "playing basketball")
    assert read.interest is not None and read.interest.interest_id == "basketball" and read.warning == ""


def test_an_interest_that_nobody_knows_is_a_warning_and_no_invention():
    read = found("Explain inertia", "underwater zither repair")
    assert read.interest is None and "underwater zither repair" in read.warning


def test_an_unknown_interest_leaves_the_one_that_the_question_names():
    read = found("Explain inertia using basketball", "underwater zither repair")
    assert read.interest is not None and read.interest.interest_id == "basketball" and read.warning


@pytest.mark.parametrize("given", ["(", "[a-z]*", "\\", "<b>chess</b>", "🙂", "ق"])
def test_an_interest_is_never_a_pattern(given: str):
    assert found("Explain inertia", given).question == "Explain inertia"


@pytest.mark.parametrize("given", [None, "", "   "])
def test_no_interest_is_no_warning(given: str | None):
    assert found("Explain inertia", given).warning == ""


