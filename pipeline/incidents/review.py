"""The states that follow from what was seen: looked at after each pull, and again as often as one likes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select, update

from pipeline.incidents.bulk import TABLES
from pipeline.incidents.folded import MINUTE
from pipeline.incidents.rates import FEWEST, Seen, escalates
from pipeline.incidents.states import Decision, Sight, by_itself, reopens
from pipeline.incidents.storing import STATE, alone
from pipeline.incidents.words import AUTOMATIC, State

GROUPS, KEYS, CELLS, ACTIVITY = (TABLES[name] for name in ("error_groups", "error_keys", "error_cells", "log_activity"))
OCCURRENCES, WRITERS, CHANGES = (TABLES[name] for name in ("error_occurrences", "log_writers", "error_changes"))
LATELY = 60
"""Minutes whose errors are compared with those before."""
BEFORE = 7 * 24 * 60
"""Minutes before them that say what is usual, or since the group was first seen."""


class Standing(NamedTuple):
    """A group as it is kept, and what is known of it."""

    group_id: int
    decision: Decision
    first_seen: float
    last_seen: float
    total: int


def review(engine: Engine, now: float) -> int:
    """Let every group come into the state that follows by itself; how many changed."""
    with alone(engine) as (connection, _):
        groups = standings(connection)
        busy, known_since = _escalating(connection, groups, now), _Versions(connection)
        changed = 0
        for group in groups:
            again = _again(connection, group, known_since) if group.decision.state is State.RESOLVED else None
            sight = Sight(now=now, first_seen=group.first_seen, total=group.total, again=again,
                          escalates=group.group_id in busy)
            if follows := by_itself(group.decision, sight):
                change(connection, group.group_id, Decision(state=follows[0], at=now, by=AUTOMATIC, why=follows[1]))
                changed += 1
        connection.execute(update(STATE).values(reviewed_at=now))
        return changed


def standings(connection: Connection) -> Sequence[Standing]:
    """All groups that have lines."""
    k = KEYS.c
    facts = select(k.group_id, func.min(k.first_seen).label("first"), func.max(k.last_seen).label("last"),
                   func.sum(k.count).label("total")).where(k.count > 0).group_by(k.group_id).subquery()
    found = select(GROUPS, facts.c.first, facts.c.last, facts.c.total).join(facts, facts.c.group_id == GROUPS.c.group_id)
    return [Standing(row.group_id, decision(row), row.first, row.last, int(row.total)) for row in connection.execute(found)]


def decision(row: Any) -> Decision:
    """The state of a row of `error_groups`."""
    return Decision(
        state=State(row.state), at=row.state_at, by=row.state_by, why=row.state_why, until=row.until_at,
        until_count=row.until_count, until_escalates=row.until_escalates, version=row.in_version)


def change(connection: Connection, group_id: int, to: Decision) -> None:
    """Put the group into the state, and note it."""
    connection.execute(update(GROUPS).where(GROUPS.c.group_id == group_id).values(
        state=to.state.value, state_at=to.at, state_by=to.by, state_why=to.why, until_at=to.until,
        until_count=to.until_count, until_escalates=to.until_escalates, in_version=to.version))
    note(connection, group_id, at=to.at, by=to.by, what=to.state.value, why=to.why)


def note(connection: Connection, group_id: int, *, at: float, by: str, what: str, why: str) -> None:
    """Keep that something was changed."""
    connection.execute(insert(CHANGES).values(group_id=group_id, at=at, by=by, what=what, why=why))


class _Versions:
    """When each version was first seen; looked up once, where it is needed at all."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._since: dict[str, float] | None = None

    def since(self) -> dict[str, float]:
        if self._since is None:
            found = select(WRITERS.c.version, func.min(ACTIVITY.c.first_at)).join(
                ACTIVITY, ACTIVITY.c.writer_id == WRITERS.c.writer_id).group_by(WRITERS.c.version)
            self._since = dict(self._connection.execute(found).tuples().all())
        return self._since


def _again(connection: Connection, group: Standing, versions: _Versions) -> float | None:
    """The first line of a resolved group that means that it is back."""
    resolved, o = group.decision, OCCURRENCES.c
    if group.last_seen <= resolved.at:
        return None
    mine = select(KEYS.c.key_id).where(KEYS.c.group_id == group.group_id)
    found = select(WRITERS.c.version, func.min(o.at)).join(WRITERS, WRITERS.c.writer_id == o.writer_id).where(
        o.key_id.in_(mine), o.at > resolved.at).group_by(WRITERS.c.version)
    rows = connection.execute(found).tuples().all()
    since = versions.since() if resolved.version else {}
    return min((at for version, at in rows if reopens(at, version, resolved=resolved, known_since=since)), default=None)


def _escalating(connection: Connection, groups: Sequence[Standing], now: float) -> set[int]:
    end = int(now // MINUTE) + 1
    lately = _counts(connection, end - LATELY, end, least=FEWEST)
    if not lately:
        return set()
    before = _counts(connection, end - LATELY - BEFORE, end - LATELY, least=1)
    exposed = _Exposed(connection, end - LATELY - BEFORE, end)
    return {group.group_id for group in groups if group.group_id in lately and _escalates(
        lately[group.group_id], before.get(group.group_id, 0), exposed, int(group.first_seen // MINUTE), end)}


def _escalates(now: int, before: int, exposed: "_Exposed", first: int, end: int) -> bool:
    begin = max(first, end - LATELY - BEFORE)
    if begin >= end - LATELY:  # seen only lately: it is new, and has no rate of its own before
        return False
    usual, recent = exposed.between(begin, end - LATELY), exposed.between(end - LATELY, end)
    of = 0 if usual[0] and recent[0] else 1
    return escalates(Seen(now, recent[of]), Seen(before, usual[of]))


class _Exposed:
    """What could have failed, by ten minutes: requests that were taken, and minutes in which anything was said."""

    def __init__(self, connection: Connection, begin: int, end: int) -> None:
        a = ACTIVITY.c
        found = select((a.minute // 10).label("ten"), func.sum(a.started), func.count(a.minute.distinct())).where(
            a.minute >= begin, a.minute < end).group_by("ten")
        self._tens = [(ten * 10, int(started), minutes) for ten, started, minutes in connection.execute(found).tuples()]

    def between(self, begin: int, end: int) -> tuple[int, int]:
        """Requests and minutes."""
        inside = [(started, minutes) for at, started, minutes in self._tens if begin - 9 <= at < end - 9]
        return sum(started for started, _ in inside), sum(minutes for _, minutes in inside)


def _counts(connection: Connection, begin: int, end: int, *, least: int) -> Mapping[int, int]:
    """Errors by group."""
    found = select(KEYS.c.group_id, func.sum(CELLS.c.count)).join(KEYS, KEYS.c.key_id == CELLS.c.key_id).where(
        CELLS.c.minute >= begin, CELLS.c.minute < end).group_by(KEYS.c.group_id)
    counts: defaultdict[int, int] = defaultdict(int)
    for group_id, count in connection.execute(found).tuples():
        counts[group_id] += int(count)
    return {group_id: count for group_id, count in counts.items() if count >= least}
