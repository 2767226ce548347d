"""The parent's side of the child process: sends it what to import, names the file that it dies of, and starts another."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.doctor.child import DATABASE
from pipeline.doctor.findings import CannotLook

CHILD = Path(__file__).with_name("child.py")
CHUNK = 65536
START_SECONDS = 60.0
"""What a busy machine may need to start Python and load SQLAlchemy, before the limit for other people's files holds."""

News = dict[str, Any]


@dataclass(kw_only=True)
class Outcome:
    """What importing and configuring told."""

    failed: list[News] = field(default_factory=list)
    offenders: list[News] = field(default_factory=list)
    mappers: list[News] = field(default_factory=list)
    died: list[News] = field(default_factory=list)
    """Files and relationships that ended or hung the child, with `how`."""
    live: list[News] = field(default_factory=list)
    """Differences from the database, as findings that name table and column."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the child is to do."""

    modules: Sequence[tuple[str, str]]
    watch: Path
    """The folder whose files are run under observation."""
    root: Path
    guarded: Sequence[str]
    """Modules that another file imports inside `try`: their failure may be meant."""
    database: str | None = None


class Runner:
    """A child at work; the first is started before the source is read, so that both happen at once."""

    def __init__(self, *, seconds: float) -> None:
        self.seconds = seconds
        self.died: list[News] = []
        self.stopped = False
        self.process, self.pipe = _start()

    def begin(self, order: Order) -> None:
        """Set the waiting child to work."""
        self.order = order
        self._send([])

    def finish(self) -> Outcome:
        """Run children until one reaches the end; each that dies names one culprit, which the next leaves alone."""
        skip: list[str] = []
        while True:
            outcome, at, how = self._watch()
            outcome.died = self.died
            if how is None:
                return outcome
            if at is None or _key(at) in (*skip, DATABASE):
                raise CannotLook(f"Importing the models of {self.order.root} {how} at {_key(at) if at else 'its start'}.")
            skip.append(_key(at))
            self.died.append({**at, "how": how})
            self.stopped = False
            self.process, self.pipe = _start()
            self._send(skip)

    def stop(self) -> None:
        """End the child, and whatever it started."""
        if self.stopped:
            return
        self.stopped = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.pipe)

    def _watch(self) -> tuple[Outcome, News | None, str | None]:
        """What one child told, what it was at when it ended early, and how it ended."""
        outcome, running, how = Outcome(), [], "ended the process"
        try:
            for news in self._news():
                step = news.pop("step")
                if step == "done":
                    return outcome, None, None
                if step == "ready":
                    continue
                if step == "start":
                    running.append(news)
                elif step == "end":
                    running.pop()
                elif step == "refused":
                    raise CannotLook(news["message"])
                elif step == "broke":
                    how = f"failed ({news['message']})"
                elif step == "at":
                    running = [news]
                else:
                    {"failed": outcome.failed, "offender": outcome.offenders, "mapper": outcome.mappers,
                     "live": outcome.live}[step].append(news)
        except TimeoutError:
            how = f"took longer than {self.seconds:g} s"
        finally:
            self.stop()
        return outcome, running[-1] if running else None, how

    def _send(self, skip: list[str]) -> None:
        order = self.order
        told = {"modules": order.modules, "watch": str(order.watch), "path": [str(order.root), *sys.path],
                "guarded": list(order.guarded), "skip": skip, "database": order.database}
        assert self.process.stdin is not None
        try:
            with self.process.stdin as stdin:
                stdin.write(json.dumps(told).encode())
        except BrokenPipeError:
            return  # it is gone already, which reading from it will tell

    def _news(self) -> Iterator[News]:
        """What the child tells, line by line. Raises `TimeoutError` when it is silent for too long."""
        waiting = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.pipe, selectors.EVENT_READ)
            silent_since, patience = time.monotonic(), max(START_SECONDS, self.seconds)
            while True:
                if not selector.select(max(0.0, silent_since + patience - time.monotonic())):
                    raise TimeoutError
                chunk = os.read(self.pipe, CHUNK)
                if not chunk:
                    return
                silent_since, patience = time.monotonic(), self.seconds
                *lines, waiting = (waiting + chunk).split(b"\n")
                yield from map(json.loads, lines)


def _start() -> tuple["subprocess.Popen[bytes]", int]:
    """A child that waits for its order, and the pipe on which it tells."""
    ours, theirs = os.pipe()
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", str(CHILD), str(theirs)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, pass_fds=(theirs,), start_new_session=True,
        )
    finally:
        os.close(theirs)
    return process, ours


def _key(at: News) -> str:
    return str(at.get("label") or at["file"])
