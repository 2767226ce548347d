"""Deploys from a file: a JSON array, a line of JSON each, or CSV. What is wrong is told with its row; nothing is taken then."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.deployments.words import Deploy
from pipeline.errors import BadRequest
from pipeline.tables import DeployOrigin

FIELDS = ("build", "commit", "image", "service", "note")
MOST_BYTES = 10 * 1024 * 1024
HOW = "write them as build, commit, image, at: a JSON array, a JSON object per line, or CSV with these names in its first line"


def read_deploys(path: Path) -> list[Deploy]:
    """The deploys of the file, the oldest first. Raises `BadRequest` with one sentence that names the row."""
    rows = _rows(path, _text(path))
    return sorted((_deploy(path, number, row) for number, row in rows), key=lambda deploy: deploy.at)


def moment(field: str, said: object) -> datetime:
    """The moment that somebody wrote, in UTC: ISO 8601, without a zone meant as UTC, or `now`. Raises `BadRequest`."""
    if said == "now":
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(str(said).strip())
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise BadRequest(field, f"{str(said)[:40]!r} is no time: write it as 2025-11-04T01:23:45Z.") from fault
    return at


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadRequest("--deploys", f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB: that is no list of deploys.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as fault:
        raise BadRequest("--deploys", f"{path} cannot be read ({fault.strerror}).") from fault
    except UnicodeDecodeError as fault:
        raise BadRequest("--deploys", f"{path} is not UTF-8: save it as such.") from fault


def _rows(path: Path, text: str) -> Sequence[tuple[int, Any]]:
    """The rows with their numbers as a person counts them: lines of the file, or places in the array."""
    begun = text.lstrip()[:1]
    try:
        if begun == "[":
            return list(enumerate(json.loads(text), start=1))
        if begun == "{":
            lines = enumerate(text.splitlines(), start=1)
            return [(number, _json_line(path, number, line)) for number, line in lines if line.strip()]
        table = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
        return [(table.line_num, row) for row in table]
    except json.JSONDecodeError as fault:
        raise BadRequest("--deploys", f"{path}, line {fault.lineno}, is not JSON: {HOW}.") from fault
    except (csv.Error, RecursionError) as fault:
        raise BadRequest("--deploys", f"{path} cannot be read as CSV ({fault}): {HOW}.") from fault


def _json_line(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as fault:
        raise BadRequest("--deploys", f"{path}, line {number}, is not JSON: {HOW}.") from fault


def _deploy(path: Path, number: int, row: Any) -> Deploy:
    where = f"{path}, row {number}"
    if not isinstance(row, Mapping):
        raise BadRequest("--deploys", f"{where}, is no deploy: {HOW}.")
    for name in ("build", "at"):
        if not str(row.get(name) or "").strip():
            raise BadRequest("--deploys", f"{where}, has no {name}: {HOW}.")
    try:
        at = moment("at", row["at"])
    except BadRequest as fault:
        raise BadRequest("--deploys", f"{where}: {fault}") from fault
    said = {name: str(row.get(name) or "").strip() for name in FIELDS}
    return Deploy.model_validate({**said, "at": at, "origin": DeployOrigin.FILE})
