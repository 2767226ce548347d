"""Telling another record of a run that was just recorded here: what goes wrong there loses nothing, and is said."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import PipelineError
from pipeline.ports import Tracked, Tracker


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of telling of a run: where it can be seen, or why it cannot be yet and how to send it later."""

    run: str
    seen_at: str = ""
    fault: str = ""


def send(tracker: Callable[[], Tracker | None], run_id: str, run: Tracked) -> Sent | None:
    """Tell of the run; None where there is nobody to tell."""
    try:
        found = tracker()
        return Sent(run=run.name, seen_at=found.track(run)) if found else None
    except PipelineError as fault:
        return Sent(run=run.name, fault=(
            f"{fault} The run is recorded here and not in Vertex Experiments: "
            f"`python -m pipeline evaluate export --vertex {run_id}` sends it later."))
