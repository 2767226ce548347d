"""Who may do what: one table of permissions, read by every service and by the pages."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pipeline.errors import NotAllowed
from pipeline.tables import UserRole
from pipeline.visuals import Text, Value


class Permission(StrEnum):
    """Something that not everybody may do."""

    VIEW = "view"
    GENERATE = "generate"
    REVIEW = "review"
    """Rate, approve, correct."""
    ORGANISE = "organise"
    """Organisations, schools, classes, and who belongs to them."""
    PEOPLE = "people"
    """Invite, give a role, suspend."""
    INTERESTS = "interests"
    FLAGS = "flags"
    TOKENS = "tokens"
    AUDIT = "audit"
    """Read the log of changes."""
    COSTS = "costs"
    """Budgets, credits, corrections of what was used."""
    EXAMINE = "examine"
    """Have the doctor look at other packages and at uploads."""
    INCIDENTS = "incidents"
    """Groups of errors, deployments, baselines, runs of runbooks."""
    RETRIEVAL = "retrieval"
    """Labels of passages, corpora, runs of the evaluation."""
    PROMPTS = "prompts"
    """Versions of prompts and every label but `production`."""
    PROMOTION = "promotion"
    """What students get: the label `production`, and splits of the traffic."""


_MAKING = frozenset({Permission.VIEW, Permission.GENERATE, Permission.REVIEW})

PERMISSIONS: Mapping[UserRole, frozenset[Permission]] = {
    UserRole.STUDENT: frozenset(),
    UserRole.TEACHER: frozenset(),
    UserRole.VIEWER: frozenset({Permission.VIEW}),
    UserRole.CONTENT: _MAKING | {Permission.INTERESTS, Permission.RETRIEVAL, Permission.PROMPTS},
    UserRole.PRODUCT: _MAKING | {Permission.FLAGS, Permission.AUDIT, Permission.COSTS, Permission.PROMOTION},
    UserRole.ENGINEERING: _MAKING | {Permission.FLAGS, Permission.TOKENS, Permission.AUDIT, Permission.EXAMINE,
                                    Permission.INCIDENTS, Permission.RETRIEVAL, Permission.PROMPTS, Permission.PROMOTION},
    UserRole.ADMIN: frozenset(Permission),
}
"""What each role may do. There is no other place that decides this."""

DOING: Mapping[Permission, str] = {
    Permission.VIEW: "Looking at the console",
    Permission.GENERATE: "Making lessons",
    Permission.REVIEW: "Reviewing lessons",
    Permission.ORGANISE: "Changing organisations",
    Permission.PEOPLE: "Changing people",
    Permission.INTERESTS: "Changing interests",
    Permission.FLAGS: "Changing flags",
    Permission.TOKENS: "Keeping API tokens",
    Permission.AUDIT: "Reading the audit log",
    Permission.COSTS: "Changing budgets, credits and corrections",
    Permission.EXAMINE: "Examining other packages",
    Permission.INCIDENTS: "Changing error groups, deployments, baselines and runs of runbooks",
    Permission.RETRIEVAL: "Labelling passages and keeping corpora and evaluations",
    Permission.PROMPTS: "Changing prompts",
    Permission.PROMOTION: "Putting prompts into production",
}


class Actor(Value):
    """Whoever does something: a person, or the command line."""

    user_id: Text
    name: Text
    role: UserRole


COMMAND_LINE = Actor(user_id="command_line", name="command line", role=UserRole.ADMIN)
"""Whoever can run commands on this machine can change its database anyway."""


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role allows it."""
    return permission in PERMISSIONS[actor.role]


def require(actor: Actor, permission: Permission) -> None:
    """Nothing when the actor's role allows it; otherwise `NotAllowed`, naming the roles that do."""
    if not may(actor, permission):
        roles = _either([role for role in UserRole if permission in PERMISSIONS[role]])
        raise NotAllowed(f"{DOING[permission]} needs the role {roles}; you are {actor.role}.")


def _either(roles: Sequence[str]) -> str:
    *others, last = roles
    return f"{', '.join(others)} or {last}" if others else last
