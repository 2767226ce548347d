"""The connecting sentences: the book's scene, the model's sentence when it is supported, the book's own otherwise."""

from collections.abc import Callable

import pytest

from pipeline.domain import Intent, Origin
from pipeline.writing import Situation, Writer, shown

MakeWriter = Callable[..., Writer]


def test_what_stands_in_the_lesson_begins_with_the_book(writer: MakeWriter, situation: Situation):
    assert writer().hook()[0].text == situation.scene
    assert writer().link()[0].text == situation.lesson
    assert writer().hook()[0].origin is Origin.BOOK


def test_a_supported_question_opens_the_lesson(writer: MakeWriter, situation: Situation):
    question = f"Why {situation.lesson.rstrip('.')[:1].lower()}{situation.lesson.rstrip('.')[1:]}?"
    hook = writer(hook=question).hook()
    if len(question.split()) <= 34:
        assert hook[-1].origin is Origin.MODEL and shown(hook).endswith(question)


@pytest.mark.parametrize("answer", [
    "", "Why?", "This is no question.", "why small?", "Why do the 37 sneakers push the floor down?",
    "What colour are the curtains in the old theatre?", "Why " + "floor " * 40 + "?",
])
def test_a_question_that_cannot_be_used_gives_way(writer: MakeWriter, answer: str):
    hook = writer(hook=answer).hook()
    assert [sentence.origin for sentence in hook] == [
        Origin.BOOK, Origin.DROPPED, Origin.DROPPED, Origin.REPLACED,  # asked twice
    ]
    assert hook[-1].text.endswith("?")
    assert not answer or answer not in shown(hook)


@pytest.mark.parametrize("answer", [
    "", "So.", "is this one?", "The hoop weighs 50 kg and pulls everyone.", "Bananas are yellow fruit from warm countries.",
])
def test_a_reason_that_cannot_be_used_gives_way_to_the_book(writer: MakeWriter, intent: Intent, answer: str):
    link = writer(link=answer).link()
    assert Origin.MODEL not in [sentence.origin for sentence in link]
    assert intent.summary in shown(link)
    assert not answer or answer not in shown(link)


def test_a_reason_without_support_is_dropped_and_kept_in_the_record(writer: MakeWriter, intent: Intent):
    reason = f"In basketball, {intent.summary[:1].lower()}{intent.summary[1:]}"
    link = writer(link=reason, margin=-1.0).link()
    assert Origin.DROPPED in [sentence.origin for sentence in link]
    assert reason not in shown(link)


def test_every_sentence_that_is_shown_names_its_source_or_claims_nothing(writer: MakeWriter):
    for sentence in (*writer().hook(), *writer().link()):
        assert sentence.sources or sentence.origin is Origin.DROPPED or sentence.text.endswith("?")
