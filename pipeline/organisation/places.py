"""Organisations, schools and classes: named, moved, changed, archived; and who is in a class. Nothing is deleted."""

from collections.abc import Mapping, Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from pipeline.domain import Subject
from pipeline.errors import BadRequest
from pipeline.organisation import checks
from pipeline.organisation.access import Actor, Permission, require
from pipeline.organisation.audit import note
from pipeline.organisation.changes import changing, known
from pipeline.organisation.checks import KEEP, Keep
from pipeline.organisation.founding import Founding
from pipeline.organisation.person import UserView, view_of
from pipeline.organisation.place_rules import (
    PlaceRow,
    check_domain,
    check_name,
    class_subject,
    holder_of,
    key_of,
    kind_of,
    people_in_role,
    person_in_role,
    place_address,
    place_name,
    place_of,
)
from pipeline.organisation.place_views import OrganizationView, read_tree
from pipeline.organisation.tree import check_parent
from pipeline.tables import Class, Organization, OrganizationType, School, User, UserRole


class Places(Founding):
    """The places of one database. A `place_id` is the id of an organisation, a school or a class."""

    def tree(self, actor: Actor, *, archived: bool = False) -> tuple[OrganizationView, ...]:
        """The organisations at the top, with everything in them; what is archived only when asked for."""
        require(actor, Permission.VIEW)
        with Session(self._engine) as session:
            return read_tree(session, archived=archived)

    def rename(self, actor: Actor, place_id: str, name: str) -> None:
        """Give the place another name."""
        require(actor, Permission.ORGANISE)
        given, kind = place_name(name), kind_of(place_id)
        with changing(self._engine) as session:
            row = place_of(session, place_id)
            check_name(session, kind, getattr(row, kind.above), given, own_id=place_id)
            self._set(session, actor, row, f"{kind.noun}.renamed", {"name": given})

    def move(self, actor: Actor, place_id: str, into: str | None) -> None:
        """Put an organisation into another (None: at the top), a school into an organisation, a class into a school.

        The people of a school go with it.
        """
        require(actor, Permission.ORGANISE)
        kind = kind_of(place_id)
        with changing(self._engine) as session:
            row = place_of(session, place_id)
            if into is not None or not isinstance(row, Organization):
                holder_of(session, kind, into)
            if isinstance(row, Organization):
                check_parent(session, row.organization_id, into)
            check_name(session, kind, into, row.name, own_id=place_id)
            if isinstance(row, School):
                session.execute(update(User).values(organization_id=into).where(
                    User.school_id == row.school_id, User.organization_id == row.organization_id))
            self._set(session, actor, row, f"{kind.noun}.moved", {kind.above: into})

    def archive(self, actor: Actor, place_id: str) -> None:
        """Take the place out of use: it stays, and is hidden with everything in it."""
        require(actor, Permission.ORGANISE)
        with changing(self._engine) as session:
            self._set(session, actor, place_of(session, place_id), f"{kind_of(place_id).noun}.archived", {"archived": True})

    def restore(self, actor: Actor, place_id: str) -> None:
        """Put the place back into use."""
        require(actor, Permission.ORGANISE)
        kind = kind_of(place_id)
        with changing(self._engine) as session:
            row = place_of(session, place_id)
            check_name(session, kind, getattr(row, kind.above), row.name, own_id=place_id)
            self._set(session, actor, row, f"{kind.noun}.restored", {"archived": False})

    def set_organization(
        self, actor: Actor, organization_id: str, *, kind: OrganizationType | Keep = KEEP,
        domain: str | Keep | None = KEEP, monthly_text_limit: int | Keep | None = KEEP,
        monthly_video_limit: int | Keep | None = KEEP,
    ) -> None:
        """Change what is named; None takes the domain or a limit away."""
        require(actor, Permission.ORGANISE)
        given: dict[str, object] = {}
        if kind is not KEEP:
            given["type"] = checks.word("type", OrganizationType, kind)
        if domain is not KEEP:
            given["domain"] = checks.domain(domain)
        for name, limit in (("monthly_text_limit", monthly_text_limit), ("monthly_video_limit", monthly_video_limit)):
            if limit is not KEEP:
                given[name] = None if limit is None else checks.whole(name, limit, 0)
        with changing(self._engine) as session:
            row = known(session, Organization, organization_id, "organization")
            check_domain(session, given.get("domain"), own_id=row.organization_id)
            self._set(session, actor, row, "organization.changed", given)

    def set_school(self, actor: Actor, school_id: str, *, address: str) -> None:
        """Change the address."""
        require(actor, Permission.ORGANISE)
        given = place_address(address)
        with changing(self._engine) as session:
            self._set(session, actor, known(session, School, school_id, "school"), "school.changed", {"address": given})

    def set_class(
        self, actor: Actor, class_id: str, *, teacher_id: str | Keep | None = KEEP,
        subject: Subject | Keep | None = KEEP, grade_levels: Sequence[int] | Keep = KEEP,
    ) -> None:
        """Change what is named; None takes teacher or subject away. The code stays, because students know it."""
        require(actor, Permission.ORGANISE)
        given: dict[str, object] = {}
        if subject is not KEEP:
            given["subject"] = class_subject(subject)
        if grade_levels is not KEEP:
            given["grade_levels"] = checks.grades(grade_levels)
        with changing(self._engine) as session:
            row = known(session, Class, class_id, "class")
            if teacher_id is not KEEP:
                teacher = None if teacher_id is None else person_in_role(session, teacher_id, UserRole.TEACHER)
                given["teacher_id"] = teacher and teacher.user_id
            self._set(session, actor, row, "class.changed", given)

    def members(self, actor: Actor, class_id: str) -> list[UserView]:
        """The students of a class by address."""
        require(actor, Permission.VIEW)
        with Session(self._engine) as session:
            students = known(session, Class, class_id, "class").students
            return [view_of(row) for row in sorted(students, key=lambda row: row.email)]

    def add_students(self, actor: Actor, class_id: str, user_ids: Sequence[str]) -> None:
        """Put students into the class; who is in it already stays."""
        require(actor, Permission.ORGANISE)
        with changing(self._engine) as session:
            row = known(session, Class, class_id, "class")
            if row.archived:
                raise BadRequest("class", f"{row.name} is archived: restore it first.")
            new = [user for user in people_in_role(session, user_ids, UserRole.STUDENT) if user not in row.students]
            row.students.extend(new)
            if new:
                note(session, actor, "class.students_added", "class", row.class_id, None,
                     {"students": [user.user_id for user in new]}, at=self._clock())

    def remove_students(self, actor: Actor, class_id: str, user_ids: Sequence[str]) -> None:
        """Take students out of the class; somebody who is not in it is refused."""
        require(actor, Permission.ORGANISE)
        given = set(checks.ids("student", user_ids))
        with changing(self._engine) as session:
            row = known(session, Class, class_id, "class")
            gone = [user for user in row.students if user.user_id in given]
            missing = given - {user.user_id for user in gone}
            if missing:
                raise BadRequest("student", f"{checks.shown(min(missing))} is not in {row.name}.")
            row.students = [user for user in row.students if user not in gone]
            if gone:
                note(session, actor, "class.students_removed", "class", row.class_id,
                     {"students": [user.user_id for user in gone]}, None, at=self._clock())

    def _set(self, session: Session, actor: Actor, row: PlaceRow, action: str, given: Mapping[str, object]) -> None:
        """Write the new values and log what they change."""
        before = {name: getattr(row, name) for name in given}
        note(session, actor, action, action.partition(".")[0], key_of(row), before, given, at=self._clock())
        for name, value in given.items():
            setattr(row, name, value)
