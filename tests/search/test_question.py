"""A query, read: cut, cleaned, and told by its form what kind it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.search import Kind, content_words, kind_of, read_question


@pytest.mark.parametrize(("text", "words"), [
    ("Explain Newton's Third Law using basketball", ["newton", "s", "third", "law", "basketball"]),
    ("What is a force? A FORCE is a push.", ["force", "push"]),
    ("how does it work", []),
    ("Größe naïve 3.5", ["grösse", "naïve", "3", "5"]),
    ("", []),
])
def test_content_words_carry_the_meaning(text: str, words: list[str]):
    assert content_words(text) == words


@pytest.mark.parametrize(("query", "kind"), [
    ("Why is the sky blue", Kind.QUESTION),
    ("A ball rolls 4 m in 2 s. How fast is it?", Kind.QUESTION),
    ("when does a metal rust", Kind.QUESTION),
    ("my bike goes brown when it stands outside", Kind.QUESTION),  # everyday wording: nobody says "my" in a definition
    ("Thanatology is the study of _____. death ageing", Kind.QUESTION),
    ("Describe the second law of thermodynamics", Kind.OBJECTIVE),
    ("the rate at which velocity changes", Kind.DEFINITION),
    ("when the net external force is zero, the total momentum is constant", Kind.DEFINITION),
    ("is not having the means to live as the average person does", Kind.DEFINITION),
    ("photosynthesis", Kind.KEYWORDS),
    ("", Kind.KEYWORDS),
    ("Aspirin reduces the risk of a stroke.", Kind.STATEMENT),
])
def test_the_form_of_a_query_tells_its_kind(query: str, kind: Kind):
    assert kind_of(query) is kind


@pytest.mark.parametrize(("objective", "words"), [
    ("Describe waves", ("waves",)),
    ("Define, explain, and contrast order and chaos", ("order", "chaos")),
    ("Identify the order of reactions", ("order", "reactions")),  # the second word is what is identified
    ("Describe and", ("describe",)),  # nothing else could be looked up
    ("Explain", ("explain",)),
])
def test_the_verb_of_an_objective_is_not_looked_up(objective: str, words: tuple[str, ...]):
    question = read_question(objective)
    assert question.words == words or question.words == ()


def test_a_very_long_query_is_cut_and_says_so():
    question = read_question("force " * 900)
    assert len(question.text) <= 1000 and "Only the first 1,000" in question.notes[0]


def test_a_query_of_common_words_says_that_no_word_can_be_looked_up():
    question = read_question("what is it and how does it work")
    assert question.words == () and "only common ones" in question.notes[0]


@settings(deadline=None)
@given(st.text())
def test_any_text_is_a_query(text: str):
    question = read_question(text)
    assert len(question.text) <= 1000 and len(question.words) <= 64 and "\0" not in question.text
