"""The article: every section in order, with marks that lead to its sources, and a reading level."""

import re

import pytest

from pipeline.domain import Intent, Origin, Passage, Role, Sentence
from pipeline.errors import NotInLibrary
from pipeline.visuals import Equation
from pipeline.writing import (
    Parts,
    example_section,
    explanation_section,
    hook_section,
    link_section,
    misconception_section,
    opening,
    question_section,
    reading_grade,
    reading_warning,
    shown,
    sort_parts,
    takeaways_section,
)

SAID = (Sentence(text="You jump.", origin=Origin.BOOK), Sentence(text="Nonsense.", origin=Origin.DROPPED),
        Sentence(text="Why do you rise?", origin=Origin.REPLACED))


def marks(markdown: str) -> list[int]:
    return [int(number) for number in re.findall(r"\[(\d+)\]", markdown)]


def test_dropped_sentences_are_not_shown():
    assert shown(SAID) == "You jump. Why do you rise?"


def test_the_first_thing_on_the_screen_is_the_title_and_the_aim(intent: Intent):
    assert opening(intent).startswith("# Newton's third law\n") and intent.objective in opening(intent)


def test_explanations_stand_in_the_order_of_the_book(passages: list[Passage]):
    shuffled = sort_parts(passages[::-1])
    assert [p.chunk_id for p in shuffled.explanations] == sorted(p.chunk_id for p in shuffled.explanations)


def test_every_section_from_the_book_has_a_mark_that_leads_to_its_passage(parts: Parts):
    sections = [
        *(explanation_section(parts, passage) for passage in parts.explanations), example_section(parts),
        misconception_section(parts), question_section(parts),
    ]
    for section in sections:
        numbers = marks(section.markdown)
        assert numbers and {parts.passages[n - 1].chunk_id for n in numbers} == set(section.sources), section.name


def test_a_section_carries_the_words_of_the_book(parts: Parts):
    assert parts.check.answer in question_section(parts).markdown
    assert all(point in takeaways_section(parts).markdown for point in parts.takeaways)
    assert parts.misconception.correction in misconception_section(parts).markdown
    assert all(step.plain in example_section(parts).markdown for step in parts.example.steps)


def test_an_equation_is_set_apart_in_plain_signs(parts: Parts):
    for passage in parts.explanations:
        for figure in passage.figures:
            if isinstance(figure, Equation):
                assert f"> **{figure.plain}**" in explanation_section(parts, passage).markdown


@pytest.mark.parametrize(("interest", "heading"), [("chess", "Back to chess"), (None, "Where you meet it")])
def test_the_link_is_headed_by_the_interest(intent: Intent, interest: str | None, heading: str):
    assert link_section(intent.model_copy(update={"interest_name": interest}), SAID).heading == heading
    assert hook_section(SAID).heading == ""


@pytest.mark.parametrize("role", [Role.EXPLANATION, Role.WORKED_EXAMPLE, Role.REVIEW])
def test_a_topic_without_a_needed_part_is_declined_by_name(passages: list[Passage], role: Role):
    with pytest.raises(NotInLibrary, match=role.replace("_", " ")):
        sort_parts([passage for passage in passages if passage.role is not role])


def test_simple_text_reads_easier_than_learned_text():
    simple = "The cat sat. The dog ran. It is hot."
    learned = ("Electromagnetic radiation demonstrates characteristics simultaneously associated with oscillatory "
               "phenomena and quantised particulate interactions.")
    assert reading_grade(simple) < 3 < 12 < reading_grade(learned)


def test_headings_formulas_and_marks_do_not_count():
    text = "The cat sat on the mat. The dog ran to the door."
    assert reading_grade(f"# Incomprehensibilities\n\n{text} [1]\n\n> **F = m a**  \n> acceleration") == reading_grade(text)


@pytest.mark.parametrize("empty", ["", "# Title only", "\n\n"])
def test_nothing_to_read_has_grade_zero(empty: str):
    assert reading_grade(empty) == 0.0


@pytest.mark.parametrize(("grade", "wanted", "warned"), [(12.0, 10, False), (12.1, 10, True), (5.0, 10, False)])
def test_a_text_two_grades_too_hard_is_warned_of(grade: float, wanted: int, warned: bool):
    assert bool(reading_warning(grade, wanted)) is warned
