"""`python -m pipeline up`: the worker and the console, with the API, together, until Ctrl+C.

One that is killed is started again; one that cannot work at all ends the other.
"""

import argparse
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from pipeline.config import ROOT
from pipeline.errors import OperatorError

GRACE_SECONDS = 10.0
SOON_SECONDS = 20.0
"""A process that ends sooner than this has not worked yet."""
MOST_KILLED_SOON = 3
LOOKS_EVERY_SECONDS = 0.5


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `up`."""
    parser = verbs.add_parser("up", help="start the console and a worker")
    parser.add_argument("--port", type=int, default=8501)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start both and wait. Raises `OperatorError` when the port is taken."""
    _check_port(args.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    commands = {
        "worker": [sys.executable, "-m", "pipeline", "worker"],
        "console": [sys.executable, "-m", "streamlit", "run", "console/app.py", "--server.port", str(args.port)],
    }
    kept = [Kept(name, lambda command=command: subprocess.Popen(command, cwd=ROOT))  # type: ignore[misc]
            for name, command in commands.items()]
    print(f"The console is at http://localhost:{args.port} · stop with Ctrl+C", flush=True)
    try:
        return _first_to_give_up(kept)
    except KeyboardInterrupt:  # the ordinary way to end it
        return 0
    finally:
        _stop([one.process for one in kept])


class Kept:
    """A process that is started again when something ends it, but not when it cannot work."""

    def __init__(
        self, name: str, start: Callable[[], "subprocess.Popen[bytes]"], *, clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._start, self._clock = name, start, clock
        self._killed_soon = 0
        self.process, self._since = start(), clock()

    def look(self) -> int | None:
        """None while it runs or was started again; else the code that it gave up with."""
        code = self.process.poll()
        if code is None:
            return None
        soon = self._clock() - self._since < SOON_SECONDS
        self._killed_soon = self._killed_soon + 1 if soon else 0
        if (soon and code >= 0) or self._killed_soon > MOST_KILLED_SOON:
            return abs(code)
        print(f"The {self._name} ended ({code}) and is started again.", file=sys.stderr, flush=True)
        self.process, self._since = self._start(), self._clock()
        return None


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            raise OperatorError(f"Port {port} is in use: stop what runs there, or `make run PORT=8502`.") from fault


def _first_to_give_up(kept: Sequence[Kept]) -> int:
    while True:
        for one in kept:
            code = one.look()
            if code is not None:
                return code
        time.sleep(LOOKS_EVERY_SECONDS)


def _stop(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
