"""`python -m pipeline up`: the worker and the console, with the API, together, until Ctrl+C; when one ends, so does the other."""

import argparse
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

from pipeline.config import ROOT
from pipeline.errors import OperatorError

GRACE_SECONDS = 10.0


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `up`."""
    parser = verbs.add_parser("up", help="start the console and a worker")
    parser.add_argument("--port", type=int, default=8501)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Start both and wait. Raises `OperatorError` when the port is taken."""
    _check_port(args.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    worker = [sys.executable, "-m", "pipeline", "worker"]
    console = [sys.executable, "-m", "streamlit", "run", "console/app.py", "--server.port", str(args.port)]
    started = [subprocess.Popen(command, cwd=ROOT) for command in (worker, console)]
    print(f"The console is at http://localhost:{args.port} · stop with Ctrl+C", flush=True)
    try:
        return _first_to_end(started)
    except KeyboardInterrupt:  # the ordinary way to end it
        return 0
    finally:
        _stop(started)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            raise OperatorError(f"Port {port} is in use: stop what runs there, or `make run PORT=8502`.") from fault


def _first_to_end(started: Sequence[subprocess.Popen[bytes]]) -> int:
    while True:
        for process in started:
            code = process.poll()
            if code is not None:
                return code
        time.sleep(0.5)


def _stop(started: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
