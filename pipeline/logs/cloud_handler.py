"""Log records -> entries of Cloud Logging, sent by a thread of its own: whoever logs never waits and never fails.

While the service is away lines are kept, and sent when it is back; beyond `CAPACITY` they are dropped, and how many is told on
stderr and, afterwards, in the log itself. A line that is sent again after a lost answer has the same id and time, and is one.
"""

import json
import logging
import random
import sys
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from pipeline.errors import ProviderUnavailable
from pipeline.logs.cloud_service import Patience, Refused, Service

CAPACITY = 10_000
LARGEST_BATCH, LARGEST_BATCH_CHARACTERS = 500, 2_000_000
"""Cloud Logging takes 10 MB at once; a character is four bytes at most."""
GRACE_SECONDS = 5.0
"""How long the end of a process waits for its last lines."""
LAST_SECONDS = 1.0
"""And then for a call that is on its way."""
LOG = "vividly"
GOOGLE = "logging.googleapis.com/"
OF_THE_ENTRY = {
    "severity": "severity", "timestamp": "timestamp", "time": "timestamp", "httpRequest": "httpRequest",
    f"{GOOGLE}insertId": "insertId", f"{GOOGLE}labels": "labels", f"{GOOGLE}trace": "trace", f"{GOOGLE}spanId": "spanId",
    f"{GOOGLE}trace_sampled": "traceSampled", f"{GOOGLE}sourceLocation": "sourceLocation", f"{GOOGLE}operation": "operation",
}
"""Fields of a structured line that Google's own agents lift out of it; the rest is its payload."""
TASK = "generic_task"
RESOURCES = {TASK: ("job", "task_id"), "cloud_run_job": ("job_name",), "cloud_run_revision": ("service_name", "revision_name")}
"""Kinds of resources that a line may say it is of, and which of its labels they have; a write with others is refused."""


