"""`python -m pipeline evaluate guardrails`: precision and recall of the guards on the sentences that ship."""

import argparse

from pipeline.config import read_settings
from pipeline.evaluation import guards_as_json, guards_as_text, measure_guards


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evaluate guardrails`."""
    parser = actions.add_parser("guardrails", help="measure what guards the student's text on labelled sentences")
    parser.add_argument("--json", action="store_true", help="print one object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure, print."""
    measured = measure_guards(read_settings().data / "evaluation" / "guardrails")
    print(guards_as_json(measured) if args.json else guards_as_text(measured))
    return 0
