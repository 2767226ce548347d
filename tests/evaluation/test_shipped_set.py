"""The labelled set of the shipped corpus: as large as promised, whole, and its card says what the files hold."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import combinations
from statistics import mean

import pytest

from pipeline.config import DATA
from pipeline.corpus.book import read_topics
from pipeline.corpus.chunks import passages_of
from pipeline.domain import Passage
from pipeline.evaluation import OFF_TOPIC, RetrievalSet, shipped_set
from pipeline.search import content_words
from pipeline.search.stemming import Stemmer

FOLDER = DATA / "evaluation" / "retrieval"
KINDS = ("definition", "why", "how", "worked-problem", "everyday", "misspelt", OFF_TOPIC)
LEAST = dict.fromkeys(KINDS, 45)
SAME_QUESTION = 0.6
"""Share of common content words from which two questions count as the same one."""
Entry = dict[str, str | int]


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return [json.loads(line) for line in (FOLDER / "queries.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def shipped() -> RetrievalSet:
    return shipped_set(DATA)


@pytest.fixture(scope="module")
def passages() -> Mapping[str, Passage]:
    return {passage.chunk_id: passage for topic in read_topics(DATA / "corpus") for passage in passages_of(topic)}


@pytest.fixture(scope="module")
def card() -> Mapping[str, list[str]]:
    """The first table of the card: kind -> the other cells of its row."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8").partition("## Kinds")[2].partition("\n## ")[0]
    return {kind: cells.split(" | ") for kind, cells in re.findall(r"^\| ([a-z-]+) \| (.+) \|$", text, re.MULTILINE)}


@pytest.fixture(scope="module")
def stems() -> Callable[[str], set[str]]:
    stemmer = Stemmer()
    return lambda text: {stem for word in content_words(text) for stem in stemmer.stems(word)}


def test_every_kind_has_enough_questions(shipped: RetrievalSet):
    counted = Counter(query.kind for query in shipped.queries)
    assert set(counted) == set(KINDS)
    assert len(shipped.queries) >= 320
    assert all(counted[kind] >= least for kind, least in LEAST.items()), counted


def test_every_question_is_judged(shipped: RetrievalSet, entries: list[Entry]):
    assert shipped.unjudged == 0
    assert len(shipped.queries) == len(entries)


def test_every_question_but_the_off_topic_ones_has_an_answer_and_they_have_none(shipped: RetrievalSet):
    for query in shipped.queries:
        best = max(shipped.grades[query.query_id].values(), default=0)
        assert best == (0 if query.off_topic else 2), query.query_id


def test_judgements_name_passages_of_the_corpus(shipped: RetrievalSet, passages: Mapping[str, Passage]):
    assert {each.document_id for each in shipped.judgements} <= set(passages)
    assert {each.grade for each in shipped.judgements} == {0, 1, 2}


def test_every_topic_is_asked_about_by_five_questions_that_it_answers(
    shipped: RetrievalSet, passages: Mapping[str, Passage],
):
    asked = Counter(topic for query in shipped.on_topic for topic in {
        passages[chunk].topic_id for chunk, grade in shipped.grades[query.query_id].items() if grade == 2})
    assert set(asked) == {passage.topic_id for passage in passages.values()}
    assert min(asked.values()) >= 5


def test_the_topic_in_an_id_is_one_that_answers_the_question(shipped: RetrievalSet):
    for query in shipped.on_topic:
        topic = "topic_" + query.query_id.rpartition("-")[0].removesuffix(f"-{query.kind}")
        assert any(chunk.startswith(f"{topic}-") and grade == 2
                   for chunk, grade in shipped.grades[query.query_id].items()), query.query_id


def test_a_question_has_the_length_and_the_grade_of_a_student(entries: list[Entry]):
    assert all(5 <= len(entry["text"]) <= 500 and 9 <= entry["grade"] <= 12 for entry in entries)


def test_no_question_is_asked_twice_even_with_other_small_words(entries: list[Entry]):
    words = {entry["id"]: frozenset(content_words(entry["text"])) for entry in entries}
    assert len(words) == len(entries)
    alike = [(a, b) for a, b in combinations(words, 2)
             if len(words[a] & words[b]) >= SAME_QUESTION * len(words[a] | words[b])]
    assert alike == []


def test_the_split_follows_from_the_id(shipped: RetrievalSet, entries: list[Entry]):
    for query, entry in zip(shipped.queries, entries, strict=True):
        digit = int(hashlib.sha256(query.query_id.encode()).hexdigest(), 16) % 10
        assert entry["split"] == query.half == ("dev" if digit < 4 else "test"), query.query_id


def test_the_card_counts_what_the_files_hold(entries: list[Entry], card: Mapping[str, list[str]]):
    counted = Counter((entry["kind"], entry["split"]) for entry in entries)
    for kind in KINDS:
        dev, test = counted[kind, "dev"], counted[kind, "test"]
        assert card[kind][:3] == [str(dev), str(test), str(dev + test)], kind


def test_the_card_counts_the_judgements(shipped: RetrievalSet):
    counted = Counter(each.grade for each in shipped.judgements)
    said = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    assert (f"{len(shipped.judgements)} judgements: {counted[2]} of grade 2, {counted[1]} of grade 1, "
            f"{counted[0]} of grade 0.") in said


def test_the_card_says_how_many_words_of_a_question_stand_in_its_best_passage(
    shipped: RetrievalSet, passages: Mapping[str, Passage], card: Mapping[str, list[str]],
    stems: Callable[[str], set[str]],
):
    held = {chunk: stems(f"{each.title} {each.section} {each.text}") for chunk, each in passages.items()}
    shares: dict[str, list[float]] = {}
    for query in shipped.on_topic:
        asked = stems(query.text)
        best = max(len(asked & held[chunk]) for chunk, grade in shipped.grades[query.query_id].items() if grade == 2)
        shares.setdefault(query.kind, []).append(best / len(asked))
    for kind, found in shares.items():
        assert card[kind][3] == f"{mean(found):.2f}", kind
    assert mean(shares["everyday"]) < 0.4 < mean(shares["why"]) < 0.6