class CloudHandler(logging.Handler):
    """Sends what its formatter makes of records: lines of JSON in Cloud Logging's form, or any text."""

    def __init__(self, service: Service, program: str, *, patience: Patience | None = None, capacity: int = CAPACITY,
                 grace_seconds: float = GRACE_SECONDS, say: Callable[[str], object] | None = None) -> None:
        super().__init__()
        self.dropped = 0
        """Lines that nobody will read."""
        self._service, self._program, self._capacity = service, program, capacity
        self._patience = patience or Patience(answer_seconds=10.0)
        self._grace_seconds, self._say = grace_seconds, say or _on_stderr
        self._chance = random.Random()  # noqa: S311 - so that many processes do not come back together
        self._waiting: deque[str] = deque()
        self._held = 0
        """Lines that wait or are on their way."""
        self._changed = threading.Condition()
        self._ending = threading.Event()
        self._away = self._gave_up = False
        self._refusal = ""
        self._untold = 0
        self._thread = threading.Thread(target=self._run, name="cloud-logging", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Put the line in the queue, where there is room."""
        try:
            line = self.format(record)
        except Exception:
            self.handleError(record)
            return
        with self._changed:
            if self._held >= self._capacity or self._ending.is_set():
                self._drop(1)
                return
            self._held += 1
            self._waiting.append(line)
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait a little until all has been sent."""
        with self._changed:
            if not self._gave_up:
                self._gave_up = not self._changed.wait_for(lambda: self._held == 0, timeout=self._grace_seconds)

    def close(self) -> None:
        """Send what there is, in so much time as there is, and say how much was lost."""
        if not self._ending.is_set():
            self.flush()
            self._ending.set()
            with self._changed:
                self._changed.notify_all()
            self._thread.join(LAST_SECONDS)
            with self._changed:
                self._drop(self._held)
                self._held = 0
            if self.dropped:
                self._say(f"Cloud Logging: {self.dropped} log lines were dropped, or nobody knows whether they came.")
        super().close()

    def _run(self) -> None:
        while (batch := self._next()) and self._deliver(batch):
            with self._changed:
                self._held = max(0, self._held - len(batch))
                self._changed.notify_all()

    def _next(self) -> list[str]:
        """The next lines, when there are some; none at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending.is_set())
            batch: list[str] = []
            room = LARGEST_BATCH_CHARACTERS
            while self._waiting and len(batch) < LARGEST_BATCH and (not batch or len(self._waiting[0]) <= room):
                batch.append(self._waiting.popleft())
                room -= len(batch[-1])
            return [] if self._ending.is_set() else batch

    def _deliver(self, lines: Sequence[str]) -> bool:
        """Send them, for as long as it takes; what is refused is dropped. False when the end came before."""
        entries, tries = [self._entry(line) for line in lines], 0
        while not self._ending.is_set():
            try:
                self._service.call("write", self._letter(entries), seconds=self._patience.answer_seconds)
            except Refused as fault:
                self._lose(len(lines) if fault.refused is None else fault.refused, str(fault))
                return True
            except Exception as fault:  # nothing may end this thread
                self._is_away(fault)
                self._ending.wait(self._patience.pause(tries, _as_silence(fault), self._chance))
                tries += 1
            else:
                self._is_back()
                return True
        return False

    def _letter(self, entries: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        return {"logName": f"projects/{self._service.project}/logs/{LOG}", "entries": list(entries), "partialSuccess": True}

    def _entry(self, line: str) -> dict[str, Any]:
        """The line as an entry, with an id and a time of its own."""
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        said = _fields(line)
        entry = {"insertId": uuid.uuid4().hex, "timestamp": now, "resource": self._resource(said.get("resource"))}
        entry |= {OF_THE_ENTRY[name]: value for name, value in said.items() if name in OF_THE_ENTRY and value}
        payload = {name: value for name, value in said.items() if name not in OF_THE_ENTRY and name != "resource"}
        return {**entry, "jsonPayload": payload} if said else {**entry, "textPayload": line}

    def _resource(self, said: Any) -> Mapping[str, Any]:
        """What the line says it is of, else a task of the program's name."""
        own: Mapping[str, Any] = said if isinstance(said, dict) else {}
        kind = str(own.get("type")) if str(own.get("type")) in RESOURCES else TASK
        given = own.get("labels")
        labels = {name: str(given[name]) for name in RESOURCES[kind] if name in given} if isinstance(given, dict) else {}
        usual = {"location": "global", "namespace": LOG, "job": self._program, "task_id": "0"} if kind == TASK else {}
        return {"type": kind, "labels": {**usual, **labels, "project_id": self._service.project}}

    def _is_away(self, fault: Exception) -> None:
        if not self._away:
            self._away = True
            self._say(f"Cloud Logging: {fault} Log lines are kept, {self._capacity} at most, until it takes them.")

    def _is_back(self) -> None:
        if self._away:
            self._away = self._gave_up = False
            self._say(f"Cloud Logging takes log lines again; {self._untold} were dropped meanwhile.")
        with self._changed:
            untold, self._untold = self._untold, 0
            if untold:
                self._held += 1
                self._waiting.append(_told(untold))

    def _lose(self, count: int, reason: str) -> None:
        if reason != self._refusal:
            self._say(f"{reason} Log lines are dropped: {count} now.")
        self._refusal = reason
        with self._changed:
            self._drop(count)

    def _drop(self, count: int) -> None:
        self.dropped += count
        self._untold += count


def _fields(line: str) -> dict[str, Any]:
    """What a structured line says; nothing where it is none."""
    try:
        said = json.loads(line, parse_constant=str)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _told(dropped: int) -> str:
    return json.dumps({"severity": "WARNING", "message": "log lines dropped", "action": "log_lines_dropped", "dropped": dropped})


def _as_silence(fault: Exception) -> ProviderUnavailable:
    return fault if isinstance(fault, ProviderUnavailable) else ProviderUnavailable(str(fault))


def _on_stderr(said: str) -> None:
    with suppress(OSError, ValueError):  # closed
        sys.stderr.write(f"{said}\n")
