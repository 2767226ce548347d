"""Groups as they are told: what is kept of them, put together with what was added up over a window."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select

from pipeline.incidents.answers import Group
from pipeline.incidents.bulk import AT_ONCE, TABLES
from pipeline.incidents.cube import Held, Minutes, moment
from pipeline.incidents.folded import MINUTE
from pipeline.incidents.touched import EVERYTHING, touched
from pipeline.incidents.words import Facet, Fixed, Sort, Standing, State, Where, Window
from pipeline.incidents.words import told as told_as

KEYS, GROUPS, VALUES, REQUESTS = (TABLES[name] for name in ("error_keys", "error_groups", "error_values", "error_requests"))
HOUR = 3600
"""Sums of older minutes stand at the first minute of their hour."""
NOTHING_FIXED: Fixed = {}
URGENCY = (State.REGRESSED, State.ESCALATING, State.NEW, State.ONGOING, State.IGNORED, State.RESOLVED)


@dataclass
class Found:
    """A group while it is put together."""

    row: Any
    fixed_in: str = ""
    """The build since which it is gone."""
    keys: list[Any] = field(default_factory=list)
    count: int = 0

    @property
    def main(self) -> Any:
        """The key that gives it its words."""
        return next((key for key in self.keys if key.fingerprint == self.row.fingerprint), self.keys[0])

    @property
    def state(self) -> State:
        """Where it stands for whoever reads."""
        return told_as(standing(self.row), self.fixed_in).state

    @property
    def first_seen(self) -> float:
        """Of all its keys."""
        return float(min(key.first_seen for key in self.keys))

    @property
    def last_seen(self) -> float:
        """Of all its keys."""
        return float(max(key.last_seen for key in self.keys))

    def order(self, sort: Sort, requests: int = 0) -> tuple[float, ...]:
        """Its place in a list."""
        by = {Sort.LAST: -self.last_seen, Sort.FIRST: -self.first_seen, Sort.REQUESTS: -float(requests),
              Sort.STATE: float(URGENCY.index(self.state)) if sort is Sort.STATE else 0.0}
        return (by.get(sort, 0.0), -self.count, -self.last_seen, self.row.group_id)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What groups are told over."""

    window: Window
    where: Where = EVERYTHING
    steps: Mapping[tuple[int, int], int]
    """(key, number of the bucket) -> errors."""
    buckets: int
    errors: int
    """Of all groups that are told: each has its share of these."""


def known(connection: Connection, where: Where, fixed: Fixed = NOTHING_FIXED) -> list[Found]:
    """All groups with lines that fit by state and text."""
    every = [Found(row, fixed.get(row.fingerprint, "")) for row in connection.execute(select(GROUPS))]
    groups = {group.row.group_id: group for group in every if not where.state or group.state in where.state}
    for key in connection.execute(select(KEYS).where(KEYS.c.count > 0)):
        if key.group_id in groups:
            groups[key.group_id].keys.append(key)
    having = [group for group in groups.values() if group.keys]
    text = where.text.strip()
    if not text:
        return having
    asking = set(connection.scalars(select(REQUESTS.c.key_id).where(REQUESTS.c.request_id == text)))
    return [group for group in having if any(key.key_id in asking or text.lower() in _words(key) for key in group.keys)]


def span(groups: Sequence[Found], minutes: Minutes, buckets: int) -> tuple[int, int]:
    """The first minute of the first bucket, and how many minutes each has."""
    begin, end = minutes
    if begin is None:
        begin = int(min((group.first_seen for group in groups), default=0.0) // HOUR) * (HOUR // MINUTE)
    if end is None:
        end = int(max((group.last_seen for group in groups), default=0.0) // MINUTE) + 1
    return begin, max(1, math.ceil((end - begin) / max(1, buckets)))


def told(
    connection: Connection, groups: Sequence[Found], frame: Frame, affected: Mapping[int, tuple[int, int]] | None = None,
) -> list[Group]:
    """These groups, with everything; `affected` where it was looked up already."""
    affected = affected or touched(connection, [group.row.group_id for group in groups], frame.window, frame.where)
    values = _values(connection, groups, frame.window)
    runs = _executions(connection, groups, frame.window)
    return [_group(group, frame, affected.get(group.row.group_id, (0, 0)), values[group.row.group_id],
                   runs.get(group.row.group_id, 0)) for group in groups]


def standing(row: Any) -> Standing:
    """The state of a row of `error_groups`, as it is told."""
    return Standing(
        state=State(row.state), by=row.state_by, why=row.state_why, at=moment(row.state_at),
        until=None if row.until_at is None else moment(row.until_at), until_count=row.until_count,
        until_escalates=row.until_escalates, version=row.in_version)


def _group(
    group: Found, frame: Frame, affected: tuple[int, int], values: Mapping[Facet, Sequence[str]], executions: int,
) -> Group:
    key, row = group.main, group.row
    line = [sum(frame.steps.get((each.key_id, number), 0) for each in group.keys) for number in range(frame.buckets)]
    return Group(
        fingerprint=row.fingerprint, kind=key.kind, title=key.title, exception=key.exception, culprit=key.culprit,
        sample=key.sample, standing=standing(row), fixed_in=group.fixed_in, first_seen=moment(group.first_seen),
        last_seen=moment(group.last_seen), total=sum(key.count for key in group.keys), count=group.count,
        share=group.count / frame.errors if frame.errors else 0.0,
        requests=affected[0], students=affected[1], buckets=tuple(line), executions=executions,
        stages=tuple(values[Facet.STAGE]), severities=tuple(values[Facet.SEVERITY]), versions=tuple(values[Facet.VERSION]))


def _values(connection: Connection, groups: Sequence[Found], window: Window) -> Mapping[int, Mapping[Facet, Sequence[str]]]:
    """Group -> what its lines in the window had."""
    v, of = VALUES.c, {key.key_id: group.row.group_id for group in groups for key in group.keys}
    held = [v.facet != Facet.EXECUTION.value, *_within(window)]
    found: dict[int, defaultdict[Facet, set[str]]] = {group.row.group_id: defaultdict(set) for group in groups}
    ids = list(of)
    for begin in range(0, len(ids), AT_ONCE):
        rows = connection.execute(select(v.key_id, v.facet, v.value).where(v.key_id.in_(ids[begin:begin + AT_ONCE]), *held))
        for key_id, facet, value in rows.tuples():
            found[of[key_id]][Facet(facet)].add(value)
    return {group_id: {facet: sorted(values[facet]) for facet in Facet} for group_id, values in found.items()}


def _executions(connection: Connection, groups: Sequence[Found], window: Window) -> Mapping[int, int]:
    """Group -> how many different executions said so; there may be thousands."""
    v, ids, counts = VALUES.c, [group.row.group_id for group in groups], dict[int, int]()
    for begin in range(0, len(ids), AT_ONCE):
        found = select(KEYS.c.group_id, func.count(v.value.distinct())).join(KEYS, KEYS.c.key_id == v.key_id).where(
            v.facet == Facet.EXECUTION.value, KEYS.c.group_id.in_(ids[begin:begin + AT_ONCE]), *_within(window))
        counts |= dict(connection.execute(found.group_by(KEYS.c.group_id)).tuples().all())
    return counts


def _within(window: Window) -> Held:
    v = VALUES.c
    since: Held = [] if window.since is None else [v.last_at > window.since.timestamp()]
    return since if window.until is None else [*since, v.first_at < window.until.timestamp()]


def _words(key: Any) -> str:
    return "\n".join((key.title, key.exception, key.culprit, key.sample, key.fingerprint)).lower()

