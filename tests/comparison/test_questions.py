"""Pasted lines, CSV files and the evaluation set: what is wrong in them is named with its line."""

import pytest

from pipeline.comparison import MOST_BYTES, Asked, read_csv, read_evaluation, read_lines
from pipeline.config import DATA
from pipeline.errors import BadRequest, CorpusDefect

USUAL = {"grade_level": 10, "interest": "chess"}


def test_a_question_per_line_and_empty_lines_do_not_count():
    assert read_lines("Why is it so?\r\n\n   How  does it\twork? \n", **USUAL) == [
        Asked(question="Why is it so?", **USUAL), Asked(question="How does it work?", **USUAL)]


def test_a_csv_may_say_grade_and_interest_for_each_question():
    content = '\ufeffGrade, QUESTION ,interest,other\n8,"Why, then?",golf,x\n,"How ""so""?",,\n\n,,,\n'.encode()
    assert read_csv(content, **USUAL) == [
        Asked(question="Why, then?", grade_level=8, interest="golf"), Asked(question='How "so"?', **USUAL)]


@pytest.mark.parametrize(("content", "said"), [
    (b"", "line 1 must name the columns: question"),
    (b"grade\n7\n", "line 1 must name the columns"),
    (b"question,question\na,b\n", "line 1 must name the columns"),
    (b"question\n", "must be given: at least one"),
    (b"question,grade\nWhy so?,7\n,8\n", "line 3 has no question"),
    (b"question,grade\nWhy so?,13\n", "line 2: the grade must be a whole number from 1 to 12"),
    (b"question,grade\nWhy so?,-1\n", "line 2: the grade must be"),
    ("question,grade\nWhy so?,²\n".encode(), "line 2: the grade must be"),
    (b"question,grade\nWhy so?," + b"9" * 5000 + b"\n", "line 2: the grade must be"),
    (b"question\n\xff\xfe\n", "not text in UTF-8"),
    (b'question\n"Why so?\n', "cannot be read as CSV"),
    (b"question\n" + b"Why so?\n" * 201, "must be at most 200; there are 201"),
    (b"question\n" + b"x" * MOST_BYTES, "must fit into 256 KiB"),
])
def test_what_is_wrong_with_a_file_is_named(content, said):
    with pytest.raises(BadRequest) as refusal:
        read_csv(content, **USUAL)
    assert said in str(refusal.value)


@pytest.mark.parametrize(("text", "said"), [("", "at least one"), (" \n\n", "at least one"), ("Why so?\n" * 201, "at most 200")])
def test_too_few_and_too_many_lines(text, said):
    with pytest.raises(BadRequest, match=said):
        read_lines(text, **USUAL)


def test_half_characters_and_control_characters_are_a_sentence():
    for text in ("Why \ud800 so?", "Why \x00 so?"):
        with pytest.raises(BadRequest, match="must be plain text"):
            read_lines(text, **USUAL)


def test_the_evaluation_set_gives_questions_of_many_topics():
    path = DATA / "evaluation" / "intents.jsonl"
    some, all_ = read_evaluation(path, 10), read_evaluation(path, 10_000)
    assert len(some) == 10 == len({asked.question for asked in some}) and len(all_) > 80
    assert {asked.question for asked in some} <= {asked.question for asked in all_}


def test_a_broken_evaluation_set_is_a_sentence(tmp_path):
    (tmp_path / "bad.jsonl").write_text('{"question": 1}\n')
    for name in ("bad.jsonl", "nowhere.jsonl"):
        with pytest.raises(CorpusDefect, match="not a usable evaluation set"):
            read_evaluation(tmp_path / name, 5)
