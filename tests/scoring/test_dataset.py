"""Data sets: what is read, and what is refused with its line."""

import json

import pytest

from pipeline.errors import BadRequest
from pipeline.scoring import Expected, as_line, read_dataset, read_key_points

POINT = {"point": "Forces come in pairs.", "terms": ["forces", "pair|pairs"]}
GOOD = {"question_id": "a", "question": "Why does a rocket fly?", "grade": 9, "interest": None, "expected": "answer",
        "kind": "why", "topic_id": "topic_phys_mech_newton_3", "key_points": [POINT]}
NONE = {"question_id": "b", "question": "Who won the match?", "grade": 12, "expected": "decline", "kind": "not_learning"}


def written(folder, *rows):
    path = folder / "set.jsonl"
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def test_a_set_knows_its_rows_and_its_version_is_its_content(tmp_path):
    dataset = read_dataset(written(tmp_path, GOOD, NONE))
    assert dataset.name == "set" and [row.question_id for row in dataset.of(Expected.ANSWER)] == ["a"]
    assert read_dataset(written(tmp_path, NONE, GOOD)).version == dataset.version
    assert read_dataset(written(tmp_path, GOOD | {"grade": 10}, NONE)).version != dataset.version
    assert (dataset.head(1).name, len(dataset.head(1).rows)) == ("set (first 1)", 1)


def test_a_row_comes_back_from_its_line(tmp_path):
    dataset = read_dataset(written(tmp_path, GOOD, NONE))
    assert read_dataset(written(tmp_path, *map(as_line, dataset.rows))) == dataset


@pytest.mark.parametrize(("rows", "said"), [
    ((GOOD, ""), "line 2: the row is empty"),
    ((GOOD, "   "), "line 2: the row is empty"),
    ((GOOD, {}), "line 2: question_id: Field required"),
    ((GOOD, "[1]"), "line 2: the row"),
    ((GOOD, "{"), "line 2: the row is not a JSON object"),
    (("[" * 15_000,), "line 1: the row is not a JSON object"),
    (("x" * 30_000,), "line 1: the row has 30,000 characters"),
    ((GOOD, GOOD | {"question_id": "c"}), "line 2: the question 'Why does a rocket fly?' is already there as 'a'"),
    ((GOOD, GOOD | {"question_id": "c", "question": " why does  a ROCKET fly"}), "is already there as 'a'"),
    ((GOOD, NONE | {"question_id": "a"}), "line 2: there is already a question_id 'a'"),
    ((GOOD | {"question": "        "},), "line 1: question: "),
    ((GOOD | {"grade": 13},), "line 1: grade: "),
    ((GOOD | {"surprise": 1},), "line 1: surprise: "),
    ((GOOD | {"key_points": []},), "line 1: the row: "),
    ((GOOD | {"key_points": [{"point": "x", "terms": []}]},), "line 1: key_points.0.terms: "),
    ((NONE | {"topic_id": "topic_phys_waves"},), "has no topic_id"),
    ((), "set.jsonl: holds no questions."),
])
def test_a_row_that_cannot_be_is_refused_with_its_line(tmp_path, rows, said):
    with pytest.raises(BadRequest) as refused:
        read_dataset(written(tmp_path, *rows))
    assert said in str(refused.value)


def test_a_file_that_is_missing_or_not_text_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="cannot be read"):
        read_dataset(tmp_path / "none.jsonl")
    (tmp_path / "set.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadRequest, match="not UTF-8"):
        read_dataset(tmp_path / "set.jsonl")


def test_key_points_are_read_as_they_are_typed():
    points = read_key_points("  Forces come in pairs. | force,  two   bodies ,\n\nThey are equal.|equal\n")
    assert [(each.point, each.terms) for each in points] == [
        ("Forces come in pairs.", ("force", "two bodies")), ("They are equal.", ("equal",))]


@pytest.mark.parametrize(("text", "said"), [
    ("", "write at least one"), ("  \n ", "write at least one"), ("Forces come in pairs.", "line 1: write"),
    ("Fine. | fine\n | word", "line 2: write"), ("Forces come in pairs. | , ,", "line 1: write")])
def test_key_points_that_cannot_be_checked_are_refused_with_their_line(text, said):
    with pytest.raises(BadRequest, match=said):
        read_key_points(text)
