"""Who may do what: the table itself, and every method of every service tried in every role."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine

from pipeline.domain import Subject
from pipeline.errors import NotAllowed, PipelineError
from pipeline.organisation import (
    COMMAND_LINE,
    PERMISSIONS,
    Actor,
    Audit,
    Flags,
    Interests,
    People,
    Permission,
    Places,
    Tokens,
    may,
    require,
)
from pipeline.tables import OrganizationType, TokenScope, UserRole, UserStatus
from tests.organisation.conftest import Office

SERVICES = {"audit": Audit, "people": People, "places": Places, "interests": Interests, "flags": Flags, "tokens": Tokens}
NEEDS: dict[str, tuple[Permission, Callable[[Any, Actor], object]]] = {
    "audit.entries": (Permission.AUDIT, lambda s, a: s.entries(a)),
    "people.users": (Permission.VIEW, lambda s, a: s.users(a)),
    "people.user": (Permission.VIEW, lambda s, a: s.user(a, "x")),
    "people.profile": (Permission.VIEW, lambda s, a: s.profile(a, "x")),
    "people.invite": (Permission.PEOPLE, lambda s, a: s.invite(a, "x@school.org", UserRole.VIEWER)),
    "people.assign_role": (Permission.PEOPLE, lambda s, a: s.assign_role(a, "x", UserRole.VIEWER)),
    "people.set_status": (Permission.PEOPLE, lambda s, a: s.set_status(a, "x", UserStatus.ACTIVE)),
    "people.rename": (Permission.PEOPLE, lambda s, a: s.rename(a, "x", "X")),
    "people.set_profile": (Permission.PEOPLE, lambda s, a: s.set_profile(a, "x", 9, [])),
    "people.place": (Permission.ORGANISE, lambda s, a: s.place(a, "x", None, None)),
    "places.tree": (Permission.VIEW, lambda s, a: s.tree(a)),
    "places.members": (Permission.VIEW, lambda s, a: s.members(a, "x")),
    "places.create_organization": (Permission.ORGANISE, lambda s, a: s.create_organization(a, "X")),
    "places.create_school": (Permission.ORGANISE, lambda s, a: s.create_school(a, "x", "X")),
    "places.create_class": (Permission.ORGANISE, lambda s, a: s.create_class(a, "x", "X")),
    "places.rename": (Permission.ORGANISE, lambda s, a: s.rename(a, "org_x", "X")),
    "places.move": (Permission.ORGANISE, lambda s, a: s.move(a, "org_x", None)),
    "places.archive": (Permission.ORGANISE, lambda s, a: s.archive(a, "org_x")),
    "places.restore": (Permission.ORGANISE, lambda s, a: s.restore(a, "org_x")),
    "places.set_organization": (
        Permission.ORGANISE, lambda s, a: s.set_organization(a, "x", kind=OrganizationType.CUSTOM)),
    "places.set_school": (Permission.ORGANISE, lambda s, a: s.set_school(a, "x", address="")),
    "places.set_class": (Permission.ORGANISE, lambda s, a: s.set_class(a, "x", subject=Subject.PHYSICS)),
    "places.add_students": (Permission.ORGANISE, lambda s, a: s.add_students(a, "x", [])),
    "places.remove_students": (Permission.ORGANISE, lambda s, a: s.remove_students(a, "x", [])),
    "interests.set_active": (Permission.INTERESTS, lambda s, a: s.set_active(a, "x", True)),
    "interests.move": (Permission.INTERESTS, lambda s, a: s.move(a, "x", 0)),
    "flags.list": (Permission.VIEW, lambda s, a: s.list(a)),
    "flags.explain": (Permission.VIEW, lambda s, a: s.explain(a, "x")),
    "flags.change": (Permission.FLAGS, lambda s, a: s.change(a, "cache", enabled=True)),
    "flags.override": (Permission.FLAGS, lambda s, a: s.override(a, "cache", user_id="x", enabled=True, reason="test")),
    "flags.remove_override": (Permission.FLAGS, lambda s, a: s.remove_override(a, "cache", user_id="x")),
    "tokens.make": (Permission.TOKENS, lambda s, a: s.make(a, "x", TokenScope.READ, 1)),
    "tokens.revoke": (Permission.TOKENS, lambda s, a: s.revoke(a, "x")),
    "tokens.list": (Permission.TOKENS, lambda s, a: s.list(a)),
}
"""What each method needs, and a call of it."""
WITHOUT_ACTOR = {
    "people.sign_in", "people.local_admin", "people.grant",  # these make the actor
    "tokens.verify",  # this too
    "flags.ensure", "flags.evaluate", "flags.switches", "interests.sync", "interests.all",  # asked by the pipeline
}

FOR_OTHER_ROOMS = {"audit.write"}
"""Logs what another room has changed, and asked the table about, itself."""


def actor(role: UserRole) -> Actor:
    return Actor(user_id="somebody", name="Somebody", role=role)


def test_the_table_of_permissions_is_the_one_that_was_decided():
    given = {role: " ".join(p.name for p in Permission if p in PERMISSIONS[role]) for role in UserRole}
    assert given == {
        "student": "",
        "teacher": "",
        "viewer": "VIEW",
        "content": "VIEW GENERATE REVIEW INTERESTS RETRIEVAL PROMPTS",
        "product": "VIEW GENERATE REVIEW FLAGS AUDIT COSTS PROMOTION",
        "engineering": "VIEW GENERATE REVIEW FLAGS TOKENS AUDIT EXAMINE INCIDENTS RETRIEVAL PROMPTS PROMOTION",
        "admin": "VIEW GENERATE REVIEW ORGANISE PEOPLE INTERESTS FLAGS TOKENS AUDIT COSTS EXAMINE INCIDENTS RETRIEVAL PROMPTS "
                 "PROMOTION",
    }


@pytest.mark.parametrize(("role", "permission", "sentence"), [
    (UserRole.VIEWER, Permission.FLAGS, "Changing flags needs the role product, engineering or admin; you are viewer."),
    (UserRole.CONTENT, Permission.PEOPLE, "Changing people needs the role admin; you are content."),
    (UserRole.STUDENT, Permission.VIEW,
     "Looking at the console needs the role viewer, content, product, engineering or admin; you are student."),
])
def test_being_refused_names_the_roles_that_would_do(role: UserRole, permission: Permission, sentence: str):
    assert not may(actor(role), permission)
    with pytest.raises(NotAllowed) as refusal:
        require(actor(role), permission)
    assert str(refusal.value) == sentence


def test_the_command_line_may_do_everything():
    assert all(may(COMMAND_LINE, permission) for permission in Permission)


@pytest.mark.parametrize("role", UserRole)
@pytest.mark.parametrize("method", NEEDS)
def test_a_method_asks_the_table_before_the_database(method: str, role: UserRole):
    """The database here has no tables: whoever gets past the table of permissions meets its error, the others do not."""
    permission, call = NEEDS[method]
    room = method.partition(".")[0]
    service = SERVICES[room](create_engine("sqlite://"), clock=lambda: datetime(2026, 11, 2, tzinfo=UTC))
    with pytest.raises(Exception) as outcome:
        call(service, actor(role))
    assert isinstance(outcome.value, NotAllowed) != (permission in PERMISSIONS[role])


@pytest.mark.parametrize("method", NEEDS)
def test_an_admin_meets_an_answer_or_one_sentence(office: Office, method: str):
    """The same calls on a real database, where most of them name something that does not exist."""
    _, call = NEEDS[method]
    try:
        call(getattr(office, method.partition(".")[0]), office.people.local_admin())
    except PipelineError as fault:
        assert not isinstance(fault, NotAllowed) and str(fault).endswith(".") and "\n" not in str(fault)


def test_every_public_method_is_in_one_of_the_tables():
    methods = {
        f"{room}.{name}": function for room, service in SERVICES.items()
        for name, function in inspect.getmembers(service, inspect.isfunction) if not name.startswith("_")
    }
    with_actor = {method for method, function in methods.items() if "actor" in inspect.signature(function).parameters}
    assert with_actor - FOR_OTHER_ROOMS == NEEDS.keys()
    assert methods.keys() - with_actor == WITHOUT_ACTOR
