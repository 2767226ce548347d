"""The data set that ships: enough of everything, and every key point stands in the corpus."""

import json
from collections import Counter, defaultdict

import pytest

from pipeline.config import DATA
from pipeline.corpus.book import read_topics
from pipeline.corpus.chunks import passages_of
from pipeline.corpus.interests import read_interests
from pipeline.scoring import Expected, asked, made, shipped_dataset
from pipeline.writing.sentences import stems


@pytest.fixture(scope="module")
def dataset():
    return shipped_dataset(DATA)


@pytest.fixture(scope="module")
def topics():
    return {topic.topic_id: topic for topic in read_topics(DATA / "corpus")}


@pytest.fixture(scope="module")
def answers(dataset):
    return dataset.of(Expected.ANSWER)


def test_there_are_enough_of_both_sorts_over_all_topics_interests_and_grades(dataset, answers, topics):
    interests = {one.interest_id for one in read_interests(DATA / "interests" / "interests.toml")}
    assert len(answers) >= 120 and len(dataset.of(Expected.CLARIFY, Expected.DECLINE)) == 40
    assert set(Counter(row.topic_id for row in answers)) == set(topics)
    assert {row.interest for row in answers} == {*interests, None} and {row.grade for row in dataset.rows} == {9, 10, 11, 12}
    assert sum(bool(row.misconception) for row in answers) >= 40


def test_a_question_is_for_a_grade_that_its_topic_is_written_for(answers, topics):
    assert [row.question_id for row in answers if row.grade not in topics[row.topic_id].grades] == []


def test_the_terms_of_each_key_point_stand_together_in_a_passage_of_the_topic(answers, topics):
    words = defaultdict(list)
    for topic in topics.values():
        words[topic.topic_id] = [set(stems(passage.text)) for passage in passages_of(topic)]
    astray = [(row.question_id, point.point) for row in answers for point in row.key_points
              if not any(made(point, known) for known in words[row.topic_id])]
    assert astray == []


def test_every_way_to_write_a_term_has_words_that_can_be_found(answers):
    assert [(row.question_id, term) for row in answers for point in row.key_points for term in point.terms
            if not all(stems(way) for way in term.split("|"))] == []


def test_a_misconception_is_the_one_of_the_book(answers, topics):
    assert {row.misconception for row in answers} - {topic.belief for topic in topics.values()} == {""}


def test_no_question_was_used_for_choosing_prompts_and_thresholds(dataset):
    lines = (DATA / "evaluation" / "intents.jsonl").read_text(encoding="utf-8").splitlines()
    used = {asked(json.loads(line)["question"]) for line in lines}
    assert [row.question for row in dataset.rows if asked(row.question) in used] == []
