"""The three kinds of places, and what holds for all of them: where they stand, and names that siblings do not share."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.domain import Subject
from pipeline.errors import BadRequest
from pipeline.organisation import checks
from pipeline.organisation.changes import known
from pipeline.plain import one_line
from pipeline.tables import Class, Organization, School, User, UserRole, UserStatus

NAME_CHARACTERS = 200
ADDRESS_CHARACTERS = 300
LETTERS, DIGITS = "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"
"""Without I, O, 0 and 1, which people mix up when they copy a code."""
SUBJECT_CODES: Mapping[Subject | None, str] = {
    Subject.PHYSICS: "PHYS", Subject.CHEMISTRY: "CHEM", Subject.BIOLOGY: "BIOL", Subject.MATHEMATICS: "MATH",
    Subject.EARTH_SPACE: "EART", Subject.COMPUTER_SCIENCE: "COMP", None: "CLAS",
}
PlaceRow = Organization | School | Class


class Kind(NamedTuple):
    """A kind of place: its noun in the log, its table, its own id's column, and the column and table of what holds it."""

    noun: str
    row: type[Organization] | type[School] | type[Class]
    key: str
    above: str
    holder: type[Organization] | type[School]


KINDS: Mapping[str, Kind] = {
    "org": Kind("organization", Organization, "organization_id", "parent_id", Organization),
    "school": Kind("school", School, "school_id", "organization_id", Organization),
    "class": Kind("class", Class, "class_id", "school_id", School),
}
"""By what their ids begin with."""


def place_name(name: object) -> str:
    """A name that can be kept."""
    return one_line("name", name, 1, NAME_CHARACTERS)


def place_address(address: object) -> str:
    """A postal address that can be kept, on one line; it may be empty."""
    return one_line("address", address, 0, ADDRESS_CHARACTERS)


def class_subject(subject: object) -> Subject | None:
    """A subject of the catalogue, or none."""
    return None if subject is None else checks.word("subject", Subject, subject)


def kind_of(place_id: object) -> Kind:
    """The kind of place with such an id. Raises `BadRequest`."""
    kind = KINDS.get(str(place_id).partition("_")[0])
    if kind is None:
        raise BadRequest("place", f"there is none with the id {checks.shown(place_id)}.")
    return kind


def place_of(session: Session, place_id: object) -> PlaceRow:
    """The organisation, school or class."""
    kind = kind_of(place_id)
    return known(session, kind.row, place_id, kind.noun)


def key_of(row: PlaceRow) -> str:
    """The id of the place."""
    return str(getattr(row, next(kind.key for kind in KINDS.values() if isinstance(row, kind.row))))


def holder_of(session: Session, kind: Kind, holder_id: object) -> PlaceRow:
    """What such a place could be put into: it exists and is in use."""
    holder = known(session, kind.holder, holder_id, "school" if kind.holder is School else "organization")
    if holder.archived:
        raise BadRequest("place", f"{holder.name} is archived: restore it first.")
    return holder


def check_name(session: Session, kind: Kind, holder_id: str | None, name: str, *, own_id: str = "") -> None:
    """`BadRequest` when another place in use, held by the same one, has this name in upper or lower case.

    Compared here, because the databases do not agree on the lower case of letters outside ASCII.
    """
    rows: Iterable[PlaceRow] = session.scalars(select(kind.row).where(getattr(kind.row, kind.above) == holder_id))
    if any(row.name.casefold() == name.casefold() and not row.archived and key_of(row) != own_id for row in rows):
        raise BadRequest("name", f"{name} is taken: names are unique within their place.")


def check_domain(session: Session, domain: object, *, own_id: str = "") -> None:
    """`BadRequest` when another organisation has this domain."""
    owner = session.scalar(select(Organization).where(Organization.domain == domain)) if domain else None
    if owner is not None and owner.organization_id != own_id:
        raise BadRequest("domain", f"{domain} belongs to {owner.name}.")


def new_code(session: Session, subject: Subject | None) -> str:
    """A class code that no class has, such as PHYS-ABC-234."""
    while True:
        letters, digits = ("".join(secrets.choice(signs) for _ in range(3)) for signs in (LETTERS, DIGITS))
        code = f"{SUBJECT_CODES[subject]}-{letters}-{digits}"
        if session.scalar(select(Class.class_id).where(Class.class_code == code)) is None:
            return code


def person_in_role(session: Session, user_id: object, role: UserRole) -> User:
    """The teacher, or the student. Raises `BadRequest` for somebody else."""
    row = known(session, User, user_id, str(role))
    if row.role is not role or row.status is UserStatus.ARCHIVED:
        raise BadRequest(str(role), f"{row.name or row.email} is no {role} here.")
    return row


def people_in_role(session: Session, user_ids: Sequence[str], role: UserRole) -> list[User]:
    """All of them, each once."""
    return [person_in_role(session, user_id, role) for user_id in checks.ids(str(role), user_ids)]
