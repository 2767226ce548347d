"""One log entry, whoever wrote it: a line of JSON, an entry of Cloud Logging, or a line of text with its traceback.

A plain tuple, because a million of them are read in seconds.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """What was said, and by whom. A field that the writer left out is empty."""

    id: str
    """The writer's own id of it (`insertId`), or where it stands: `FILE:LINE`, counted from 1."""
    at: float
    """Seconds since 1970, UTC."""
    severity: str
    """As in Cloud Logging: DEFAULT DEBUG INFO NOTICE WARNING ERROR CRITICAL ALERT EMERGENCY."""
    message: str
    """Without the traceback."""
    trace: str = ""
    """The traceback, whole, or empty."""
    logger: str = ""
    action: str = ""
    request_id: str = ""
    correlation_id: str = ""
    student_id: str = ""
    stage: str = ""
    worker: str = ""
    version: str = ""
    """What the writer says it is; else the digest or revision of its resource."""
    execution: str = ""
    job: str = ""
    """The Cloud Run job or service, or the program: worker, api, bridge, console."""
    source: str = ""
    """Where it was read: a file's name, a project."""
    lines: int = 1
    """Physical lines."""
    audit: str = ""
    """The audit record (`protoPayload`) as JSON: who changed what in Cloud Run or Cloud Build."""
    raw: bytes = b""
    """The JSON it was read from, where that was asked for."""
