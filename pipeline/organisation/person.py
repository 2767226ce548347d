"""One person: how a row is shown, and the rules about rows of people that several services share."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.errors import BadRequest, NotAllowed
from pipeline.organisation.access import Actor
from pipeline.organisation.changes import known
from pipeline.tables import Organization, School, StudentProfile, User, UserRole, UserStatus
from pipeline.visuals import Value

LOCAL_ID, LOCAL_EMAIL = "user_local", "admin@localhost"
"""Whoever sits at this machine while no sign-in is configured. No check lets anybody else take this address."""
NAME_CHARACTERS = 200
SINGLE_MOMENT_SECONDS = 60
"""When somebody was last seen is kept to the minute."""


class UserView(Value):
    """A person, with the names of their places."""

    user_id: str
    email: str
    name: str
    role: UserRole
    status: UserStatus
    organization_id: str | None
    organization_name: str
    school_id: str | None
    school_name: str
    created_at: datetime
    last_seen_at: datetime | None


class ProfileView(Value):
    """What lessons for a student are fitted to."""

    student_id: str
    grade_level: int
    interest_ids: tuple[str, ...]


def view_of(row: User) -> UserView:
    """The person of this row."""
    return UserView(
        user_id=row.user_id, email=row.email, name=row.name, role=row.role, status=row.status,
        organization_id=row.organization_id, organization_name=row.organization.name if row.organization else "",
        school_id=row.school_id, school_name=row.school.name if row.school else "",
        created_at=row.created_at, last_seen_at=row.last_seen_at,
    )


def profile_of(row: StudentProfile) -> ProfileView:
    """The profile of this row."""
    interests = sorted(row.interests, key=lambda interest: interest.display_order)
    return ProfileView(student_id=row.student_id, grade_level=row.grade_level,
                       interest_ids=tuple(interest.interest_id for interest in interests))


def actor_of(row: User) -> Actor:
    """The person as somebody who does something."""
    return Actor(user_id=row.user_id, name=row.name or row.email, role=row.role)


def with_address(session: Session, email: str) -> User | None:
    """The person with this address."""
    return session.scalar(select(User).where(User.email == email))


def is_due(last: datetime | None, now: datetime) -> bool:
    """Whether "last seen" or "last used" is older than what is worth writing."""
    return last is None or (now - last).total_seconds() >= SINGLE_MOMENT_SECONDS


def hold_back(actor: Actor, row: User, field: str) -> None:
    """Nothing, unless the change is to one's own role or status, or to the local admin by somebody else."""
    if actor.user_id == row.user_id:
        raise NotAllowed(f"Nobody changes their own {field}: ask another admin.")
    leave_local_admin_alone(actor, row)


def leave_local_admin_alone(actor: Actor, row: User) -> None:
    """`NotAllowed` when somebody else changes the account of this machine."""
    if row.user_id == LOCAL_ID and actor.user_id != LOCAL_ID:
        raise NotAllowed("The local admin belongs to this machine and cannot be changed.")


def keep_an_admin(session: Session, row: User, *, role: UserRole, status: UserStatus) -> None:
    """`BadRequest` when this change would leave no active admin who can sign in."""
    if not _counts_as_admin(row.role, row.status) or _counts_as_admin(role, status):
        return
    others = select(func.count()).where(
        User.role == UserRole.ADMIN, User.status == UserStatus.ACTIVE, User.user_id.not_in([LOCAL_ID, row.user_id]))
    if not session.scalar(others):
        raise BadRequest("role", "this is the last active admin: make somebody else an admin first.")


def _counts_as_admin(role: UserRole, status: UserStatus) -> bool:
    return role is UserRole.ADMIN and status is UserStatus.ACTIVE


def check_place(session: Session, organization_id: str | None, school_id: str | None) -> None:
    """`BadRequest` unless both exist, are in use, and belong together."""
    organization = known(session, Organization, organization_id, "organization") if organization_id is not None else None
    school = known(session, School, school_id, "school") if school_id is not None else None
    for field, place in (("organization", organization), ("school", school)):
        if place is not None and place.archived:
            raise BadRequest(field, f"{place.name} is archived.")
    if school and organization and school.organization_id != organization.organization_id:
        raise BadRequest("school", f"{school.name} does not belong to {organization.name}.")
