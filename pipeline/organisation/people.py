"""People, and what is changed about them: invitations, roles, status, places, and what a student's lessons fit."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from pipeline.errors import BadRequest
from pipeline.organisation import checks
from pipeline.organisation.access import Actor, Permission, require
from pipeline.organisation.audit import note
from pipeline.organisation.changes import changing, known, new_id
from pipeline.organisation.directory import Directory
from pipeline.organisation.door import Door
from pipeline.organisation.person import (
    NAME_CHARACTERS,
    ProfileView,
    UserView,
    check_place,
    hold_back,
    keep_an_admin,
    leave_local_admin_alone,
    profile_of,
    view_of,
    with_address,
)
from pipeline.plain import one_line
from pipeline.tables import Interest, StudentProfile, User, UserRole, UserStatus

MOST_INTERESTS = 5
SETTABLE = (UserStatus.ACTIVE, UserStatus.SUSPENDED, UserStatus.ARCHIVED)
"""Nobody is made pending by hand; `active` restores."""


class People(Door, Directory):
    """The people of one database."""

    def invite(
        self, actor: Actor, email: str, role: UserRole, *, name: str = "", organization_id: str | None = None,
        school_id: str | None = None,
    ) -> UserView:
        """A pending account, which becomes active when its owner signs in."""
        require(actor, Permission.PEOPLE)
        row = User(
            user_id=new_id("user"), email=checks.email(email), name=one_line("name", name, 0, NAME_CHARACTERS),
            role=checks.word("role", UserRole, role), status=UserStatus.PENDING, organization_id=organization_id,
            school_id=school_id, created_at=self._clock(),
        )
        with changing(self._engine) as session:
            if with_address(session, row.email) is not None:
                raise BadRequest("email", f"{row.email} is here already.")
            check_place(session, organization_id, school_id)
            session.add(row)
            session.flush()
            after = {field: getattr(row, field) for field in ("email", "name", "role", "organization_id", "school_id")}
            note(session, actor, "user.invited", "user", row.user_id, None, after, at=row.created_at)
            return view_of(row)

    def assign_role(self, actor: Actor, user_id: str, role: UserRole) -> UserView:
        """Give the person another role."""
        require(actor, Permission.PEOPLE)
        given = checks.word("role", UserRole, role)
        with changing(self._engine) as session:
            row = known(session, User, user_id, "user")
            hold_back(actor, row, "role")
            keep_an_admin(session, row, role=given, status=row.status)
            note(session, actor, "user.role_assigned", "user", row.user_id, {"role": row.role}, {"role": given},
                 at=self._clock())
            row.role = given
            return view_of(row)

    def set_status(self, actor: Actor, user_id: str, status: UserStatus) -> UserView:
        """Suspend, archive, or restore the person."""
        require(actor, Permission.PEOPLE)
        given = checks.word("status", UserStatus, status)
        if given not in SETTABLE:
            raise BadRequest("status", f"can be set to {', '.join(SETTABLE)}.")
        with changing(self._engine) as session:
            row = known(session, User, user_id, "user")
            hold_back(actor, row, "status")
            keep_an_admin(session, row, role=row.role, status=given)
            action = "user.restored" if given is UserStatus.ACTIVE else f"user.{given}"
            note(session, actor, action, "user", row.user_id, {"status": row.status}, {"status": given}, at=self._clock())
            row.status = given
            return view_of(row)

    def place(self, actor: Actor, user_id: str, organization_id: str | None, school_id: str | None) -> UserView:
        """Put the person into an organisation, a school of it, or neither."""
        require(actor, Permission.ORGANISE)
        after = {"organization_id": organization_id, "school_id": school_id}
        with changing(self._engine) as session:
            row = known(session, User, user_id, "user")
            leave_local_admin_alone(actor, row)
            check_place(session, organization_id, school_id)
            before = {field: getattr(row, field) for field in after}
            note(session, actor, "user.placed", "user", row.user_id, before, after, at=self._clock())
            row.organization_id, row.school_id = organization_id, school_id
            session.flush()
            session.refresh(row)
            return view_of(row)

    def rename(self, actor: Actor, user_id: str, name: str) -> UserView:
        """Give the person another name."""
        require(actor, Permission.PEOPLE)
        given = one_line("name", name, 0, NAME_CHARACTERS)
        with changing(self._engine) as session:
            row = known(session, User, user_id, "user")
            leave_local_admin_alone(actor, row)
            note(session, actor, "user.renamed", "user", row.user_id, {"name": row.name}, {"name": given},
                 at=self._clock())
            row.name = given
            return view_of(row)

    def set_profile(self, actor: Actor, user_id: str, grade_level: int, interest_ids: Sequence[str]) -> ProfileView:
        """What lessons for this student are fitted to: the grade, and at most five interests."""
        require(actor, Permission.PEOPLE)
        grade = checks.whole("grade_level", grade_level, 1, 12)
        with changing(self._engine) as session:
            row = known(session, User, user_id, "user")
            if row.role is not UserRole.STUDENT:
                raise BadRequest("user", f"only a student has grade and interests; {row.email} is {row.role}.")
            before = _profile_facts(row.profile)
            profile = row.profile or StudentProfile(student_id=row.user_id, interests=[])
            interests = _interests(session, interest_ids, chosen=profile.interests)
            profile.grade_level, profile.interests, row.profile = grade, interests, profile
            note(session, actor, "user.profile_set", "user", row.user_id, before, _profile_facts(profile),
                 at=self._clock())
            return profile_of(profile)


def _profile_facts(row: StudentProfile | None) -> dict[str, object] | None:
    if row is None:
        return None
    view = profile_of(row)
    return {"grade_level": view.grade_level, "interests": list(view.interest_ids)}


def _interests(session: Session, interest_ids: Sequence[str], *, chosen: Sequence[Interest]) -> list[Interest]:
    """The interests, each once. One that is no longer offered can be kept by whoever has `chosen` it already."""
    given = checks.ids("interests", interest_ids)
    if len(given) > MOST_INTERESTS:
        raise BadRequest("interests", f"a student has at most {MOST_INTERESTS}; these are {len(given)}.")
    rows = [known(session, Interest, key, "interest") for key in given]
    for row in rows:
        if not row.active and row not in chosen:
            raise BadRequest("interests", f"{row.name} is not offered at the moment.")
    return rows
