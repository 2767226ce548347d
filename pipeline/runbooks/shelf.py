"""Files of runbooks -> values, and the one that fits a fault. A file has a head in TOML and numbered steps in Markdown."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from pipeline.config import DATA
from pipeline.errors import BadRequest, OperatorError
from pipeline.runbooks.words import Runbook, Step

FOLDER = DATA / "runbooks"
MARK = "+++"
STEP = re.compile(r"(\d+)\. +")
COMMAND_INDENT = 4
"""By so much more than the step's own text a command is indented."""
HEAD = ("title", "effort", "exceptions", "words")


class Fault(Protocol):
    """What a runbook is looked for: a group of errors has all of this."""

    @property
    def exception(self) -> str:
        """Its kind, with or without its module; may be empty."""

    @property
    def title(self) -> str:
        """In words."""

    @property
    def sample(self) -> str:
        """One of its messages."""


@cache
def load(folder: Path = FOLDER) -> tuple[Runbook, ...]:
    """Every runbook, by name. Raises `OperatorError` for a file that is none."""
    return tuple(read_runbook(path) for path in sorted(folder.glob("*.md")))


def find(name: str, folder: Path = FOLDER) -> Runbook:
    """The runbook of this name. Raises `BadRequest`."""
    for runbook in load(folder):
        if runbook.name == name:
            return runbook
    raise BadRequest("runbook", f"there is none with the name {name[:64]!r}: see `python -m pipeline runbooks list`.")


def match(fault: Fault, runbooks: Sequence[Runbook] | None = None) -> Runbook | None:
    """The runbook for this fault; None where no rule holds.

    A kind of exception counts twice, a phrase once; the highest sum wins, and of equals the first by name.
    """
    known = load() if runbooks is None else runbooks
    points = [(_points(runbook, fault), runbook) for runbook in known]
    best, chosen = max(points, key=lambda pair: pair[0], default=(0, None))
    return chosen if best else None


def _points(runbook: Runbook, fault: Fault) -> int:
    kind = fault.exception.rpartition(".")[2]
    said = f"{fault.title}\n{fault.sample}"
    return 2 * (kind in runbook.exceptions) + sum(bool(_phrase(word).search(said)) for word in runbook.words)


@cache
def _phrase(word: str) -> re.Pattern[str]:
    """The phrase as whole words."""
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)


def read_runbook(path: Path) -> Runbook:
    """The runbook in this file. Raises `OperatorError` that says what is wrong with it."""
    try:
        _, head, body = path.read_text(encoding="utf-8").split(f"{MARK}\n", 2)
        said = tomllib.loads(head)
        intro, *steps = _blocks(body)
        return Runbook(
            name=path.stem, intro="\n".join(intro).strip(), steps=tuple(_step(lines) for lines in steps), text=body,
            **_known(said))
    except (OSError, ValueError, ValidationError) as fault:  # TOML's and Unicode's errors are ValueErrors
        problem = str(fault).splitlines()[0]
        raise OperatorError(f"{path} is no runbook ({problem}): it needs a head between +++ and numbered steps.") from fault


def _known(said: dict[str, Any]) -> dict[str, Any]:
    if set(said) != set(HEAD):
        raise ValueError(f"its head must have {', '.join(HEAD)}")
    return said


def _blocks(body: str) -> list[list[str]]:
    """The lines before the first step, then those of each step. Raises `ValueError` when steps are not 1, 2, 3 …"""
    blocks: list[list[str]] = [[]]
    for line in body.splitlines():
        if found := STEP.match(line):
            if int(found.group(1)) != len(blocks):
                raise ValueError(f"step {found.group(1)} stands where step {len(blocks)} should")
            blocks.append([])
        blocks[-1].append(line)
    if len(blocks) == 1:
        raise ValueError("it has no steps")
    return blocks


def _step(lines: Sequence[str]) -> Step:
    found = STEP.match(lines[0])
    assert found is not None, "a block begins with its number"
    indent = found.end()
    commands = [line.strip() for line in lines[1:] if line.startswith(" " * (indent + COMMAND_INDENT))]
    told = [line[indent:] for line in lines if not line.startswith(" " * (indent + COMMAND_INDENT))]
    return Step(number=int(found.group(1)), text="\n".join(told).strip(), commands=tuple(commands))
