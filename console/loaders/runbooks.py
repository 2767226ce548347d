"""Runbooks: the texts, the one that fits a group, and runs of them as whoever is here."""

from collections.abc import Sequence

from console.loaders import visitor
from console.loaders.door import door
from pipeline.incidents import Group
from pipeline.runbooks import Run, Runbook, RunState, load, match


def every() -> Sequence[Runbook]:
    """All of them, by name."""
    return load()


def fitting(group: Group) -> Runbook | None:
    """The one for this group; None where no rule holds."""
    return match(group)


def runs(fingerprint: str, name: str) -> Sequence[Run]:
    """The runs of this runbook for this group, the newest first."""
    with door() as parts:
        return parts.runbook_runs.all(runbook=name, fingerprint=fingerprint)


def open_run(fingerprint: str, runbook: Runbook) -> Run | None:
    """The one that is gone on with; a run of another text of it is not."""
    return next((run for run in runs(fingerprint, runbook.name)
                 if run.state is RunState.OPEN and run.version == runbook.version), None)


def start(runbook: Runbook, fingerprint: str) -> Run:
    """Begin one."""
    with door() as parts:
        return parts.runbook_runs.start(visitor.actor(), runbook, fingerprint=fingerprint)


def tick(run_id: int, step: int, done: bool) -> None:
    """The step is done, or not after all."""
    with door() as parts:
        (parts.runbook_runs.tick if done else parts.runbook_runs.untick)(visitor.actor(), run_id, step)


def finish(run_id: int, why: str) -> None:
    """It is done; with steps left, for this reason."""
    with door() as parts:
        parts.runbook_runs.finish(visitor.actor(), run_id, why=why)


def abandon(run_id: int, why: str) -> None:
    """It is not gone on with."""
    with door() as parts:
        parts.runbook_runs.abandon(visitor.actor(), run_id, why=why)
