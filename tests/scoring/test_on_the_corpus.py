"""What ships is no false alarm: situations of the book are never forced, and no sentence of it is unfit for minors."""

import tomllib

import pytest

from pipeline.config import DATA
from pipeline.corpus.book import read_topics
from pipeline.corpus.chunks import passages_of
from pipeline.domain import Origin, Sentence
from pipeline.scoring import score
from pipeline.writing import split_sentences
from tests.scoring.conftest import REFERENCE, changed


@pytest.fixture(scope="module")
def topics():
    return read_topics(DATA / "corpus")


def situations(topic):
    """Two of the topic's situations, others for each topic."""
    told = list(tomllib.loads((DATA / "interests" / "situations" / f"{topic.topic_id}.toml").read_text("utf-8")).items())
    first = len(topic.topic_id) % len(told)
    return told[first], told[(first + 7) % len(told)]


def test_a_situation_of_the_book_puts_the_interest_to_work(text, tools, topics):
    values = []
    for topic in topics:
        intent = text.lesson.intent.model_copy(update={
            "topic_id": topic.topic_id, "topic_name": topic.title, "summary": topic.summary, "concepts": topic.concepts})
        hook, part = text.script.sections[:2]
        book = part.model_copy(update={"markdown": " ".join(each.text for each in topic.explanation[:2])})
        for interest, told in situations(topic):
            sentence = Sentence(text=told, origin=Origin.BOOK, sources=(f"{topic.topic_id}-{interest}",))
            answer = changed(text, sections=(hook.model_copy(update={"markdown": told}), book), sentences=(sentence,),
                             passages=tuple(passages_of(topic)))
            answer = answer.model_copy(update={"lesson": answer.lesson.model_copy(update={"intent": intent})})
            reference = REFERENCE.model_copy(update={"interest": interest})
            values += [found.value for found in score(answer, reference, tools, names=["interest"])]
    assert len(values) == 92 and min(values) >= 0.5 and sum(values) / 92 > 0.95


def test_no_sentence_of_the_book_is_called_harmful(text, tools, topics):
    sentences = [s for topic in topics for passage in passages_of(topic) for s in split_sentences(passage.text)][::5]
    whole = changed(text, article="\n".join(sentences))
    (found,) = score(whole, REFERENCE, tools, names=["harmless"])
    assert len(sentences) > 600 and (found.value, found.why) == (1, "No sentence is of a kind that is unfit for minors.")
