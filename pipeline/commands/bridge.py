"""`python -m pipeline bridge`: messages of a Pub/Sub subscription into the queue."""

import argparse
import logging

from pipeline.bridge.intake import Intake
from pipeline.bridge.loop import Bridge
from pipeline.bridge.pubsub import PubSub
from pipeline.commands import start_logging
from pipeline.config import read_settings
from pipeline.errors import BadRequest
from pipeline.stopping import told_to_stop
from pipeline.tables import DeadSource
from pipeline.wiring import Wiring

logger = logging.getLogger("pipeline")


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `bridge`."""
    parser = verbs.add_parser("bridge", help="put the messages of a Pub/Sub subscription into the queue")
    parser.add_argument("--subscription", metavar="PATH",
                        help="projects/PROJECT/subscriptions/NAME (default VIVIDLY_SUBSCRIPTION)")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Bridge until SIGTERM or SIGINT; what was pulled by then is settled first."""
    settings = read_settings()
    path = args.subscription or settings.subscription
    if not path:
        raise BadRequest("--subscription", "say which one, here or as VIVIDLY_SUBSCRIPTION.")
    start_logging(settings, "bridge")
    subscription, wiring = PubSub(path), args.wire(settings)
    stopping = told_to_stop()
    logger.info("bridge started", extra={"action": "bridge_started", "subscription": path})
    try:
        Bridge(subscription, Intake(wiring.queue, wiring.record, DeadSource.BRIDGE), stopping).run()
    finally:
        wiring.queue.close()
        subscription.close()
    logger.info("bridge stopped", extra={"action": "bridge_stopped"})
    return 0
