"""Sentences, numbers and equations are found as a reader finds them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.writing.sentences import equations, numbers, split_sentences, stems, trimmed


@pytest.mark.parametrize(("text", "sentences"), [
    ("One. Two! Three? Four.", ["One.", "Two!", "Three?", "Four."]),
    ("A line\nbreak ends one", ["A line", "break ends one"]),
    ("It weighs 2.5 kg. It falls.", ["It weighs 2.5 kg.", "It falls."]),
    ("Some metals, e.g. Iron, rust. Gold does not.", ["Some metals, e.g. Iron, rust.", "Gold does not."]),
    ("Dr. Mendel grew peas. He counted.", ["Dr. Mendel grew peas.", "He counted."]),
    ("He asked “Why?” Nobody knew.", ["He asked “Why?”", "Nobody knew."]),
    ("Take 3. 4 is next.", ["Take 3.", "4 is next."]),
    ("", []),
    ("  \n ", []),
])
def test_sentences(text: str, sentences: list[str]):
    assert split_sentences(text) == sentences


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=200))
def test_no_word_is_lost_in_splitting(text: str):
    assert [word for sentence in split_sentences(text) for word in sentence.split()] == text.split()


@pytest.mark.parametrize(("text", "found"), [
    ("a mass of 5 kg and 2.5 m", {"5", "2.5"}),
    ("1,000 people, then 12,345.6", {"1000", "12345.6"}),
    ("It takes 3.", {"3"}),
    ("H2O and CO2 and x1", set()),  # an index is part of a name
    ("half of it", set()),
    ("10 %, 20°C, $30", {"10", "20", "30"}),
])
def test_numbers(text: str, found: set[str]):
    assert numbers(text) == found


@pytest.mark.parametrize(("text", "found"), [
    ("The force is F = 12 here", {"F=12"}),
    ("so a = F / m applies", {"a=F/m"}),
    ("so a = F / m.", {"a=F/m"}),  # the full stop is not part of it
    ("v = d / t = 10 / 2 = 5 m/s", {"v=d/t", "10/2=5"}),
    ("E = ½ m v²", {"E=½"}),
    ("no equation", set()),
    ("A is equal to B", set()),
])
def test_equations(text: str, found: set[str]):
    assert equations(text) == found


def test_words_of_one_family_have_one_stem():
    assert stems("pushes pushed pushing") == stems("push push push")[:1] * 3


@pytest.mark.parametrize(("words", "kept"), [
    (1, "One two three."),  # at least one sentence
    (3, "One two three."),
    (5, "One two three. Four five."),
    (99, "One two three. Four five. Six."),
])
def test_a_text_is_trimmed_at_the_end_of_a_sentence(words: int, kept: str):
    assert trimmed("One two three. Four five. Six.", words=words) == kept
