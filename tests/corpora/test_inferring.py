"""What a book is about and for whom, where nobody said."""

import pytest

from pipeline.corpora.inferring import infer_grades, infer_subject
from pipeline.reading import Block, BlockKind, Book, Module
from tests.corpora.books import a_book

SUBJECTS = {"physics": "force mass friction motion crate wave energy rope", "biology": "cell leaf plant animal blood gene"}
EASY = "The dog ran to the big red barn. It was hot and the sun was up. He had a nap by the old oak. "
HARD = ("Institutional differentiation characteristically necessitates organizational accommodation of contradictory "
        "constituencies whose expectations, however legitimate, systematically undermine administrative predictability. ")


def told(text: str, *, title: str = "Notes", language: str = "en") -> Book:
    block = Block(kind=BlockKind.PARAGRAPH, text=text)
    module = Module(key="m", title="One", position=0, blocks=(block,), words_in=len(text.split()))
    return a_book(title=title).model_copy(update={"modules": (module,), "language": language})


@pytest.mark.parametrize(("title", "subject"), [
    ("College Physics 2e", "physics"), ("Introduction to Sociology 3e", "sociology"), ("Precalculus", "mathematics"),
])
def test_a_title_that_names_its_subject_is_believed(title: str, subject: str):
    assert infer_subject(told("Words.", title=title), SUBJECTS) == subject


@pytest.mark.parametrize(("text", "subject"), [
    ("The force on a crate grows with its mass, and friction slows its motion.", "physics"),
    ("A leaf is made of cells, and each cell of the plant has the same genes.", "biology"),
    ("Parliament met in the old hall and voted on the budget of the town.", ""),
])
def test_else_its_words_tell_or_nothing_is_said(text: str, subject: str):
    assert infer_subject(told(text), SUBJECTS) == subject
    assert infer_subject(told(text), {}) == ""


def test_easy_prose_is_for_lower_grades_than_hard_prose():
    easy, hard = infer_grades(told(EASY * 20)), infer_grades(told(HARD * 30))
    assert easy[0] == 1 and hard[-1] == 13 and max(easy) < min(hard)


@pytest.mark.parametrize(("book", "grades"), [
    (told(EASY), ()),  # too little prose to tell
    (told(EASY * 20, language="de"), ()),  # the formula is for English
    (told(EASY * 20, title="High School Physics"), (9, 10, 11, 12)),
    (told(EASY * 20, title="University Physics, Volume 1"), (13,)),
])
def test_a_title_tells_the_grades_and_what_cannot_be_told_is_not_said(book: Book, grades: tuple[int, ...]):
    assert infer_grades(book) == grades
