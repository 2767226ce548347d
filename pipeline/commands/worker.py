"""`python -m pipeline worker`: make the lessons of the queue."""

import argparse
import logging
import os
from typing import NoReturn

from pipeline.commands import LOG_FORMAT
from pipeline.config import read_settings
from pipeline.wiring import Wiring
from pipeline.work import run_worker


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `worker`."""
    verbs.add_parser("worker", help="make the lessons of the queue").set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> NoReturn:
    """Work until told to stop."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # each step is told in our own words
    settings = read_settings()
    wiring: Wiring = args.wire(settings)
    run_worker(settings, wiring.record, wiring.open_house)
    logging.shutdown()
    os._exit(0)  # a lesson under way would hold the process for minutes; the next worker starts it again
