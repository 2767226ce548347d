"""Which errors of today are new: failures whose text was not seen in the days before. Pure.

A text stands for a kind of error. What differs only in numbers or ids is one kind.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from pipeline.tracking import Line
from pipeline.visuals import Value

_VARIES = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\d+")
UNTOLD = "(no reason was recorded)"


class FreshError(Value):
    """A kind of error that is new today."""

    text: str
    """As the newest of its requests has it."""
    requests: int
    newest_id: str
    last: datetime


def kind(text: str) -> str:
    """The text without what varies."""
    return _VARIES.sub("#", text.strip()) or UNTOLD


def fresh(failed: Sequence[Line], seen: Collection[str]) -> list[FreshError]:
    """The kinds of today's failures (newest first) that are not among those seen before; the most frequent first."""
    kinds: dict[str, list[Line]] = {}
    for line in failed:
        kinds.setdefault(kind(line.error), []).append(line)
    found = [
        FreshError(text=lines[0].error.strip() or UNTOLD, requests=len(lines), newest_id=lines[0].request_id,
                   last=lines[0].created_at)
        for name, lines in kinds.items() if name not in seen]
    return sorted(found, key=lambda one: one.requests, reverse=True)
