"""Log records -> lines of JSON in `logs/PROGRAM.jsonl` of the home folder, five files of 10 MB.

An exception is told by its kind and place, never by its message, which may quote a student.
"""

import fcntl
import json
import logging
import os
import socket
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from pipeline import VERSION

FOLDER = "logs"
FILE_BYTES, FILES = 10 * 1024 * 1024, 5
LONGEST_MESSAGE = 2000
SEVERITIES = {logging.WARNING: "WARNING", logging.ERROR: "ERROR", logging.CRITICAL: "CRITICAL", logging.DEBUG: "DEBUG"}
_USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "action", "request_id", "stage", "worker_id"}


def log_to(home: Path, program: str) -> None:
    """From now on what the pipeline says goes into the program's file too; once per process."""
    logger = logging.getLogger("pipeline")
    if any(isinstance(handler, LineFile) for handler in logger.handlers):
        return
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    handler = LineFile(folder / f"{program}.jsonl")
    handler.setFormatter(JsonLine())
    logger.addHandler(handler)
    logger.setLevel(min(logger.getEffectiveLevel(), logging.INFO))


class JsonLine(logging.Formatter):
    """One record as one line: the fields that every line has, then the facts of this one."""

    def __init__(self) -> None:
        super().__init__()
        self._worker = f"{socket.gethostname()[:60]}-{os.getpid()}"

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = vars(record)
        facts = {name: value for name, value in said.items() if name not in _USUAL}
        return json.dumps({
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "severity": SEVERITIES.get(record.levelno, "INFO"), "message": record.getMessage()[:LONGEST_MESSAGE],
            "action": said.get("action", ""), "request_id": said.get("request_id", ""), "stage": said.get("stage") or "",
            "worker": said.get("worker_id") or self._worker, "version": VERSION, **facts, **_fault(record),
        }, default=str, ensure_ascii=False)


class LineFile(RotatingFileHandler):
    """A rotating file that several processes write to: only one turns it over, and the others go on in the new one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, into the file that bears the name now."""
        if self.stream is not None and not self._is_current():
            self.stream.close()
            self.stream = None  # opened anew by the next write
        super().emit(record)

    def doRollover(self) -> None:
        """Turn the files over, unless another process did so just now."""
        with open(f"{self.baseFilename}.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._is_current():
                super().doRollover()

    def _is_current(self) -> bool:
        if self.stream is None:
            return False
        try:
            return os.path.samestat(os.fstat(self.stream.fileno()), os.stat(self.baseFilename))
        except OSError:
            return False


def _fault(record: logging.LogRecord) -> dict[str, Any]:
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    fault = record.exc_info[1]
    frames = traceback.extract_tb(fault.__traceback__)[-3:]
    return {"fault": type(fault).__name__, "at": [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]}
