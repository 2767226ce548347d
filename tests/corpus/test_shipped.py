"""The corpus that ships: as large as promised, without a fault, and its catalogue says the same."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

from pipeline.config import DATA
from pipeline.corpus.book import Topic, read_topics
from pipeline.corpus.catalogue import card_of, read_catalogue, write_catalogue
from pipeline.corpus.check import check_corpus
from pipeline.corpus.chunks import passages_of
from pipeline.corpus.interests import read_interests, read_situation
from pipeline.domain import Role, Subject
from pipeline.errors import CorpusDefect
from pipeline.writing import sort_parts


@pytest.fixture(scope="module")
def topics() -> list[Topic]:
    return read_topics(DATA / "corpus")


def test_the_checker_finds_nothing():
    assert check_corpus(DATA) == []


def test_there_are_forty_topics_over_six_subjects(topics: list[Topic]):
    by_subject = Counter(topic.subject for topic in topics)
    assert len(topics) >= 40 and set(by_subject) == set(Subject)
    assert min(by_subject.values()) >= 5
    assert {grade for topic in topics for grade in topic.grades} == {9, 10, 11, 12}


def test_no_two_topics_answer_to_the_same_name(topics: list[Topic]):
    names = Counter(name.casefold() for topic in topics for name in {topic.title, *topic.aliases})
    assert [name for name, count in names.items() if count > 1] == []


def test_prerequisites_lead_to_a_beginning(topics: list[Topic]):
    needs = {topic.topic_id: set(topic.prerequisites) for topic in topics}
    while free := {topic_id for topic_id, before in needs.items() if not before}:
        needs = {topic_id: before - free for topic_id, before in needs.items() if topic_id not in free}
    assert needs == {}


def test_there_are_interests_and_a_situation_for_each_topic_and_interest(topics: list[Topic]):
    interests = read_interests(DATA / "interests" / "interests.toml")
    assert len(interests) >= 24 and all(len(interest.things) >= 3 for interest in interests)
    folder = DATA / "interests" / "situations"
    missing = [
        (topic.topic_id, interest.interest_id) for topic in topics for interest in interests
        if not read_situation(folder, topic_id=topic.topic_id, interest_id=interest.interest_id)
    ]
    assert missing == []


def test_no_interest_answers_to_the_name_of_another():
    interests = read_interests(DATA / "interests" / "interests.toml")
    names = Counter(name.casefold() for i in interests for name in {i.name, i.interest_id.replace("_", " "), *i.aliases})
    assert [name for name, count in names.items() if count > 1] == []


def test_situations_are_for_topics_and_interests_that_exist(topics: list[Topic]):
    interests = {interest.interest_id for interest in read_interests(DATA / "interests" / "interests.toml")}
    for path in (DATA / "interests" / "situations").glob("*.toml"):
        assert path.stem in {topic.topic_id for topic in topics}
        assert set(tomllib.loads(path.read_text(encoding="utf-8"))) <= interests, path.name


def test_the_catalogue_file_says_what_the_corpus_says(topics: list[Topic], tmp_path: Path):
    shipped = DATA / "topics" / "topics.toml"
    assert sorted(read_catalogue(shipped), key=lambda card: card.topic_id) == sorted(
        map(card_of, topics), key=lambda card: card.topic_id)
    write_catalogue(topics, tmp_path / "topics.toml")
    assert (tmp_path / "topics.toml").read_text(encoding="utf-8") == shipped.read_text(encoding="utf-8")


def test_a_catalogue_that_is_missing_or_damaged_is_named(tmp_path: Path):
    for spoil in (lambda path: None, lambda path: path.write_text("[topic"), lambda path: path.write_bytes(b"\xff\xfe")):
        path = tmp_path / "topics.toml"
        spoil(path)
        with pytest.raises(CorpusDefect, match=r"topics\.toml"):
            read_catalogue(path)


def test_chunk_ids_are_unique_and_the_same_every_time(topics: list[Topic]):
    ids = [passage.chunk_id for topic in topics for passage in passages_of(topic)]
    assert len(ids) == len(set(ids))
    assert ids == [passage.chunk_id for topic in read_topics(DATA / "corpus") for passage in passages_of(topic)]


def test_every_topic_has_the_passages_that_a_lesson_is_made_of(topics: list[Topic]):
    for topic in topics:
        passages = list(passages_of(topic))
        roles = Counter(passage.role for passage in passages)
        assert roles[Role.EXPLANATION] == len(topic.explanation)
        assert all(roles[role] == 1 for role in Role if role is not Role.EXPLANATION), topic.topic_id
        assert sort_parts(passages).check.question in {exercise.question for exercise in topic.exercises}
        assert passages[0].chunk_id == f"{topic.topic_id}-explanation-1"
