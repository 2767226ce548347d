"""New organisations, schools and classes."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from pipeline.domain import Subject
from pipeline.organisation import checks
from pipeline.organisation.access import Actor, Permission, require
from pipeline.organisation.audit import note
from pipeline.organisation.changes import Desk, changing, new_id
from pipeline.organisation.place_rules import (
    KINDS,
    Kind,
    PlaceRow,
    check_domain,
    check_name,
    class_subject,
    holder_of,
    new_code,
    person_in_role,
    place_address,
    place_name,
)
from pipeline.organisation.place_views import (
    ClassView,
    OrganizationView,
    SchoolView,
    class_view,
    organization_view,
    school_view,
)
from pipeline.organisation.tree import check_parent
from pipeline.tables import Class, Organization, OrganizationType, School, UserRole

LOGGED = ("name", "parent_id", "organization_id", "school_id", "type", "domain", "address", "subject", "grade_levels",
          "teacher_id", "class_code")
"""What the log says about a new place, as far as it has such a thing."""


class Founding(Desk):
    """Makes places."""

    def create_organization(
        self, actor: Actor, name: str, *, parent_id: str | None = None,
        kind: OrganizationType = OrganizationType.K12_EDUCATION, domain: str | None = None,
    ) -> OrganizationView:
        """An organisation at the top, or inside another."""
        require(actor, Permission.ORGANISE)
        row = Organization(
            organization_id=new_id("org"), parent_id=parent_id, name=place_name(name), domain=checks.domain(domain),
            type=checks.word("type", OrganizationType, kind), settings={}, archived=False, created_at=self._clock(),
        )
        with changing(self._engine) as session:
            if parent_id is not None:
                holder_of(session, KINDS["org"], parent_id)
            check_parent(session, None, parent_id)
            check_domain(session, row.domain)
            _add(session, actor, KINDS["org"], row)
            return organization_view(row)

    def create_school(self, actor: Actor, organization_id: str, name: str, *, address: str = "") -> SchoolView:
        """A school of the organisation."""
        require(actor, Permission.ORGANISE)
        row = School(
            school_id=new_id("school"), organization_id=organization_id, name=place_name(name), address=place_address(address),
            settings={}, archived=False, created_at=self._clock(),
        )
        with changing(self._engine) as session:
            holder_of(session, KINDS["school"], organization_id)
            _add(session, actor, KINDS["school"], row)
            return school_view(row)

    def create_class(
        self, actor: Actor, school_id: str, name: str, *, subject: Subject | None = None,
        grade_levels: Sequence[int] = (), teacher_id: str | None = None,
    ) -> ClassView:
        """A class of the school, with a code that students can be told."""
        require(actor, Permission.ORGANISE)
        row = Class(
            class_id=new_id("class"), school_id=school_id, name=place_name(name), subject=class_subject(subject),
            grade_levels=checks.grades(grade_levels), teacher_id=teacher_id, archived=False, created_at=self._clock(),
        )
        with changing(self._engine) as session:
            holder_of(session, KINDS["class"], school_id)
            if teacher_id is not None:
                person_in_role(session, teacher_id, UserRole.TEACHER)
            row.class_code = new_code(session, row.subject)
            _add(session, actor, KINDS["class"], row)
            return class_view(row)


def _add(session: Session, actor: Actor, kind: Kind, row: PlaceRow) -> None:
    check_name(session, kind, getattr(row, kind.above), row.name)
    session.add(row)
    session.flush()
    after = {name: value for name in LOGGED if name != kind.key and (value := getattr(row, name, None))}
    note(session, actor, f"{kind.noun}.created", kind.noun, getattr(row, kind.key), None, after, at=row.created_at)
