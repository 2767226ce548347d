"""The requests and students that groups touched."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from pipeline.incidents.answers import Affected
from pipeline.incidents.bulk import AT_ONCE, TABLES
from pipeline.incidents.cube import OF_WRITER, WRITERS, Minutes, moment
from pipeline.incidents.folded import MINUTE
from pipeline.incidents.words import Facet, Where, Window

KEYS, REQUESTS, OCCURRENCES = (TABLES[name] for name in ("error_keys", "error_requests", "error_occurrences"))
EVERYTHING = Where()


def touched(
    connection: Connection, group_ids: Sequence[int], window: Window, where: Where = EVERYTHING,
) -> Mapping[int, tuple[int, int]]:
    """Group -> how many different requests and students it touched in the window; with facets, by the lines that have them."""
    rows, held = (OCCURRENCES, lines_held(window, where)) if _by_facets(where) else (REQUESTS, _requests_held(window))
    of, counts = rows.c, dict[int, tuple[int, int]]()
    for begin in range(0, len(group_ids), AT_ONCE):
        found = select(
            KEYS.c.group_id, func.count(func.nullif(of.request_id, "").distinct()),
            func.count(func.nullif(of.student_id, "").distinct()),
        ).join(KEYS, KEYS.c.key_id == of.key_id).where(KEYS.c.group_id.in_(group_ids[begin:begin + AT_ONCE]), *held)
        for group_id, requests, students in connection.execute(found.group_by(KEYS.c.group_id)).tuples():
            counts[group_id] = (requests, students)
    return counts


def lines_held(window: Window, where: Where) -> list[ColumnElement[bool]]:
    """The window in whole minutes, and the facets, as conditions on lines."""
    o, (begin, end) = OCCURRENCES.c, Minutes.of(window)
    held = [*([o.at >= begin * MINUTE] if begin is not None else []), *([o.at < end * MINUTE] if end is not None else [])]
    wanted = [WRITERS.c[name].in_(values) for facet, name in OF_WRITER.items() if (values := getattr(where, facet.value))]
    if wanted:
        held.append(o.writer_id.in_(select(WRITERS.c.writer_id).where(*wanted)))
    return held + [o[name].in_(values) for name in ("severity", "stage") if (values := getattr(where, name))]


def _requests_held(window: Window) -> list[ColumnElement[bool]]:
    r = REQUESTS.c
    return [*([r.last_seen >= window.since.timestamp()] if window.since else []),
            *([r.first_seen < window.until.timestamp()] if window.until else [])]


def _by_facets(where: Where) -> bool:
    return any(getattr(where, facet.value) for facet in Facet)


def requests_of(connection: Connection, key_ids: Sequence[int], most: int) -> Sequence[Affected]:
    """Those touched last."""
    r = REQUESTS.c
    first, last = func.min(r.first_seen), func.max(r.last_seen).label("last")
    found = select(r.request_id, func.max(r.student_id), func.sum(r.count), first, last).where(
        r.key_id.in_(key_ids)).group_by(r.request_id).order_by(last.desc()).limit(most)
    return [Affected(request_id=row[0], student_id=row[1], count=int(row[2]), first_seen=moment(row[3]), last_seen=moment(row[4]))
            for row in connection.execute(found).tuples()]
