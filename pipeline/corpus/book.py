"""A topic file -> a `Topic` with its passages' raw material. The format is described in `data/corpus/README.md`."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.domain import Subject
from pipeline.errors import CorpusDefect
from pipeline.visuals import Figure, Text, Value, WorkedExample

FRONT_MATTER = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n", re.DOTALL)
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
SUBHEADING = re.compile(r"^### (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```toml (figure|example)\n(.*?)^```$\n?", re.DOTALL | re.MULTILINE)
TERM = re.compile(r"^- \*\*(.+?)\*\*: (.+)$", re.MULTILINE)
BULLET = re.compile(r"^- (.+)$", re.MULTILINE)
EXERCISE = re.compile(r"^\d+\. Q: (.+?)\n\s+A: (.+?)(?=^\d+\. Q:|\Z)", re.DOTALL | re.MULTILINE)
MISCONCEPTION = re.compile(r"^Belief: (.+?)\nCorrection: (.+)\Z", re.DOTALL | re.MULTILINE)
SECTIONS = (
    "Explanation", "Worked example", "Everyday use", "Misconception", "Key terms", "Takeaways", "Exercises",
)


class Subsection(Value):
    """One idea of the explanation, with the figure drawn beside it."""

    heading: Text
    text: Text
    figures: tuple[Figure, ...] = ()


class Term(Value):
    """A key term and its definition."""

    term: Text
    definition: Text


class Exercise(Value):
    """A question and its answer."""

    question: Text
    answer: Text


class Topic(Value):
    """Everything a topic file says."""

    topic_id: Annotated[str, Field(pattern=r"^topic_[a-z0-9_]+$")]
    title: Text
    subject: Subject
    grades: tuple[int, ...]
    prerequisites: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    concepts: tuple[str, ...]
    objective: Text
    summary: Text
    explanation: tuple[Subsection, ...] = Field(min_length=2)
    example_title: Text
    example: WorkedExample
    everyday_use: Text
    belief: Text
    correction: Text
    key_terms: tuple[Term, ...] = Field(min_length=3)
    takeaways: tuple[Text, ...] = Field(min_length=3, max_length=4)
    exercises: tuple[Exercise, ...] = Field(min_length=3)


def read_topics(folder: Path) -> list[Topic]:
    """All topics below the folder, by path. A file that does not parse raises `CorpusDefect` naming file and fault."""
    return [read_topic(path) for path in sorted(folder.rglob("topic_*.md"))]


def read_topic(path: Path) -> Topic:
    """The topic in one file, or `CorpusDefect`."""
    try:
        return parse_topic(path.read_text(encoding="utf-8"))
    except (ValidationError, ValueError) as fault:
        raise CorpusDefect(f"{path.name}: {fault}") from fault


def parse_topic(text: str) -> Topic:
    """The topic that this text describes; `ValueError` (pydantic's included) says what is missing."""
    front = FRONT_MATTER.match(text)
    if not front:
        raise ValueError("the file must begin with TOML front matter between +++ lines")
    sections = _split(HEADING, text[front.end():])
    missing = [name for name in SECTIONS if name not in sections]
    if missing:
        raise ValueError(f"missing sections: {', '.join(missing)}")
    example_blocks = _blocks(sections["Worked example"], "example")
    if len(example_blocks) != 1:
        raise ValueError("the worked example needs exactly one ```toml example block")
    misconception = MISCONCEPTION.search(sections["Misconception"].strip())
    if not misconception:
        raise ValueError("the misconception needs the lines 'Belief: …' and 'Correction: …'")
    example = WorkedExample.model_validate(example_blocks[0])
    return Topic.model_validate(
        tomllib.loads(front.group(1))
        | {
            "explanation": tuple(_subsections(sections["Explanation"])),
            "example_title": example.heading,
            "example": example,
            "everyday_use": _flow(sections["Everyday use"]),
            "belief": _flow(misconception.group(1)),
            "correction": _flow(misconception.group(2)),
            "key_terms": [{"term": t, "definition": d.strip()} for t, d in TERM.findall(sections["Key terms"])],
            "takeaways": [line.strip() for line in BULLET.findall(sections["Takeaways"])],
            "exercises": [
                {"question": _flow(q), "answer": _flow(a)} for q, a in EXERCISE.findall(sections["Exercises"])
            ],
        }
    )


def _subsections(text: str) -> Iterator[Subsection]:
    figures: TypeAdapter[tuple[Figure, ...]] = TypeAdapter(tuple[Figure, ...])
    for heading, body in _split(SUBHEADING, text).items():
        yield Subsection(
            heading=heading,
            text=_flow(BLOCK.sub("", body)),
            figures=figures.validate_python(tuple(_blocks(body, "figure"))),
        )


def _split(heading: re.Pattern[str], text: str) -> dict[str, str]:
    pieces = heading.split(text)
    return {name.strip(): body for name, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def _blocks(text: str, kind: str) -> list[dict[str, object]]:
    return [tomllib.loads(body) for name, body in BLOCK.findall(text) if name == kind]


def _flow(text: str) -> str:
    """Lines joined to one, paragraphs kept."""
    return "\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text.strip()))
