"""Errors and deploys in a home: the original's three builds, moved to end not long ago, and lines that want to be markup."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.config import read_settings
from pipeline.deployments import Deploy
from pipeline.organisation import COMMAND_LINE
from pipeline.wiring import Wiring
from tests.deployments import story
from tests.deployments.conftest import Text

HOSTILE = "<script>alert(1)</script> **bold** :red[hot] $x$ [a](javascript:b)"
LAST_RUNS = 30
ENDED = timedelta(minutes=5)
"""So long before now the story ends."""


def shift(lines: Sequence[story.Said]) -> timedelta:
    """By how much the lines are moved so that the last one was written not long ago; whole minutes."""
    gap = datetime.now(UTC) - ENDED - lines[-1].at
    return timedelta(minutes=gap // timedelta(minutes=1))


def tell(wiring: Wiring, *, runs: Sequence[int] = (3, 3, 3, LAST_RUNS), deploys: bool = True) -> list[Deploy]:
    """The story: read, and its builds recorded."""
    lines = story.story(runs)
    by = shift(lines)
    moved = [replace(line, at=line.at + by) for line in lines]
    wiring.incidents.pull(Text("story.log", story.as_entries(moved)))
    builds = [deploy.model_copy(update={"at": deploy.at + by}) for deploy in story.DEPLOYS]
    for build in builds if deploys else ():
        wiring.deployments.record(COMMAND_LINE, build)
    return builds


def hostile(wiring: Wiring, message: str = HOSTILE) -> None:
    """An error whose every word wants to be markup, of a request."""
    at = datetime.now(UTC) - ENDED
    line = {"time": at.isoformat(), "severity": "ERROR", "message": message, "request_id": "given-up", "stage": "script",
            "worker": "<b>studio</b>", "version": "0.1.0"}
    wiring.incidents.pull(Text("hostile.jsonl", json.dumps(line).encode() + b"\n"))


def home(folder: Path) -> Path:
    """A home in which the story was told."""
    wiring = Wiring(read_settings({"VIVIDLY_HOME": str(folder)}))
    tell(wiring)
    wiring.engine.dispose()
    return folder


def copy(told: Path, wiring: Wiring) -> None:
    """Give an installation that nobody used yet the database of such a home."""
    for file in told.glob("vividly.sqlite*"):
        shutil.copy(file, wiring.settings.home / file.name)
