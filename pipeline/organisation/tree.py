"""The tree of organisations: the way up from one, and how deep it may become."""

from collections.abc import Mapping

from sqlalchemy import CTE, literal, select
from sqlalchemy.orm import Session

from pipeline.errors import BadRequest
from pipeline.tables import Organization

DEEPEST = 20
"""Levels of organisations: more than any real one has, few enough to walk at every request."""


def way_up(organization_id: str) -> CTE:
    """A table of the organisation (distance 0) and everything above it: organization_id, parent_id, name, distance."""
    columns = (Organization.organization_id, Organization.parent_id, Organization.name)
    start = select(*columns, literal(0).label("distance")).where(Organization.organization_id == organization_id)
    way = start.cte("way_up", recursive=True)
    return way.union_all(
        select(*columns, way.c.distance + 1)
        .join(way, way.c.parent_id == Organization.organization_id).where(way.c.distance < DEEPEST)
    )


def check_parent(session: Session, organization_id: str | None, parent_id: str | None) -> None:
    """`BadRequest` when the organisation (None: a new one) would be inside itself there, or the tree too deep."""
    parents = dict(session.execute(select(Organization.organization_id, Organization.parent_id)).tuples().all())
    above = _above(parents, parent_id)
    if organization_id is not None and organization_id in above:
        raise BadRequest("parent", "an organisation cannot be moved into itself or into a part of itself.")
    if len(above) + _height(parents, organization_id) > DEEPEST:
        raise BadRequest("parent", f"organisations can be nested {DEEPEST} levels deep and no deeper.")


def _above(parents: Mapping[str, str | None], key: str | None) -> list[str]:
    """The organisation and everything above it, nearest first."""
    way: list[str] = []
    while key is not None and key not in way:
        way.append(key)
        key = parents.get(key)
    return way


def _height(parents: Mapping[str, str | None], organization_id: str | None) -> int:
    """How many levels the organisation has, its own counted."""
    ways = [_above(parents, key) for key in parents] if organization_id is not None else []
    return max((way.index(organization_id) + 1 for way in ways if organization_id in way), default=1)
