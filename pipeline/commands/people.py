"""`python -m pipeline people list | grant`: who may sign in to the console; the way to make the first admin."""

import argparse

from rich.console import Console
from rich.table import Table

from pipeline.config import read_settings
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import UserRole
from pipeline.wiring import Wiring


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `people`."""
    parser = verbs.add_parser("people", help="who may sign in to the console, and as what")
    actions = parser.add_subparsers(required=True, metavar="list|grant")
    actions.add_parser("list", help="everybody with a role").set_defaults(run=show, wire=Wiring)
    grant = actions.add_parser("grant", help="give a role to an address, known or new")
    grant.add_argument("email")
    grant.add_argument("role", choices=[str(role) for role in UserRole])
    grant.set_defaults(run=give, wire=Wiring)


def show(args: argparse.Namespace) -> int:
    """Print a table of the people."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("address", "name", "role", "status", "last seen"):
        table.add_column(title, header_style="dim")
    for user in args.wire(read_settings()).people.users(COMMAND_LINE):
        seen = f"{user.last_seen_at:%Y-%m-%d %H:%M} UTC" if user.last_seen_at else "never"
        table.add_row(user.email, user.name, user.role, user.status, seen)
    Console().print(table, markup=False)
    return 0


def give(args: argparse.Namespace) -> int:
    """Give the role."""
    user = args.wire(read_settings()).people.grant(args.email, args.role)
    print(f"{user.email} is {user.role}.")
    return 0
