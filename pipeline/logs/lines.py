"""A log record -> one line of JSON in the structured form of Cloud Logging, or one line of plain text.

An exception is told by its kind and its frames. Its words may quote a student: they are told only where the logger is at
DEBUG, and where an exception of that kind speaks of nothing but code or was written for whoever runs the machine.
"""

import hashlib
import itertools
import json
import logging
import os
import re
import secrets
import socket
import time
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import VERSION
from pipeline.errors import OperatorError
from pipeline.logs.parsing_fields import trace_of

LONGEST_MESSAGE = 2000
MOST_FRAMES, MOST_FAULTS = 30, 5
GOOGLE = "logging.googleapis.com/"
SEVERITIES = {logging.DEBUG: "DEBUG", logging.WARNING: "WARNING", logging.ERROR: "ERROR", logging.CRITICAL: "CRITICAL"}
OF_CODE = frozenset((
    "ImportError", "ModuleNotFoundError", "NameError", "UnboundLocalError", "NotImplementedError", "RecursionError",
    "sqlalchemy.exc.InvalidRequestError", "sqlalchemy.exc.ArgumentError", "sqlalchemy.exc.NoForeignKeysError",
    "sqlalchemy.exc.AmbiguousForeignKeysError", "sqlalchemy.exc.NoReferencedTableError", "sqlalchemy.exc.UnmappedClassError"))
"""Kinds whose words name classes, modules and tables: without them one broken mapper is like another."""
_STATEMENT = ("[SQL:", "[parameters:")
_ROOTS = (str(Path(__file__).resolve().parents[2]) + os.sep, "site-packages" + os.sep)
_USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "action", "request_id", "correlation_id", "stage",
          "worker_id", "insert_id"}
_SECRETS = (
    (re.compile(r"(://[^/\s:@\"']*):[^/\s@\"']+@"), r"\1:…@"),
    (re.compile(r"(?i)\b(bearer|basic) +[\w.~+/=-]{8,}"), r"\1 …"),
    (re.compile(r"(?i)([?&;](?:token|key|api_key|sig|signature|password|secret|x-goog-signature)=)[^&\s\"']+"), r"\1…"),
    (re.compile(r"(?i)(\"[\w-]*(?:password|secret|token|authorization|api_?key|signing_?key)\": \")[^\"]+"), r"\1…"),
    (re.compile(r"\beyJ[\w-]{10,}\.[\w-]{4,}\.[\w-]*|\bAIza[\w-]{30,}"), "…"),
)


class JsonLine(logging.Formatter):
    """One record as one line: the fields that every line has, then the facts of this one."""

    def __init__(self, program: str, *, project: str = "", env: Mapping[str, str] | None = None) -> None:
        super().__init__()
        env = os.environ if env is None else env
        self._project, self._numbers = project, itertools.count()
        self._start = secrets.token_hex(6)
        self._worker = f"{socket.gethostname()[:60]}-{os.getpid()}"
        execution = env.get("CLOUD_RUN_EXECUTION") or f"{program}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{self._start[:4]}"
        self._same = {"version": version(env), "execution": execution}
        self._labels = {"program": program, **self._same}
        self._resource = _resource(program, env)

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = vars(record)
        facts = {name: value for name, value in said.items() if name not in _USUAL}
        fields = {
            "severity": SEVERITIES.get(record.levelno, "INFO"),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "message": record.getMessage()[:LONGEST_MESSAGE], **self._named(record), GOOGLE + "labels": self._labels,
            "action": said.get("action") or "", "request_id": said.get("request_id") or "",
            "correlation_id": said.get("correlation_id") or "", "stage": said.get("stage") or "",
            "worker": said.get("worker_id") or self._worker, **self._same, "resource": self._resource, **facts, **_faults(record)}
        return without_secrets(json.dumps(fields, default=str, ensure_ascii=False))

    def _named(self, record: logging.LogRecord) -> dict[str, str]:
        """Its id, one for every place that it is written to; and the trace, which all lines of a request share."""
        said = vars(record)
        name = said.setdefault("insert_id", f"{self._start}{next(self._numbers):08x}")
        about = str(said.get("request_id") or said.get("correlation_id") or "")
        if not about:
            return {GOOGLE + "insertId": name}
        trace = hashlib.sha256(about.encode(errors="replace")).hexdigest()[:32]
        where = f"projects/{self._project}/traces/{trace}" if self._project else trace
        return {GOOGLE + "insertId": name, GOOGLE + "trace": where}


class PlainLine(logging.Formatter):
    """One record as the first system's programs wrote it, in UTC, its traceback below it without words."""

    def __init__(self) -> None:
        super().__init__()
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """The line, or the lines."""
        line = f"{self.formatTime(record)} - {record.name} - {record.levelname} - {record.getMessage()}"
        trace = trace_of(_faults(record))
        return without_secrets(f"{line}\n{trace}" if trace else line)


def version(env: Mapping[str, str]) -> str:
    """The package's version, and what it was built from or is deployed as where that is told."""
    built = env.get("VIVIDLY_COMMIT", "").strip()[:12] or env.get("K_REVISION", "").strip()
    return f"{VERSION}+{built}" if built else VERSION


def without_secrets(line: str) -> str:
    """The line without passwords in addresses, tokens and keys."""
    for pattern, instead in _SECRETS:
        line = pattern.sub(instead, line)
    return line


def _resource(program: str, env: Mapping[str, str]) -> Mapping[str, Any]:
    if job := env.get("CLOUD_RUN_JOB"):
        return {"type": "cloud_run_job", "labels": {"job_name": job, "task_index": env.get("CLOUD_RUN_TASK_INDEX", "0")}}
    if service := env.get("K_SERVICE"):
        return {"type": "cloud_run_revision",
                "labels": {"service_name": service, "revision_name": env.get("K_REVISION", "")}}
    return {"type": "generic_task", "labels": {"job": program}}


def _faults(record: logging.LogRecord) -> dict[str, Any]:
    """The fault as fields, and those that led to it, the first cause first."""
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    last, *before = _chain(record.exc_info[1], record)
    return {**last, "because": before[::-1]} if before else last


def _chain(fault: BaseException, record: logging.LogRecord) -> list[dict[str, Any]]:
    return [_told(one, record) for one in itertools.islice(_causes(fault), MOST_FAULTS)]


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def _told(fault: BaseException, record: logging.LogRecord) -> dict[str, Any]:
    kind = type(fault)
    name = kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else f"{kind.__module__}.{kind.__qualname__}"
    frames = traceback.extract_tb(fault.__traceback__)
    told: dict[str, Any] = {"fault": name, "at": [f"{_file(f.filename)}:{f.lineno} {f.name}" for f in frames[-MOST_FRAMES:]]}
    words = str(fault)[:LONGEST_MESSAGE]
    of_code = (name in OF_CODE or isinstance(fault, OperatorError)) and not any(sign in words for sign in _STATEMENT)
    if words and (of_code or logging.getLogger(record.name).isEnabledFor(logging.DEBUG)):
        told["words"] = words
    return told


def _file(path: str) -> str:
    """The path from the root of the code, or of the packages, on."""
    for root in _ROOTS:
        if root in path:
            return path.rpartition(root)[2]
    return Path(path).name
