"""Which topics a question could mean, and how sure the likeliest one is."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.book import read_topics
from pipeline.corpus.catalogue import TopicCard, read_catalogue
from pipeline.corpus.library import Library, open_library
from pipeline.domain import CONFIDENT
from pipeline.testing import FakeEmbedder
from pipeline.understanding import Reading, TopicWords, readings, telling_words
from pipeline.understanding.confidence import DOUBT, Sureness, Verdict, options_of, sureness
from tests.conftest import NEWTON, PHOTOSYNTHESIS


@pytest.fixture
def catalogue(small_data: Path) -> list[TopicCard]:
    return read_catalogue(small_data / "topics" / "topics.toml")


@pytest.fixture
def library(small_data: Path, tmp_path: Path) -> Library:
    return open_library(small_data / "corpus", tmp_path / "index.sqlite", FakeEmbedder())


@pytest.fixture
def topic_words(small_data: Path) -> TopicWords:
    return TopicWords({topic.topic_id: [topic.title, topic.summary] for topic in read_topics(small_data / "corpus")})


def test_every_topic_is_a_reading_and_the_likeliest_comes_first(catalogue: list[TopicCard], library: Library, topic_words: TopicWords):
    found = readings("Explain Newton's third law", catalogue, library, topic_words)
    assert [reading.card.topic_id for reading in found] == [NEWTON, PHOTOSYNTHESIS]
    assert found[0].named == 1.0 and found[1].named == 0.0


@pytest.mark.parametrize(("question", "named"), [
    ("Newton's third law", True),
    ("explain newtons third law", False),  # not the book's spelling: found by meaning instead
    ("law third Newton's", False),         # a name is its words in order
    ("photosynthesis", False),
])
def test_a_topic_is_named_when_its_whole_name_stands_in_the_question(
    question: str, named: bool, catalogue: list[TopicCard], library: Library, topic_words: TopicWords
):
    newton = next(r for r in readings(question, catalogue, library, topic_words) if r.card.topic_id == NEWTON)
    assert (newton.named > 0) is named


def test_a_question_without_content_words_names_nothing(catalogue: list[TopicCard], library: Library, topic_words: TopicWords):
    assert all(reading.named == 0.0 for reading in readings("what is it", catalogue, library, topic_words))


def reading(catalogue: list[TopicCard], similarity: float, named: float = 0.0, cover: float = 0.0, at: int = 0) -> Reading:
    return Reading(card=catalogue[at], similarity=similarity, named=named, cover=cover)


def test_a_named_topic_far_ahead_of_the_next_is_clear(catalogue: list[TopicCard]):
    sure = sureness([reading(catalogue, 0.8, 1.0, 1.0), reading(catalogue, 0.2, at=1)], 3)
    assert sure.reading.card is catalogue[0] and sure.clear >= CONFIDENT and sure.in_library > DOUBT[1]


def test_two_topics_that_are_as_near_are_not_clear(catalogue: list[TopicCard]):
    sure = sureness([reading(catalogue, 0.5, 0.0, 0.5), reading(catalogue, 0.5, 0.0, 0.5, at=1)], 1)
    assert sure.clear < CONFIDENT


def test_a_question_far_from_every_passage_is_not_for_this_library(catalogue: list[TopicCard]):
    sure = sureness([reading(catalogue, 0.02), reading(catalogue, 0.01, at=1)], 3)
    assert sure.in_library < DOUBT[0] and not sure.doubtful


def test_a_question_without_telling_words_is_a_school_question_to_ask_back(catalogue: list[TopicCard]):
    sure = sureness([reading(catalogue, 0.1), reading(catalogue, 0.1, at=1)], len(telling_words("help me with science")))
    assert (sure.in_library, sure.clear) == (1.0, 0.0)


share = st.floats(0, 1)


@given(share, share, share, share, st.integers(0, 20))
def test_sureness_is_a_probability_and_more_evidence_never_lowers_it(
    similarity: float, named: float, cover: float, other: float, telling: int
):
    card = TopicCard(topic_id="t", title="T", subject="physics", grades=(9,), objective="o", summary="s")
    second = Reading(card=card, similarity=other * similarity, named=0.0, cover=0.0)

    def best(up: float) -> Sureness:
        strong = {"similarity": similarity, "named": named, "cover": cover}
        return sureness([Reading(card=card, **{k: min(1.0, v + up) for k, v in strong.items()}), second], telling)

    plain, better = best(0.0), best(0.2)
    assert 0.0 <= plain.in_library <= 1.0 and 0.0 <= plain.clear <= 1.0
    assert better.in_library >= plain.in_library - 1e-9 and better.clear >= plain.clear - 1e-9


@pytest.mark.parametrize(("kind", "topic", "declines"), [
    ("learning", 1, False), ("vague", 2, False), ("learning", 0, True), ("other", 1, True),
])
def test_a_verdict_declines_when_the_model_sees_no_lesson(kind: str, topic: int, declines: bool):
    assert Verdict(kind=kind, topic=topic).declines is declines


def test_two_to_four_readings_are_offered(catalogue: list[TopicCard]):
    near = [reading(catalogue, 0.6 - n / 100, at=n % 2) for n in range(6)]
    far = [reading(catalogue, 0.9), reading(catalogue, 0.1, at=1), reading(catalogue, 0.1)]
    assert len(options_of(near)) == 4
    assert len(options_of(far)) == 2


@pytest.mark.parametrize(("question", "words"), [
    ("help me with math", []),
    ("explain it please", []),
    ("explain momentum", ["momentum"]),
])
def test_telling_words_say_what_a_question_is_about(question: str, words: list[str]):
    assert telling_words(question) == words


def test_a_topic_covers_the_words_that_its_text_has_and_rare_words_weigh_more():
    words = TopicWords({"a": ["force push"], "b": ["force light"]})
    assert words.cover(["push"], "a") == 1.0 and words.cover(["push"], "b") == 0.0
    assert words.cover(telling_words("force push"), "b") < 0.5 < words.cover(telling_words("force push"), "a")
    assert words.cover([], "a") == 0.0 and words.cover(["push"], "unknown") == 0.0
