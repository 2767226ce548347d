"""What the rules of the flags need to know about one student: two queries for all flags."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from pipeline.organisation.checks import ID_CHARACTERS
from pipeline.organisation.flag_rules import FLAGS, FlagState, Override
from pipeline.organisation.tree import way_up
from pipeline.plain import is_plain
from pipeline.tables import FeatureFlag, FlagOverride, School, User

NOBODY = ""
"""An id that no row has."""


class Facts(NamedTuple):
    """The flags, by key, and the override that counts for this user where there is one."""

    user: str
    flags: Mapping[str, FlagState]
    overrides: Mapping[str, Override]


class _Person(NamedTuple):
    user_id: str
    organization_id: str | None


class _Candidate(NamedTuple):
    """An override and how far away it stands: -1 is the user's own, 0 the own organisation's, then upwards."""

    distance: int
    override: Override


def facts_about(session: Session, student_id: str) -> Facts:
    """The facts. A student is known by user id or by address; an unknown one has no organisation."""
    person = _person(session, student_id)
    way = way_up(person.organization_id or NOBODY) if person else way_up(NOBODY)
    own = FlagOverride.user_id == (person.user_id if person else NOBODY)
    query = (
        select(FeatureFlag, FlagOverride, way.c.distance, way.c.name).select_from(FeatureFlag)
        .outerjoin(FlagOverride, and_(
            FlagOverride.flag_key == FeatureFlag.key,
            or_(own, FlagOverride.organization_id.in_(select(way.c.organization_id)))))
        .outerjoin(way, way.c.organization_id == FlagOverride.organization_id)
    )
    flags = {key: FlagState(key=key, enabled=known.enabled) for key, known in FLAGS.items()}
    nearest: dict[str, _Candidate] = {}
    for flag, row, distance, organization in session.execute(query):
        flags[flag.key] = state_of(flag)
        if row is not None:
            found = _Candidate(-1 if distance is None else distance, _override_of(row, organization or ""))
            nearest[flag.key] = min(nearest.get(flag.key, found), found, key=lambda candidate: candidate.distance)
    return Facts(person.user_id if person else student_id, flags, {key: near.override for key, near in nearest.items()})


def state_of(row: FeatureFlag) -> FlagState:
    """What the row says for everybody."""
    return FlagState(key=row.key, enabled=row.enabled, rollout_percentage=row.rollout_percentage,
                     starts_at=row.starts_at, ends_at=row.ends_at)


def _person(session: Session, student_id: str) -> _Person | None:
    if not is_plain(student_id) or len(student_id) > ID_CHARACTERS:
        return None
    is_id = User.user_id == student_id
    home = func.coalesce(User.organization_id, School.organization_id)
    row = session.execute(
        select(User.user_id, home).select_from(User).outerjoin(School, School.school_id == User.school_id)
        .where(or_(is_id, User.email == student_id.lower())).order_by(is_id.desc()).limit(1)
    ).first()
    return _Person(*row) if row else None


def _override_of(row: FlagOverride, organization: str) -> Override:
    return Override(enabled=row.enabled, reason=row.reason, organization=organization)
