"""The command line: `python -m pipeline VERB`. An error is one sentence on stderr; exit 1, or 2 for a bad request.

A verb is imported when it is chosen: the doctor has to run where a module of ours cannot be imported.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline.checkup import check_models, refuse
from pipeline.config import Settings
from pipeline.errors import BadRequest, PipelineError

VERBS: Mapping[str, str] = {
    "generate": "pipeline.commands.generate",
    "models": "pipeline.models",
    "corpus": "pipeline.commands.corpus",
    "evaluate": "pipeline.commands.evaluate",
    "prices": "pipeline.commands.prices",
    "database": "pipeline.commands.database",
    "doctor": "pipeline.commands.doctor",
    "providers": "pipeline.commands.providers",
    "people": "pipeline.commands.people",
    "worker": "pipeline.commands.worker",
    "bridge": "pipeline.commands.bridge",
    "compare": "pipeline.commands.compare",
    "submit": "pipeline.commands.requests",
    "requests": "pipeline.commands.requests",
    "workers": "pipeline.commands.requests",
    "dead-letters": "pipeline.commands.requests",
    "costs": "pipeline.commands.costs",
    "savings": "pipeline.commands.savings",
    "sample": "pipeline.commands.sample",
    "logs": "pipeline.commands.logs",
    "errors": "pipeline.commands.errors",
    "deploy": "pipeline.commands.deploy",
    "baseline": "pipeline.commands.baseline",
    "runbooks": "pipeline.commands.runbooks",
    "prompts": "pipeline.commands.prompts",
    "api": "pipeline.commands.api",
    "token": "pipeline.commands.token",
    "settings": "pipeline.commands.settings",
    "up": "pipeline.commands.up",
}
"""Each verb, and the module whose `register` adds it."""
CHECKED = ("worker", "api")
"""Verbs that do not start before the doctor has looked at the models."""


def main(argv: Sequence[str] | None = None, *, wire: Callable[[Settings], Any] | None = None) -> int:
    """Run one command with the parts that `wire` puts together (by default a `Wiring`); its exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        args = _parser(given).parse_args(given)
        if wire is not None:
            args.wire = wire
        code = int(args.run(args) or 0)
        sys.stdout.flush()
        return code
    except BadRequest as fault:
        print(f"Bad request: {fault}", file=sys.stderr)
        return 2
    except PipelineError as fault:
        print(f"Error: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `| head` has seen enough, and what is left in the buffer goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the chosen verb, or of all of them where none is named."""
    parser = argparse.ArgumentParser(prog="python -m pipeline", description="Vividly's pipeline.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    chosen = [verb for verb in given[:1] if verb in VERBS]
    if chosen and chosen[0] in CHECKED and not {"-h", "--help"} & set(given):
        refuse(check_models().findings)
    for module in dict.fromkeys(VERBS[verb] for verb in chosen or VERBS):
        importlib.import_module(module).register(verbs)
    return parser


if __name__ == "__main__":
    sys.exit(main())
