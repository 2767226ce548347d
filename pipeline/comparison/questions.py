"""Lines, CSV or the evaluation set -> the questions of a comparison; a fault names its line."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from pipeline.comparison.variants import MOST_QUESTIONS, Asked, ask
from pipeline.errors import BadRequest, CorpusDefect

MOST_BYTES = 256 * 1024
COLUMNS = ("question", "grade", "interest")


def read_lines(text: str, *, grade_level: int, interest: str | None) -> list[Asked]:
    """A question per line, empty lines left out. Raises `BadRequest` for too much."""
    _bounded(len(text.encode("utf-8", "surrogatepass")))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return _few([ask(line, grade_level=grade_level, interest=interest) for line in lines if line])


def read_csv(content: bytes, *, grade_level: int, interest: str | None) -> list[Asked]:
    """The rows of a CSV file in UTF-8 with the column `question` and, if wanted, `grade` and `interest`.

    A cell that is left empty is as given here. Raises `BadRequest` naming the line.
    """
    _bounded(len(content))
    try:
        text = content.decode("utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = [" ".join((name or "").casefold().split()) for name in rows.fieldnames or ()]
        if names.count(COLUMNS[0]) != 1:
            raise BadRequest("file", "line 1 must name the columns: question, and if wanted grade and interest.")
        rows.fieldnames = names
        found = [
            _row(row, rows.line_num, grade_level, interest) for row in rows
            if any(isinstance(cell, str) and cell.strip() for cell in row.values())
        ]
    except UnicodeDecodeError as fault:
        raise BadRequest("file", "this is not text in UTF-8: save it as CSV UTF-8.") from fault
    except csv.Error as fault:
        raise BadRequest("file", f"line {rows.line_num} cannot be read as CSV ({fault}).") from fault
    return _few(found)


def read_evaluation(path: Path, count: int) -> list[Asked]:
    """So many questions that a lesson is right for, spread evenly over the evaluation set. Raises `CorpusDefect`."""
    try:
        entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        good = [
            Asked(question=entry["question"], grade_level=entry["grade"], interest=entry["interest"])
            for entry in entries if entry["outcome"] == "answer" and entry["split"] == "test"
        ]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise CorpusDefect(f"{path} is not a usable evaluation set: {fault}") from fault
    count = min(count, len(good))
    return [good[place * len(good) // count] for place in range(count)]


def _row(row: dict[str, str], line: int, grade_level: int, interest: str | None) -> Asked:
    told = {name: " ".join((row.get(name) or "").split()) for name in COLUMNS}
    if not told["question"]:
        raise BadRequest("file", f"line {line} has no question.")
    if told["grade"] and not (told["grade"].isascii() and told["grade"].isdigit() and 1 <= int(told["grade"][:9]) <= 12):
        raise BadRequest("file", f"line {line}: the grade must be a whole number from 1 to 12.")
    return ask(told["question"], grade_level=int(told["grade"] or grade_level), interest=told["interest"] or interest)


def _bounded(size: int) -> None:
    if size > MOST_BYTES:
        raise BadRequest("questions", f"must fit into {MOST_BYTES // 1024} KiB; this is {size / 1024:.0f} KiB.")


def _few(questions: Sequence[Asked]) -> list[Asked]:
    if not questions:
        raise BadRequest("questions", "must be given: at least one.")
    if len(questions) > MOST_QUESTIONS:
        raise BadRequest("questions", f"must be at most {MOST_QUESTIONS}; there are {len(questions)}.")
    return list(questions)
