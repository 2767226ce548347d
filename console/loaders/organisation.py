"""The door to the organisation: each function is a method of a service, as whoever is here.

Who may do what is decided by the services; what they refuse comes out as `NotAllowed` or `BadRequest`, one sentence each.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from console.loaders import visitor
from console.loaders.door import door
from pipeline.organisation import Actor, Audit, Flags, Interests, InterestView, People, Places, Tokens
from pipeline.wiring import Wiring

P = ParamSpec("P")
Service = TypeVar("Service")
Answer = TypeVar("Answer")


def _as_visitor(
    service: Callable[[Wiring], Service], method: Callable[Concatenate[Service, Actor, P], Answer]
) -> Callable[P, Answer]:
    """The method as a function that acts for whoever is here."""

    @wraps(method)
    def act(*args: P.args, **kwargs: P.kwargs) -> Answer:
        actor = visitor.actor()
        with door() as parts:
            return method(service(parts), actor, *args, **kwargs)

    return act


def _places(parts: Wiring) -> Places:
    return parts.places


def _people(parts: Wiring) -> People:
    return parts.people


def _interests(parts: Wiring) -> Interests:
    return parts.interests


def _flags(parts: Wiring) -> Flags:
    return parts.flags


def _tokens(parts: Wiring) -> Tokens:
    return parts.tokens


def _audit(parts: Wiring) -> Audit:
    return parts.audit


# places

tree = _as_visitor(_places, Places.tree)
create_organization = _as_visitor(_places, Places.create_organization)
create_school = _as_visitor(_places, Places.create_school)
create_class = _as_visitor(_places, Places.create_class)
rename_place = _as_visitor(_places, Places.rename)
move_place = _as_visitor(_places, Places.move)
archive_place = _as_visitor(_places, Places.archive)
restore_place = _as_visitor(_places, Places.restore)
set_organization = _as_visitor(_places, Places.set_organization)
set_school = _as_visitor(_places, Places.set_school)
set_class = _as_visitor(_places, Places.set_class)
class_members = _as_visitor(_places, Places.members)
add_students = _as_visitor(_places, Places.add_students)
remove_students = _as_visitor(_places, Places.remove_students)

# people

users = _as_visitor(_people, People.users)
user = _as_visitor(_people, People.user)
profile = _as_visitor(_people, People.profile)
invite = _as_visitor(_people, People.invite)
assign_role = _as_visitor(_people, People.assign_role)
set_status = _as_visitor(_people, People.set_status)
place_person = _as_visitor(_people, People.place)
rename_person = _as_visitor(_people, People.rename)
set_profile = _as_visitor(_people, People.set_profile)

# interests

set_interest_active = _as_visitor(_interests, Interests.set_active)
move_interest = _as_visitor(_interests, Interests.move)


def interests() -> Sequence[InterestView]:
    """Every interest in display order."""
    with door() as parts:
        return parts.interests.all()


# flags, tokens, log

flags = _as_visitor(_flags, Flags.list)
change_flag = _as_visitor(_flags, Flags.change)
override_flag = _as_visitor(_flags, Flags.override)
remove_override = _as_visitor(_flags, Flags.remove_override)
explain_flags = _as_visitor(_flags, Flags.explain)
tokens = _as_visitor(_tokens, Tokens.list)
make_token = _as_visitor(_tokens, Tokens.make)
revoke_token = _as_visitor(_tokens, Tokens.revoke)
audit_entries = _as_visitor(_audit, Audit.entries)
