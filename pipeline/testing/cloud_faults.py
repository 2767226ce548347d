"""What can go wrong with a call to the stand-in for Cloud Logging: errors in Google's own form, silence, half answers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_TYPES = "type.googleapis.com/google.rpc."
_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
           409: "ALREADY_EXISTS", 412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one call; `done` is whether the service did as it was asked nevertheless."""

    status: int = 200
    body: bytes = b""
    seconds: float = 0.0
    """Silence before the answer."""
    cut: bool = False
    """The connection ends in the middle of the answer."""
    done: bool = False


class Refused(Exception):
    """The service says no."""

    def __init__(self, status: int, message: str, *details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.status = status
        self.body = json.dumps({"error": {"code": status, "message": message, "status": _STATUS[status],
                                          "details": list(details)}}).encode()


def refusal(status: int, message: str = "", *, reason: str = "") -> Fault:
    """An error of Google's form; `reason` is that of its ErrorInfo, such as SERVICE_DISABLED."""
    info = {"@type": f"{_TYPES}ErrorInfo", "reason": reason, "domain": "googleapis.com"}
    told = Refused(status, message or _STATUS[status], *([info] if reason else []))
    return Fault(status=status, body=told.body)


def quota(retry: str = "") -> Fault:
    """429: reads are used up; `retry` is how long to wait, such as `0.5s`, where the service says so."""
    info = {"@type": f"{_TYPES}RetryInfo", "retryDelay": retry}
    told = Refused(429, "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute'.",
                   *([info] if retry else []))
    return Fault(status=429, body=told.body)


GARBAGE = Fault(body=b"<html>\x00 not JSON {")
CUT = Fault(body=b'{"entries": [{"insertId": "half', cut=True)
LOST_ANSWER = Fault(cut=True, done=True)
"""The call was obeyed, and whoever asked never learns it."""
