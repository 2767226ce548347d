"""The log of every change: who, what, before, after. Entries are written in the transaction of the change itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pipeline.organisation import checks
from pipeline.organisation.access import Actor, Permission, require
from pipeline.organisation.changes import Desk, utc_now
from pipeline.plain import one_line
from pipeline.tables import AuditEntry
from pipeline.visuals import Value

MOST_ENTRIES = 10_000
NAME_CHARACTERS = 254
FILTER_CHARACTERS = 100


class AuditView(Value):
    """One change. `before` and `after` hold only what differs; None where there was, or is, nothing."""

    at: datetime
    actor_id: str
    actor_name: str
    action: str
    entity: str
    entity_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def note(
    session: Session, actor: Actor, action: str, entity: str, entity_id: str,
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, at: datetime | None = None,
) -> None:
    """Log a change inside its own transaction; of two mappings only what differs is kept, and no difference is no entry."""
    if before is not None and after is not None:
        changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
        if not changed:
            return
        before, after = ({name: part.get(name) for name in sorted(changed)} for part in (before, after))
    session.add(AuditEntry(
        at=at or utc_now(), actor_id=actor.user_id, actor_name=actor.name[:NAME_CHARACTERS], action=action,
        entity=entity, entity_id=entity_id, before=_plain(before), after=_plain(after),
    ))


class Audit(Desk):
    """The log: read by those who may; written for what changes outside of this room."""

    def write(
        self, actor: Actor, action: str, entity: str, entity_id: str,
        before: Mapping[str, Any] | None, after: Mapping[str, Any] | None,
    ) -> None:
        """Log a change that was just made elsewhere."""
        with Session(self._engine) as session, session.begin():
            note(session, actor, action, entity, entity_id, before, after, at=self._clock())

    def entries(
        self, actor: Actor, *, actor_name: str = "", action: str = "", entity: str = "", entity_id: str = "",
        since: datetime | None = None, until: datetime | None = None, limit: int = 200,
    ) -> list[AuditView]:
        """The changes, newest first: `actor_name` contains, `action` begins with, the others equal; `until` is exclusive."""
        require(actor, Permission.AUDIT)
        filters = {"actor_name": actor_name, "action": action, "entity": entity, "entity_id": entity_id}
        query = _filtered({name: one_line(name, value, 0, FILTER_CHARACTERS) for name, value in filters.items()})
        if (begin := checks.moment("since", since)) is not None:
            query = query.where(AuditEntry.at >= begin)
        if (end := checks.moment("until", until)) is not None:
            query = query.where(AuditEntry.at < end)
        query = query.order_by(AuditEntry.at.desc(), AuditEntry.entry_id.desc())
        most = checks.whole("limit", limit, 1, MOST_ENTRIES)
        with Session(self._engine) as session:
            return [_view_of(row) for row in session.scalars(query.limit(most))]


def _filtered(filters: Mapping[str, str]) -> Select[AuditEntry]:
    query = select(AuditEntry)
    if filters["actor_name"]:
        query = query.where(AuditEntry.actor_name.icontains(filters["actor_name"], autoescape=True))
    if filters["action"]:
        query = query.where(AuditEntry.action.startswith(filters["action"], autoescape=True))
    for name in ("entity", "entity_id"):
        if filters[name]:
            query = query.where(getattr(AuditEntry, name) == filters[name])
    return query


def _view_of(row: AuditEntry) -> AuditView:
    return AuditView(
        at=row.at, actor_id=row.actor_id, actor_name=row.actor_name, action=row.action, entity=row.entity,
        entity_id=row.entity_id, before=row.before, after=row.after,
    )


def _plain(part: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """As JSON can hold it."""
    if part is None:
        return None
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in part.items()}
