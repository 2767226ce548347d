"""The few ordinary lines that exposure and checks are told by: a start, a request taken or ended, a query that worked.

Everything else is None, found out with a look-up of its first characters, because every line passes through here.
"""

from collections.abc import Mapping
from enum import StrEnum

from pipeline.logs.entry import Entry


class Notable(StrEnum):
    """What a line shows by being there."""

    WORKER_STARTED = "starts"
    WORKER_READY = "readies"
    """The second line of a start: a log may have only one of the two."""
    REQUEST_TAKEN = "started"
    REQUEST_DONE = "ok"
    REQUEST_FAILED = "failed"
    QUERIED = "queries"
    """It could be said only after a query of the database had worked."""
    VIDEO_SKIPPED = "text_skips"
    """A request without a video went past that stage, and its saving is told."""
    TIMED_OUT = "timeouts"
    """The platform ended an execution."""
    DEPLOYED = "deployed"
    """An entry of Cloud Run's or Cloud Build's audit log."""

    __hash__ = str.__hash__  # an enumeration's own takes ten times as long


ACTIONS: Mapping[str, Notable] = {
    "worker_started": Notable.WORKER_STARTED, "bridge_started": Notable.WORKER_STARTED,
    "request_taken": Notable.REQUEST_TAKEN, "request_decided": Notable.REQUEST_DONE,
    "request_given_up": Notable.REQUEST_FAILED, "stage_finished": Notable.QUERIED, "video_skipped": Notable.VIDEO_SKIPPED,
}
"""Of our own lines."""
SAVING = "COST SAVINGS: $"
PHRASES: Mapping[str, tuple[tuple[str, Notable], ...]] = {
    "Cont": (("Content Worker starting", Notable.WORKER_STARTED),),
    "Crea": (("Created content request: ", Notable.QUERIED),),
    "Mess": (("Message processing failed", Notable.REQUEST_FAILED),),
    "Proc": (("Processing message: request_id=", Notable.REQUEST_TAKEN),),
    "Requ": (("Request completed ", Notable.REQUEST_DONE), ("Request requires clarification: ", Notable.REQUEST_DONE),
             ("Request exists with status ", Notable.QUERIED), ("Request not found in database: ", Notable.QUERIED),
             ("Request already ", Notable.QUERIED)),
    "Set ": (("Set request results: ", Notable.QUERIED),),
    "Term": (("Terminating task because it has reached the maximum timeout", Notable.TIMED_OUT),),
    "Upda": (("Updated request status: ", Notable.QUERIED),),
    "Work": (("Worker initialized: ", Notable.WORKER_READY),),
}
"""Of the first system's lines and of the platform's, by their first four characters."""


def notable(entry: Entry) -> Notable | None:
    """What the line shows; None for almost all of them."""
    if entry.action:
        found = ACTIONS.get(entry.action)
        if found is not None:
            return found
    if entry.audit:
        return Notable.DEPLOYED
    return phrased(entry.message)


def phrased(message: str) -> Notable | None:
    """What the words of a line show that has no action."""
    begin = message[:4]
    for phrase, kind in PHRASES.get(begin, ()):
        if message.startswith(phrase):
            return kind
    return Notable.VIDEO_SKIPPED if (begin[:1] == "[" or begin == "Step") and SAVING in message else None
