"""`python -m pipeline worker`: make the lessons of the queues. `workers`: who does."""

import argparse
import logging
import os
from typing import NoReturn

from pipeline.commands import start_logging
from pipeline.config import read_settings
from pipeline.errors import BadRequest
from pipeline.tables import QueueName
from pipeline.wiring import Wiring
from pipeline.work import run_worker

MOST_AT_ONCE = 64
FOLDING_SECONDS = 0.5
"""For about so long each second a worker adds to the ledger's roll-ups what is not in them yet."""


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `worker`."""
    parser = verbs.add_parser("worker", help="make the lessons of the queues")
    parser.add_argument("--queues", default=",".join(QueueName), metavar="LIST", help="of text,video (default both)")
    parser.add_argument("--concurrency", type=int, default=1, metavar="N",
                        help="lessons of each queue at once (default 1); the last worker started sets it for all")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> NoReturn:
    """Work until told to stop."""
    queues = _queues(args.queues)
    if not 1 <= args.concurrency <= MOST_AT_ONCE:
        raise BadRequest("--concurrency", f"must be 1 to {MOST_AT_ONCE}.")
    logging.getLogger("alembic").setLevel(logging.WARNING)  # each step is told in our own words
    settings = read_settings()
    start_logging(settings, "worker")
    wiring: Wiring = args.wire(settings)
    run_worker(settings, wiring.record, wiring.open_house, queues=queues, concurrency=args.concurrency,
               chores=[lambda: wiring.ledger.fold(seconds=FOLDING_SECONDS), lambda: wiring.registry.keep_watch()])
    wiring.onlooker.close()
    logging.shutdown()
    os._exit(0)  # what was handed back would hold the process for minutes


def _queues(said: str) -> list[QueueName]:
    names = [name.strip() for name in said.split(",") if name.strip()]
    unknown = [name for name in names if name not in list(QueueName)]
    if unknown or not names:
        raise BadRequest("--queues", f"must name one or more of {', '.join(QueueName)}.")
    return [QueueName(name) for name in dict.fromkeys(names)]
