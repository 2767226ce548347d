"""The reading grade: syllables near enough, and the formula worked by hand."""

import pytest

from pipeline.writing.reading import reading_grade, reading_warning, syllables

COUNTED = {
    "photosynthesis": 5, "energy": 3, "the": 1, "molecule": 3, "creature": 2, "mammal": 2, "pushed": 1, "started": 2,
    "glucose": 2, "carbon": 2, "electrons": 3, "mitosis": 3, "idea": 3, "area": 3, "ratio": 3, "forces": 2, "changes": 2,
    "people": 2, "equation": 3, "algorithm": 4, "individuals": 5, "species": 2, "average": 3, "temperature": 4,
    "battery": 3, "oxygen": 3, "example": 3, "horse": 1, "bases": 2, "quadratic": 3, "triangle": 3, "equal": 2,
}


def test_nine_words_of_ten_have_their_syllables_counted_rightly():
    wrong = {word: syllables(word) for word, count in COUNTED.items() if syllables(word) != count}
    assert len(wrong) <= len(COUNTED) / 10, wrong


@pytest.mark.parametrize(("text", "grade"), [
    ("The cat sat on the mat.", -1.45),  # the formula's own easiest case: six words of one syllable
    ("Photosynthesis needs energy.", 20.98),  # three words of five, one and three syllables
])
def test_known_sentences_have_their_known_grade(text, grade):
    assert reading_grade(text) == pytest.approx(grade, abs=0.06)


def test_headings_formulas_and_source_marks_do_not_count():
    assert reading_grade("# Photosynthesis\n\nThe cat sat on the mat. [1]\n\n> **F = m × a**") == reading_grade(
        "The cat sat on the mat."
    )


def test_an_empty_text_has_grade_zero():
    assert reading_grade("# Only a heading") == 0.0


@pytest.mark.parametrize(("grade", "wanted", "warned"), [(9.0, 9, False), (11.0, 9, False), (11.5, 9, True)])
def test_a_text_more_than_two_grades_too_hard_is_a_warning(grade, wanted, warned):
    assert (reading_warning(grade, wanted) is not None) == warned
