"""One group with all that its page shows: its occurrences, requests, changes, and the groups that read alike."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, or_, select

from pipeline.incidents.answers import Change, GroupDetail, Occurrence, Occurrences, Similar
from pipeline.incidents.bulk import TABLES
from pipeline.incidents.cube import CELLS, WRITERS, Minutes, all_errors, by_facet, by_step, moment
from pipeline.incidents.groups import GROUPS, KEYS, NOTHING_FIXED, Found, Frame, known, span, told
from pipeline.incidents.reading import ALL_TIME
from pipeline.incidents.touched import EVERYTHING, lines_held, requests_of
from pipeline.incidents.words import Fixed, Where, Window

OCCURRENCES, TRACES, CHANGES = (TABLES[name] for name in ("error_occurrences", "error_traces", "error_changes"))
MOST_REQUESTS, MOST_CHANGES, MOST_SIMILAR = 50, 100, 5
ALIKE = 0.4
"""Groups that share fewer of their words do not read alike."""
_WORD = re.compile(r"[^\W\d_]{2,}")


class Details:
    """Reads about one group, found by its fingerprint or by one that was merged into it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def detail(
        self, fingerprint: str, window: Window = ALL_TIME, *, buckets: int = 48, fixed: Fixed = NOTHING_FIXED,
    ) -> GroupDetail | None:
        """The group over the window; None where no group has this fingerprint."""
        minutes = Minutes.of(window)
        with self._engine.connect() as connection:
            groups = known(connection, EVERYTHING, fixed)
            group = next((group for group in groups if any(key.fingerprint == fingerprint for key in group.keys)), None)
            if group is None:
                return None
            key_ids = [key.key_id for key in group.keys]
            within = minutes.hold(CELLS.c.minute)
            held = [*within, CELLS.c.key_id.in_(key_ids)]
            begin, step = span([group], minutes, buckets)
            steps = by_step(connection, held, step=step, begin=begin)
            group.count = sum(steps.values())
            every, _ = all_errors(connection, minutes)
            frame = Frame(window=window, steps=steps, buckets=buckets, errors=every)
            return GroupDetail(
                group=told(connection, [group], frame)[0],
                keys=tuple(key.fingerprint for key in sorted(group.keys, key=lambda key: key is not group.main)),
                first=_edge(connection, key_ids, newest=False), newest=_edge(connection, key_ids, newest=True),
                changes=_changes(connection, group.row.group_id),
                requests=tuple(requests_of(connection, key_ids, MOST_REQUESTS)),
                similar=tuple(_similar(group, groups)), by_facet=by_facet(connection, held, EVERYTHING))

    def occurrences(
        self, fingerprint: str, *, window: Window = ALL_TIME, where: Where = EVERYTHING, before: int | None = None,
        limit: int = 50,
    ) -> Occurrences:
        """Its lines, the newest first; `before` is `older` of the page before."""
        o = OCCURRENCES.c
        with self._engine.connect() as connection:
            mine = select(KEYS.c.key_id).where(KEYS.c.group_id.in_(
                select(KEYS.c.group_id).where(KEYS.c.fingerprint == fingerprint)))
            held = [o.key_id.in_(list(connection.scalars(mine))), *lines_held(window, where), *_older(connection, before)]
            found = lines().where(*held).order_by(o.at.desc(), o.occurrence_id.desc()).limit(limit + 1)
            rows = [occurrence(row) for row in connection.execute(found)]
        more = len(rows) > limit
        return Occurrences(rows=tuple(rows[:limit]), older=rows[limit - 1].number if more else None)

    def tail(self, *, after: int = 0, where: Where = EVERYTHING, limit: int = 200) -> Sequence[Occurrence]:
        """Errors of all groups that were stored after this number, in that order."""
        o = OCCURRENCES.c
        with self._engine.connect() as connection:
            found = lines().where(o.occurrence_id > after, *lines_held(ALL_TIME, where)).order_by(o.occurrence_id).limit(limit)
            return [occurrence(row) for row in connection.execute(found)]

    def line_ids(self, window: Window = ALL_TIME) -> Mapping[str, Sequence[str]]:
        """Group -> the ids of its lines in the window that are still kept, in the order in which they were written."""
        o, of = OCCURRENCES.c, dict[str, list[str]]()
        found = select(GROUPS.c.fingerprint, o.line_id).select_from(
            OCCURRENCES.join(KEYS, KEYS.c.key_id == o.key_id).join(GROUPS, GROUPS.c.group_id == KEYS.c.group_id)
        ).where(*lines_held(window, EVERYTHING)).order_by(o.at, o.occurrence_id)
        with self._engine.connect() as connection:
            for fingerprint, line_id in connection.execute(found).tuples():
                of.setdefault(fingerprint, []).append(line_id)
        return of

    def newest_number(self) -> int:
        """The number of the error that was stored last: where a tail begins."""
        with self._engine.connect() as connection:
            found = select(OCCURRENCES.c.occurrence_id).order_by(OCCURRENCES.c.occurrence_id.desc()).limit(1)
            return connection.scalar(found) or 0


