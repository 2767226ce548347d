"""The words of runbooks: the text in steps, and a run of it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pipeline.visuals import Text, Value


class Step(Value):
    """One thing to do."""

    number: int
    text: Text
    """Markdown of ours, without the commands."""
    commands: tuple[str, ...] = ()


class Runbook(Value):
    """What to do about one kind of fault, or for one kind of work."""

    name: Text
    """Of its file."""
    title: Text
    effort: Text
    """How long it takes, in words."""
    exceptions: tuple[str, ...]
    """Kinds of exceptions that it is for, without their modules."""
    words: tuple[str, ...]
    """Phrases that it is for, in any case."""
    intro: Text
    steps: tuple[Step, ...]
    text: str
    """The whole file behind its head."""

    @property
    def version(self) -> str:
        """A digest of the text: runs are kept with it."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:10]

    @property
    def commands(self) -> Sequence[str]:
        """Every command, in order."""
        return [command for step in self.steps for command in step.commands]


class RunState(StrEnum):
    """Where a run stands."""

    OPEN = "open"
    FINISHED = "finished"
    ABANDONED = "abandoned"


class Tick(Value):
    """A step that was done."""

    step: int
    by: str
    at: datetime


class Run(Value):
    """Somebody working through a runbook."""

    run_id: int
    runbook: str
    version: str
    steps: int
    fingerprint: str
    """The group it is for; may be empty."""
    state: RunState
    started_by: str
    started_at: datetime
    ended_by: str
    ended_at: datetime | None
    why: str
    """Of an end before every step was done."""
    ticks: tuple[Tick, ...]

    @property
    def done(self) -> frozenset[int]:
        """The steps that are ticked."""
        return frozenset(tick.step for tick in self.ticks)
