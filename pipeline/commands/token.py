"""`python -m pipeline token make NAME`: a key for a program, printed once."""

import argparse

from pipeline.config import read_settings
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE, Actor, People
from pipeline.tables import TokenScope
from pipeline.wiring import Wiring


def register(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `token`."""
    parser = verbs.add_parser("token", help="make an API token")
    actions = parser.add_subparsers(required=True, metavar="make")
    make = actions.add_parser("make", help="print a new token; nobody can look it up later")
    make.add_argument("name", help="what it is for")
    make.add_argument("--scope", choices=[str(scope) for scope in TokenScope], default=str(TokenScope.READ))
    make.add_argument("--days", type=int, default=30, help="how long it opens anything (default 30)")
    make.add_argument("--owner", metavar="ADDRESS", help="whom it acts for (default: the admin of this machine)")
    make.set_defaults(run=run, wire=Wiring)


def run(args: argparse.Namespace) -> int:
    """Print the secret, alone on its line, so that a script can take it."""
    wiring: Wiring = args.wire(read_settings())
    owner = _owner(wiring.people, args.owner)
    print(wiring.tokens.make(owner, args.name, TokenScope(args.scope), args.days).secret)
    return 0


def _owner(people: People, address: str | None) -> Actor:
    if address is None:
        return people.local_admin()
    for user in people.users(COMMAND_LINE, search=address):
        if user.email == address.strip().lower():
            return Actor(user_id=user.user_id, name=user.name or user.email, role=user.role)
    raise BadRequest("--owner", f"nobody here has the address {address!r}: see `python -m pipeline people list`.")