def lines() -> Select[Any]:
    """Occurrences with all that is told of them."""
    o = OCCURRENCES
    return select(o, WRITERS, KEYS.c.fingerprint.label("own"), GROUPS.c.fingerprint, TRACES.c.trace).select_from(
        o.join(KEYS, KEYS.c.key_id == o.c.key_id).join(GROUPS, GROUPS.c.group_id == KEYS.c.group_id)
        .join(WRITERS, WRITERS.c.writer_id == o.c.writer_id)
        .outerjoin(TRACES, TRACES.c.occurrence_id == o.c.occurrence_id))


def occurrence(row: Any) -> Occurrence:
    """A row of `lines`."""
    names = ("line_id", "severity", "message", "stage", "worker", "version", "execution", "job", "source", "request_id",
             "student_id", "correlation_id", "own", "fingerprint")
    return Occurrence(number=row.occurrence_id, at=moment(row.at), trace=row.trace or "",
                      **{name: getattr(row, name) for name in names})


def _older(connection: Connection, before: int | None) -> list[ColumnElement[bool]]:
    o = OCCURRENCES.c
    at = None if before is None else connection.scalar(select(o.at).where(o.occurrence_id == before))
    return [] if at is None else [or_(o.at < at, and_(o.at == at, o.occurrence_id < before))]


def _edge(connection: Connection, key_ids: Sequence[int], *, newest: bool) -> Occurrence | None:
    o = OCCURRENCES.c
    order = (o.at.desc(), o.occurrence_id.desc()) if newest else (o.at, o.occurrence_id)
    row = connection.execute(lines().where(o.key_id.in_(key_ids)).order_by(*order).limit(1)).one_or_none()
    return None if row is None else occurrence(row)


def _changes(connection: Connection, group_id: int) -> tuple[Change, ...]:
    c = CHANGES.c
    found = select(c.at, c.by, c.what, c.why).where(c.group_id == group_id).order_by(c.change_id.desc()).limit(MOST_CHANGES)
    return tuple(Change(at=moment(row.at), by=row.by, what=row.what, why=row.why) for row in connection.execute(found))


def _similar(group: Found, groups: Sequence[Found]) -> Sequence[Similar]:
    """By the words that they share (Jaccard's index)."""
    mine = _vocabulary(group)
    alike = []
    for other in groups:
        words = _vocabulary(other)
        likeness = len(mine & words) / len(mine | words) if other is not group and mine | words else 0.0
        if likeness >= ALIKE:
            alike.append((likeness, other))
    alike.sort(key=lambda pair: (-pair[0], pair[1].row.group_id))
    return [Similar(fingerprint=other.row.fingerprint, title=other.main.title, state=other.state, likeness=likeness,
                    total=sum(key.count for key in other.keys)) for likeness, other in alike[:MOST_SIMILAR]]


def _vocabulary(group: Found) -> set[str]:
    return set(_WORD.findall(f"{group.main.title} {group.main.exception} {group.main.culprit}".lower()))
