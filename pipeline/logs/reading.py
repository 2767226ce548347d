"""The lines about one request, from the newest files first, and never more of them than can be read in a moment."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from pipeline.logs.emit import FOLDER
from pipeline.logs.lines import GOOGLE
from pipeline.visuals import Value

MOST_LINES = 200
MOST_BYTES = 30 * 1024 * 1024
ENVELOPE = ("request_id", "correlation_id", "timestamp", "version", "execution", "resource")
"""What says who wrote the line, rather than what happened."""
_GRACE = timedelta(seconds=5)


class LogLine(Value):
    """One line."""

    time: AwareDatetime
    severity: str
    message: str
    action: str = ""
    stage: str = ""
    worker: str = ""
    facts: str = ""
    """What else it says, as name=value."""


class Found(Value):
    """What was found, and where it was looked for."""

    lines: tuple[LogLine, ...] = ()
    """Oldest first; the newest 200 at most."""
    folder: Path
    files: tuple[str, ...] = ()
    """The files that were read, the newest first."""
    whole: bool = True
    """Whether nothing was left out."""


def about(home: Path, request_id: str, *, since: datetime) -> Found:
    """The lines about the request, which was asked then: files that ended before are not opened."""
    lines: list[LogLine] = []
    read: list[str] = []
    folder, room = home / FOLDER, MOST_BYTES
    needle = json.dumps(request_id, ensure_ascii=False).encode()
    for path in _newest(folder, since - _GRACE):
        size = path.stat().st_size if path.exists() else 0
        if size > room or len(lines) >= MOST_LINES:
            return _found(folder, lines, read, whole=False)
        room -= size
        read.append(path.name)
        lines = [*_matching(path, needle, request_id), *lines]
    return _found(folder, lines, read, whole=len(lines) <= MOST_LINES)


def _found(folder: Path, lines: list[LogLine], files: list[str], *, whole: bool) -> Found:
    ordered = sorted(lines, key=lambda line: line.time)
    return Found(folder=folder, lines=tuple(ordered[-MOST_LINES:]), files=tuple(files), whole=whole)


def _newest(folder: Path, since: datetime) -> list[Path]:
    """The files that may have a line from then on, the last written first."""
    written = {path: path.stat().st_mtime for path in folder.glob("*.jsonl*") if path.suffix != ".lock"}
    return sorted((path for path, at in written.items() if at >= since.timestamp()), key=lambda path: (-written[path], path.name))


def _matching(path: Path, needle: bytes, request_id: str) -> Iterator[LogLine]:
    try:
        with path.open("rb") as file:
            for raw in file:
                if needle in raw:
                    yield from _line(raw, request_id)
    except FileNotFoundError:  # turned over meanwhile
        return


def _line(raw: bytes, request_id: str) -> Iterator[LogLine]:
    """The line, when it is whole and about this request."""
    try:
        said = json.loads(raw)
        if said.get("request_id") != request_id:
            return
        said["time"] = said.get("timestamp") or said.get("time")  # as lines were called before
        known = {name: said.pop(name, "") for name in LogLine.model_fields if name != "facts"}
        facts = {name: value for name, value in said.items() if name not in ENVELOPE and not name.startswith(GOOGLE)}
        yield LogLine.model_validate(known | {"facts": " ".join(f"{name}={value}" for name, value in facts.items())})
    except (ValueError, AttributeError, ValidationError):  # cut off when its process died
        return
