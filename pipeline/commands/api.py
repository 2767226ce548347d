"""`python -m pipeline api`: the HTTP API alone, for machines that have no console."""

import argparse
import logging
import socket

import uvicorn

from pipeline.api import build_app
from pipeline.commands import start_logging
from pipeline.config import read_settings
from pipeline.errors import BadRequest, OperatorError
from pipeline.wiring import Wiring

PORTS = range(65536)
KEEPS_SECONDS = 75
"""How long a quiet connection stays open: longer than clients and balancers keep theirs, so that none is cut while in use."""
GRACE_SECONDS = 5
"""How long calls may end by themselves after a stop; streams of events never do, and their readers come back."""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `api`."""
    parser = verbs.add_parser("api", help="serve the HTTP API without the console")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8502, help="default 8502; 0 takes a free one")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. Raises `OperatorError` when the address cannot be had."""
    if args.port not in PORTS:
        raise BadRequest("--port", f"must be {PORTS[0]} to {PORTS[-1]}.")
    settings = read_settings()
    start_logging(settings, "api")
    app = build_app(args.wire(settings))
    listener = _listen(args.host, args.port)
    print(f"The API is at http://{_told(args.host)}:{listener.getsockname()[1]}/api/v1 · stop with Ctrl+C", flush=True)
    config = uvicorn.Config(
        app, log_config=None, log_level=logging.WARNING, access_log=False,  # it would write signed links down
        server_header=False, timeout_graceful_shutdown=GRACE_SECONDS, timeout_keep_alive=KEEPS_SECONDS, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048)
    except OSError as fault:
        raise OperatorError(f"Port {port} of {host} cannot be had ({fault.strerror}): give another --port.") from fault


def _told(host: str) -> str:
    return f"[{host}]" if ":" in host else host
