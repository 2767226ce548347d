"""Data sets of questions: JSON lines, read whole or refused with the line. The version is a digest of what is in it."""

import hashlib
import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import BadRequest
from pipeline.scoring.values import Expected, KeyPoint, Reference
from pipeline.visuals import Text, Value

MOST_ROWS = 10_000
MOST_CHARACTERS = 20_000


class Dataset(Value):
    """Questions with their references."""

    name: Text
    rows: tuple[Reference, ...]

    @cached_property
    def version(self) -> str:
        """Sixteen hexadecimal digits that name these rows, in whatever order they were read."""
        lines = sorted(row.model_dump_json() for row in self.rows)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    def of(self, *expected: Expected) -> tuple[Reference, ...]:
        """The questions for which one of these is right."""
        return tuple(row for row in self.rows if row.expected in expected)

    def head(self, count: int) -> "Dataset":
        """The first questions of it, for a quick look."""
        return self.model_copy(update={"rows": self.rows[:count], "name": f"{self.name} (first {min(count, len(self.rows))})"})


def shipped_dataset(data: Path) -> Dataset:
    """The set that ships."""
    return read_dataset(data / "evaluation" / "lessons" / "questions.jsonl", name="lessons")


def read_dataset(path: Path, *, name: str | None = None) -> Dataset:
    """The data set in a file. Raises `BadRequest` naming the line of an empty, broken or repeated row."""
    rows: dict[str, Reference] = {}
    ids: set[str] = set()
    for number, line in _lines(path):
        row = _row(path, number, line)
        key = asked(row.question)
        if key in rows:
            raise _fault(path, number, f"the question {row.question[:80]!r} is already there as {rows[key].question_id!r}")
        if row.question_id in ids:
            raise _fault(path, number, f"there is already a question_id {row.question_id[:80]!r}")
        rows[key] = row
        ids.add(row.question_id)
    if not rows:
        raise BadRequest(path.name, "holds no questions.")
    return Dataset(name=name or path.stem, rows=tuple(rows.values()))


def read_key_points(text: str) -> tuple[KeyPoint, ...]:
    """Key points as people type them: `what a good lesson says | term, term`, one to a line.

    Raises `BadRequest` naming the line of one without a sentence or without terms, and where there is none at all.
    """
    points = []
    for number, line in enumerate(text.splitlines(), start=1):
        point, bar, terms = line.partition("|")
        words = tuple(term for said in terms.split(",") if (term := " ".join(said.split())))
        if not line.strip():
            continue
        if not (point.strip() and bar and words):
            raise BadRequest("key_points", f"line {number}: write what a good lesson says, then | and the words to look for.")
        points.append(KeyPoint(point=" ".join(point.split()), terms=words))
    if not points:
        raise BadRequest("key_points", "write at least one: what a good lesson says | the words to look for.")
    return tuple(points)


def asked(question: str) -> str:
    """A question without what does not make it another one: case, spaces, the mark at its end."""
    return " ".join(question.casefold().split()).rstrip("?!. ")


def as_line(row: Reference) -> str:
    """A row as its line of the file."""
    return json.dumps(row.model_dump(mode="json"), ensure_ascii=False)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as fault:
        raise BadRequest(path.name, f"cannot be read: {fault.strerror}.") from fault
    except UnicodeDecodeError as fault:
        raise BadRequest(path.name, "is not UTF-8 text.") from fault
    lines = text.removesuffix("\n").split("\n") if text else []
    if len(lines) > MOST_ROWS:
        raise BadRequest(path.name, f"has {len(lines):,} lines; {MOST_ROWS:,} are the most.")
    yield from enumerate(lines, start=1)


def _row(path: Path, number: int, line: str) -> Reference:
    if not line.strip():
        raise _fault(path, number, "the row is empty")
    if len(line) > MOST_CHARACTERS:
        raise _fault(path, number, f"the row has {len(line):,} characters; {MOST_CHARACTERS:,} are the most")
    try:
        return Reference.model_validate(_unlike(json.loads(line)))
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the row"
        raise _fault(path, number, f"{place}: {first['msg']}") from fault
    except (ValueError, RecursionError) as fault:
        raise _fault(path, number, "the row is not a JSON object") from fault


def _unlike(entry: object) -> object:
    """The row itself, its question without spaces around it, so that an empty one is seen."""
    if isinstance(entry, dict) and isinstance(entry.get("question"), str):
        return {**entry, "question": " ".join(entry["question"].split())}
    return entry


def _fault(path: Path, number: int, what: str) -> BadRequest:
    return BadRequest(path.name, f"line {number}: {what}.")
