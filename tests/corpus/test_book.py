"""A topic file is read whole or refused with a sentence that names the file and the fault."""

import re
from pathlib import Path

import pytest

from pipeline.corpus.book import SECTIONS, Topic, parse_topic, read_topic, read_topics
from pipeline.errors import CorpusDefect
from tests.conftest import NEWTON


@pytest.fixture
def text(small_data: Path) -> str:
    return (small_data / "corpus" / "physics" / f"{NEWTON}.md").read_text(encoding="utf-8")


def without(text: str, section: str) -> str:
    return re.sub(rf"^## {section}\n.*?(?=^## |\Z)", "", text, flags=re.DOTALL | re.MULTILINE)


def test_a_topic_has_everything_that_a_lesson_needs(newton: Topic):
    assert newton.topic_id == NEWTON and newton.subject == "physics"
    assert len(newton.explanation) >= 2 and len(newton.example.steps) >= 2
    assert len(newton.takeaways) >= 3 and len(newton.exercises) >= 3 and len(newton.key_terms) >= 3
    assert newton.belief and newton.correction and newton.everyday_use
    assert any(part.figures for part in newton.explanation)


def test_figures_are_taken_out_of_the_text(newton: Topic):
    assert all("```" not in part.text and "toml" not in part.text for part in newton.explanation)


def test_lines_of_a_paragraph_are_joined(newton: Topic):
    assert all("\n" not in paragraph and "  " not in paragraph for part in newton.explanation
               for paragraph in part.text.split("\n"))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_missing_section_is_named(text: str, section: str):
    with pytest.raises(ValueError, match=f"missing sections: {section}"):
        parse_topic(without(text, section))


def test_all_missing_sections_are_named_at_once(text: str):
    with pytest.raises(ValueError, match="Explanation, Exercises"):
        parse_topic(without(without(text, "Explanation"), "Exercises"))


@pytest.mark.parametrize(("old", "new", "said"), [
    (r"\A\+\+\+", "---", "front matter"),
    (r"^topic_id = .*$", "", "topic_id"),
    (r"^topic_id = .*$", 'topic_id = "Newton 3"', "topic_id"),
    (r"^subject = .*$", 'subject = "history"', "subject"),
    (r"^grades = .*$", "grades = [", "Invalid value"),
    (r"^Belief: ", "Wrong: ", "Belief"),
    (r"^Correction: ", "Right: ", "Correction"),
    (r"^```toml example", "```toml sample", "exactly one"),
    (r"^kind = \"\w+\"$", 'kind = "pie"', "pie"),
    (r"^2\. Q:", "2. X:", "exercises"),
])
def test_a_fault_is_named(text: str, old: str, new: str, said: str):
    spoiled = re.sub(old, new, text, flags=re.MULTILINE)
    assert spoiled != text
    with pytest.raises(ValueError, match=said):
        parse_topic(spoiled)


def test_the_file_with_the_fault_is_named(data: Path):
    path = data / "corpus" / "physics" / f"{NEWTON}.md"
    path.write_text("no topic at all", encoding="utf-8")
    with pytest.raises(CorpusDefect, match=rf"{NEWTON}\.md: .*front matter"):
        read_topics(data / "corpus")


def test_a_file_that_is_not_text_is_a_defect_of_the_corpus(tmp_path: Path):
    path = tmp_path / "topic_x.md"
    path.write_bytes(b"\xff\xfe\x00 not utf-8 \xba")
    with pytest.raises(CorpusDefect, match="topic_x.md"):
        read_topic(path)


def test_only_topic_files_are_read(data: Path):
    (data / "corpus" / "README.md").write_text("about the corpus", encoding="utf-8")
    assert len(read_topics(data / "corpus")) == 2
