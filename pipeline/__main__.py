"""The command line: `python -m pipeline VERB`. An error is one sentence on stderr; exit 1, or 2 for a bad request."""

import argparse
import sys
from collections.abc import Callable, Sequence

from pipeline import models
from pipeline.commands import corpus, database, generate, up, worker
from pipeline.config import Settings
from pipeline.errors import BadRequest, PipelineError
from pipeline.wiring import Wiring


def main(argv: Sequence[str] | None = None, *, wire: Callable[[Settings], Wiring] = Wiring) -> int:
    """Run one command with the parts that `wire` puts together; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m pipeline", description="Vividly's pipeline.")
    parser.set_defaults(wire=wire)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for family in (generate, models, corpus, database, worker, up):
        family.register(verbs)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args) or 0)
    except BadRequest as fault:
        print(f"Bad request: {fault}", file=sys.stderr)
        return 2
    except PipelineError as fault:
        print(f"Error: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
