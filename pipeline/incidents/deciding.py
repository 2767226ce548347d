"""What people decide about groups: resolved, ignored, reopened; merged, split, and the merge undone. All of it is noted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from pipeline.errors import BadRequest
from pipeline.incidents.bulk import TABLES
from pipeline.incidents.folded import LONG_NAME
from pipeline.incidents.review import change, note
from pipeline.incidents.states import Decision
from pipeline.incidents.storing import alone
from pipeline.incidents.words import Merged, Moved, State

GROUPS, KEYS = TABLES["error_groups"], TABLES["error_keys"]


class Deciding:
    """Changes; each raises `BadRequest` for a fingerprint that is not known."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def resolve(self, fingerprint: str, *, at: datetime, by: str, why: str = "", version: str = "") -> None:
        """It is mended, in this version where one is named: lines from before, or from versions before, do not reopen it."""
        self._decide(fingerprint, Decision(state=State.RESOLVED, at=at.timestamp(), by=by, why=why, version=version.strip()))

    def ignore(
        self, fingerprint: str, *, at: datetime, by: str, why: str = "", until: datetime | None = None,
        more: int | None = None, until_escalates: bool = False,
    ) -> None:
        """It is known and may stay: until then, until it was seen so many times more, until it escalates, or for ever."""
        if more is not None and more < 1:
            raise BadRequest("more", "must be at least 1.")
        if until is not None and until <= at:
            raise BadRequest("until", "must be later than now.")
        ignored = Decision(state=State.IGNORED, at=at.timestamp(), by=by, why=why, until_escalates=until_escalates,
                           until=until.timestamp() if until else None)
        self._decide(fingerprint, ignored, more=more)

    def reopen(self, fingerprint: str, *, at: datetime, by: str, why: str = "") -> None:
        """Somebody has to look at it again."""
        self._decide(fingerprint, Decision(state=State.ONGOING, at=at.timestamp(), by=by, why=why))

    def merge(self, fingerprints: Sequence[str], *, into: str, at: datetime, by: str, why: str = "") -> Merged:
        """Make one group of them; lines to come go into it too. What `undo_merge` needs to take it back."""
        with alone(self._engine) as (connection, _):
            target = group_of(connection, into)
            others = {group_of(connection, fingerprint) for fingerprint in fingerprints} - {target}
            if not others:
                raise BadRequest("fingerprints", "name at least one other group.")
            mine = KEYS.c.group_id.in_(others)
            rows = connection.execute(select(KEYS.c.fingerprint, KEYS.c.group_id).where(mine)).all()
            connection.execute(update(KEYS).where(mine).values(group_id=target))
            for group_id in (target, *sorted(others)):
                note(connection, group_id, at=at.timestamp(), by=by, what="merged", why=_told(why, rows))
            return Merged(into=into, moved=tuple(Moved(fingerprint=row.fingerprint, group=row.group_id) for row in rows))

    def undo_merge(self, merged: Merged, *, at: datetime, by: str, why: str = "") -> None:
        """Put what was merged back where it was; what somebody has moved since stays there."""
        with alone(self._engine) as (connection, _):
            target = group_of(connection, merged.into)
            for moved in merged.moved:
                connection.execute(update(KEYS).where(
                    KEYS.c.fingerprint == moved.fingerprint, KEYS.c.group_id == target).values(group_id=moved.group))
            for group_id in {target, *(moved.group for moved in merged.moved)}:
                note(connection, group_id, at=at.timestamp(), by=by, what="split", why=why or "A merge was undone.")

    def split(self, key: str, *, at: datetime, by: str, why: str = "") -> None:
        """Give this fingerprint a group of its own again, with all its lines and those to come."""
        with alone(self._engine) as (connection, _):
            before = group_of(connection, key)
            own = connection.scalar(select(GROUPS.c.group_id).where(GROUPS.c.fingerprint == key))
            if own is None or own == before:
                raise BadRequest("fingerprint", f"{key[:64]} has a group of its own already.")
            connection.execute(update(KEYS).where(KEYS.c.fingerprint == key).values(group_id=own))
            for group_id in (before, own):
                note(connection, group_id, at=at.timestamp(), by=by, what="split", why=_told(why, [(key,)]))

    def _decide(self, fingerprint: str, to: Decision, *, more: int | None = None) -> None:
        cut = to._replace(why=to.why[:LONG_NAME], by=to.by[:254])
        with alone(self._engine) as (connection, _):
            group_id = group_of(connection, fingerprint)
            if more is not None:
                cut = cut._replace(until_count=_total(connection, group_id) + more)
            change(connection, group_id, cut)


def group_of(connection: Connection, fingerprint: str) -> int:
    """The group that this fingerprint is in now. Raises `BadRequest`."""
    found = connection.scalar(select(KEYS.c.group_id).where(KEYS.c.fingerprint == fingerprint))
    if found is None:
        raise BadRequest("fingerprint", f"there is no group {fingerprint[:64]!r}.")
    return int(found)


def _total(connection: Connection, group_id: int) -> int:
    return sum(connection.scalars(select(KEYS.c.count).where(KEYS.c.group_id == group_id)))


def _told(why: str, moved: Sequence[Any]) -> str:
    names = ", ".join(row[0] for row in moved)
    return f"{why} ({names})".strip()[:LONG_NAME]
