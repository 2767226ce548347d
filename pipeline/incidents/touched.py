"""The requests and students that groups touched."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from pipeline.incidents.answers import Affected
from pipeline.incidents.bulk import AT_ONCE, TABLES
from pipeline.incidents.cube import moment
from pipeline.incidents.words import Window

KEYS, REQUESTS = TABLES["error_keys"], TABLES["error_requests"]


def touched(connection: Connection, group_ids: Sequence[int], window: Window) -> Mapping[int, tuple[int, int]]:
    """Group -> how many different requests and students it touched in the window."""
    r = REQUESTS.c
    held = [*([r.last_seen >= window.since.timestamp()] if window.since else []),
            *([r.first_seen < window.until.timestamp()] if window.until else [])]
    counts: dict[int, tuple[int, int]] = {}
    for begin in range(0, len(group_ids), AT_ONCE):
        found = select(
            KEYS.c.group_id, func.count(r.request_id.distinct()), func.count(func.nullif(r.student_id, "").distinct()),
        ).join(KEYS, KEYS.c.key_id == r.key_id).where(KEYS.c.group_id.in_(group_ids[begin:begin + AT_ONCE]), *held)
        for group_id, requests, students in connection.execute(found.group_by(KEYS.c.group_id)).tuples():
            counts[group_id] = (requests, students)
    return counts


def requests_of(connection: Connection, key_ids: Sequence[int], most: int) -> Sequence[Affected]:
    """Those touched last."""
    r = REQUESTS.c
    first, last = func.min(r.first_seen), func.max(r.last_seen).label("last")
    found = select(r.request_id, func.max(r.student_id), func.sum(r.count), first, last).where(
        r.key_id.in_(key_ids)).group_by(r.request_id).order_by(last.desc()).limit(most)
    return [Affected(request_id=row[0], student_id=row[1], count=int(row[2]), first_seen=moment(row[3]), last_seen=moment(row[4]))
            for row in connection.execute(found).tuples()]
