"""`python -m pipeline database upgrade | downgrade | status`: the migrations of the database that DATABASE_URL names."""

import argparse
import json

from pipeline.config import read_settings
from pipeline.database import State, downgrade, open_database, state, upgrade
from pipeline.errors import OperatorError


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `database`."""
    parser = verbs.add_parser("database", help="bring the database up to date, or see where it stands")
    actions = parser.add_subparsers(required=True, metavar="upgrade|downgrade|status")
    up = actions.add_parser("upgrade", help="run the migrations that are missing; an SQLite file is copied first")
    up.set_defaults(run=run_upgrade)
    down = actions.add_parser("downgrade", help="take one migration back, with the data of its tables and columns")
    down.add_argument("--to", default="-1", metavar="REVISION", help="back to this revision, or `base` (default: one step)")
    down.add_argument("--yes", action="store_true", help="needed on a server, where no copy is made")
    down.set_defaults(run=run_downgrade)
    shown = actions.add_parser("status", help="1 when a migration is missing")
    shown.add_argument("--json", action="store_true", help="print one object")
    shown.set_defaults(run=run_status)


def run_upgrade(_: argparse.Namespace) -> int:
    """Upgrade, a line per step."""
    copy = upgrade(read_settings().database_url, tell=_tell)
    if copy:
        print(f"The database as it was: {copy}")
    print("The database is up to date.")
    return 0


def run_downgrade(args: argparse.Namespace) -> int:
    """Go back. Raises `OperatorError` on a server without --yes."""
    url = read_settings().database_url
    if not args.yes and not url.startswith("sqlite"):
        raise OperatorError("Going back drops what the migration brought, and no copy is made of a server: add --yes.")
    copy = downgrade(url, to=args.to, tell=_tell)
    if copy:
        print(f"The database as it was: {copy}")
    return 0


def run_status(args: argparse.Namespace) -> int:
    """Print where the database stands; 1 when it is not as this version wants it."""
    found = _look()
    if args.json:
        print(json.dumps({
            "current": found.current, "ready": found.ready, "heads": found.heads,
            "pending": [step.revision for step in found.pending], "what_to_do": found.what_to_do,
        }))
        return 0 if found.ready else 1
    lacking = {step.revision for step in found.pending}
    for step in found.steps:
        print(f"{'missing' if step.revision in lacking else 'done':8} {step.revision}  {step.title}")
    print(found.what_to_do or "The database is up to date.")
    return 0 if found.ready else 1


def _look() -> State:
    engine = open_database(read_settings().database_url)
    try:
        return state(engine)
    finally:
        engine.dispose()


def _tell(line: str) -> None:
    print(line, flush=True)
