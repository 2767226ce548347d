"""The tree of places as pages see it: nested values with counts of people, from six queries whatever its size."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from pipeline.domain import Subject
from pipeline.tables import Class, Organization, OrganizationType, School, User, UserStatus
from pipeline.visuals import Value

Row = TypeVar("Row", Organization, School, Class)


class ClassView(Value):
    """A class, and how many students it has."""

    class_id: str
    school_id: str
    name: str
    class_code: str
    subject: Subject | None
    grade_levels: tuple[int, ...]
    teacher_id: str | None
    teacher_name: str
    archived: bool
    created_at: datetime
    students: int


class SchoolView(Value):
    """A school with its classes, and how many people belong to it."""

    school_id: str
    organization_id: str
    name: str
    address: str
    archived: bool
    created_at: datetime
    people: int
    classes: tuple[ClassView, ...]


class OrganizationView(Value):
    """An organisation with its schools and parts; `people` counts those of its parts and schools too."""

    organization_id: str
    parent_id: str | None
    name: str
    type: OrganizationType
    domain: str | None
    monthly_text_limit: int | None
    monthly_video_limit: int | None
    archived: bool
    created_at: datetime
    people: int
    schools: tuple[SchoolView, ...]
    organizations: tuple["OrganizationView", ...]


class _Rows(NamedTuple):
    """Everything that was read: rows by the id of what holds them, counts of people by place."""

    organizations: Mapping[str | None, Sequence[Organization]]
    schools: Mapping[str | None, Sequence[School]]
    classes: Mapping[str | None, Sequence[Class]]
    people: Mapping[str | None, int]
    """By organisation, or that of the school where none is given."""
    in_schools: Mapping[str | None, int]
    students: Mapping[str | None, int]


def read_tree(session: Session, *, archived: bool) -> tuple[OrganizationView, ...]:
    """The organisations at the top with all they hold; what is archived is left out, with all below it, unless asked for."""
    classes = session.scalars(select(Class).options(joinedload(Class.teacher)))
    rows = _Rows(
        organizations=_by_holder(session.scalars(select(Organization)), "parent_id", archived=archived),
        schools=_by_holder(session.scalars(select(School)), "organization_id", archived=archived),
        classes=_by_holder(classes, "school_id", archived=archived),
        people=_people(session, func.coalesce(User.organization_id, School.organization_id)),
        in_schools=_people(session, User.school_id),
        students=_students(session),
    )
    return tuple(_organization(row, rows) for row in rows.organizations.get(None, ()))


def organization_view(
    row: Organization, *, people: int = 0, schools: Sequence[SchoolView] = (),
    organizations: Sequence[OrganizationView] = (),
) -> OrganizationView:
    """The organisation; one that was just made holds nothing."""
    return OrganizationView(
        organization_id=row.organization_id, parent_id=row.parent_id, name=row.name, type=row.type, domain=row.domain,
        monthly_text_limit=row.monthly_text_limit, monthly_video_limit=row.monthly_video_limit, archived=row.archived,
        created_at=row.created_at, people=people, schools=tuple(schools), organizations=tuple(organizations),
    )


def school_view(row: School, *, people: int = 0, classes: Sequence[ClassView] = ()) -> SchoolView:
    """The school; one that was just made holds nothing."""
    return SchoolView(
        school_id=row.school_id, organization_id=row.organization_id, name=row.name, address=row.address,
        archived=row.archived, created_at=row.created_at, people=people, classes=tuple(classes),
    )


def class_view(row: Class, *, students: int = 0) -> ClassView:
    """The class; one that was just made has no students."""
    return ClassView(
        class_id=row.class_id, school_id=row.school_id, name=row.name, class_code=row.class_code, subject=row.subject,
        grade_levels=tuple(row.grade_levels), teacher_id=row.teacher_id,
        teacher_name=(row.teacher.name or row.teacher.email) if row.teacher else "", archived=row.archived,
        created_at=row.created_at, students=students,
    )


def _organization(row: Organization, rows: _Rows) -> OrganizationView:
    parts = [_organization(part, rows) for part in rows.organizations.get(row.organization_id, ())]
    schools = [_school(school, rows) for school in rows.schools.get(row.organization_id, ())]
    people = rows.people.get(row.organization_id, 0) + sum(part.people for part in parts)
    return organization_view(row, people=people, schools=schools, organizations=parts)


def _school(row: School, rows: _Rows) -> SchoolView:
    classes = [
        class_view(each, students=rows.students.get(each.class_id, 0)) for each in rows.classes.get(row.school_id, ())
    ]
    return school_view(row, people=rows.in_schools.get(row.school_id, 0), classes=classes)


def _by_holder(rows: Iterable[Row], holder: str, *, archived: bool) -> dict[str | None, list[Row]]:
    """The rows in order of their names, by what holds them."""
    held: dict[str | None, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.name.casefold()):
        if archived or not row.archived:
            held[getattr(row, holder)].append(row)
    return held


def _people(session: Session, place: ColumnElement[Any] | InstrumentedAttribute[Any]) -> dict[str | None, int]:
    """How many people who are not archived each place has."""
    query = (
        select(place, func.count()).select_from(User).outerjoin(School, School.school_id == User.school_id)
        .where(User.status != UserStatus.ARCHIVED).group_by(place)
    )
    return dict(session.execute(query).tuples().all())


def _students(session: Session) -> dict[str | None, int]:
    query = (
        select(Class.class_id, func.count()).join(Class.students)
        .where(User.status != UserStatus.ARCHIVED).group_by(Class.class_id)
    )
    return dict(session.execute(query).tuples().all())
