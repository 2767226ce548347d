"""Where the lines of a process go: rotating files in the home folder, standard output, Cloud Logging, a terminal."""

import fcntl
import logging
import os
import sys
import threading
from collections.abc import Collection
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from pipeline.errors import OperatorError
from pipeline.logs.lines import JsonLine, PlainLine

FOLDER = "logs"
FILE_BYTES, FILES = 10 * 1024 * 1024, 5
FILE, STDOUT, CLOUD = "file", "stdout", "cloud"
PLACES = (FILE, STDOUT, CLOUD)
OURS = ("pipeline", "console")
logger = logging.getLogger("pipeline")


def log_to(home: Path, program: str, *, places: Collection[str] = (FILE,), project: str = "", endpoint: str = "") -> None:
    """From now on what the pipeline says is written there; once per process. Raises `OperatorError`."""
    if any(isinstance(handler.formatter, JsonLine) for handler in logger.handlers):
        return
    formatter = JsonLine(program, project=project)
    for handler in [_handler(place, home, program, project, endpoint) for place in PLACES if place in places]:
        handler.setFormatter(formatter)
        for ours in map(logging.getLogger, OURS):
            ours.addHandler(handler)
    for ours in map(logging.getLogger, OURS):
        ours.setLevel(min(ours.getEffectiveLevel(), logging.INFO))
    _tell_crashes()


def say_on_terminal(*, places: Collection[str] = (FILE,), level: int = logging.INFO) -> None:
    """What is logged is also told in plain lines on standard error; our own not where it is told to a platform already."""
    terminal = logging.StreamHandler()
    terminal.setFormatter(PlainLine())
    if {STDOUT, CLOUD} & set(places):
        terminal.addFilter(lambda record: record.name.partition(".")[0] not in OURS)
    logging.basicConfig(level=level, handlers=[terminal])


def _handler(place: str, home: Path, program: str, project: str, endpoint: str) -> logging.Handler:
    if place == STDOUT:
        return logging.StreamHandler(sys.stdout)
    if place == CLOUD:
        from pipeline.logs import cloud  # Google's libraries are loaded where they are chosen

        return cloud.handler(project, endpoint, program=program)
    folder = home / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OperatorError(f"{folder} cannot be made ({fault.strerror}): set VIVIDLY_HOME, or VIVIDLY_LOG=stdout.") from fault
    return LineFile(folder / f"{program}.jsonl")


class LineFile(RotatingFileHandler):
    """A rotating file that several processes write to: only one turns it over, and the others go on in the new one."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True,
                         errors="backslashreplace")

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


def _tell_crashes() -> None:
    """What nobody caught is told too, before it ends the process or its thread as ever."""
    before, before_in_thread = sys.excepthook, threading.excepthook

    def crashed(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
        if not issubclass(kind, KeyboardInterrupt | SystemExit):
            logger.critical("crashed", exc_info=(kind, fault, trace), extra={"action": "crashed"})
        before(kind, fault, trace)

    def thread_crashed(said: threading.ExceptHookArgs) -> None:
        if said.exc_value is not None and not issubclass(said.exc_type, SystemExit):
            logger.critical("thread crashed", exc_info=(said.exc_type, said.exc_value, said.exc_traceback),
                            extra={"action": "thread_crashed"})
        before_in_thread(said)

    sys.excepthook, threading.excepthook = crashed, thread_crashed
