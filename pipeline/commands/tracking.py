"""`python -m pipeline evaluate export --vertex RUN`, and telling another record of a run that was just recorded here."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from pipeline import evaluation
from pipeline.config import read_settings
from pipeline.errors import BadRequest, OperatorError
from pipeline.evaluation import Sent
from pipeline.experiments import tracked
from pipeline.ports import Tracked
from pipeline.wiring import Wiring

DIGITS = 12


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evaluate export`."""
    parser = actions.add_parser("export", help="tell Vertex Experiments of a run that is recorded here, once however often")
    parser.add_argument("--vertex", required=True, metavar="RUN",
                        help="the number of a run of `evaluate retrieval`, or the id of one of `evaluate prompts`")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Tell; 0 when the run is there."""
    wiring: Wiring = args.wire(read_settings())
    found = _of_record(args.vertex, wiring)
    tracker = wiring.tracker
    if tracker is None:
        raise OperatorError("No experiment of Vertex AI is set: set VIVIDLY_VERTEX_EXPERIMENT to the name of one.")
    seen_at = tracker.track(found)
    print(json.dumps(asdict(Sent(run=found.name, seen_at=seen_at))) if args.json else f"{found.name} is at {seen_at}")
    return 0


def send(wiring: Wiring, run_id: str, run: Tracked) -> Sent | None:
    """Tell of a run that was recorded, and say on stderr what became of it; None where nobody is to be told."""
    sent = evaluation.send(lambda: wiring.tracker, run_id, run)
    if sent is not None:
        print(sent.fault or f"{sent.run} is at {sent.seen_at}", file=sys.stderr)
    return sent


def as_json(sent: Sent | None) -> dict[str, Any]:
    """What an answer says of it; nothing where it is off."""
    return {} if sent is None else {"vertex": asdict(sent)}


def _of_record(run_id: str, wiring: Wiring) -> Tracked:
    if run_id.isdigit():
        return evaluation.tracked(wiring.retrieval_runs.one(int(run_id[:DIGITS])))
    view = wiring.experiments.find(run_id)
    if view is None:
        raise BadRequest("--vertex", f"there is no run {run_id[:40]!a}: name the number of one of `evaluate retrieval`, or the "
                                     "id of one of `evaluate prompts`.")
    return tracked(view)
