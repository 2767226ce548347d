"""The list of groups over a window, with sums that add up; facets; errors and activity over time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, func, select

from pipeline.incidents.answers import Activity, Groups, RatePoint
from pipeline.incidents.bulk import TABLES
from pipeline.incidents.cube import ACTIVITY, CELLS, Minutes, all_errors, by_facet, by_key, by_step, moment, of_cells
from pipeline.incidents.folded import MINUTE
from pipeline.incidents.groups import NOTHING_FIXED, Found, Frame, known, span, told
from pipeline.incidents.touched import EVERYTHING, touched
from pipeline.incidents.words import Facet, Fixed, Sort, Where, Window

SOURCES = TABLES["log_sources"]
OTHERS = "others"
"""The fingerprint of all groups but the largest, in a rate over time."""
ALL_TIME = Window()


class Reading:
    """Reads; changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def groups(
        self, window: Window = ALL_TIME, where: Where = EVERYTHING, *, sort: Sort = Sort.COUNT, offset: int = 0,
        limit: int = 50, buckets: int = 0, fixed: Fixed = NOTHING_FIXED,
    ) -> Groups:
        """The groups with errors in the window that fit, so many of them; those that a build fixed count as resolved."""
        minutes = Minutes.of(window)
        with self._engine.connect() as connection:
            groups = known(connection, where, fixed)
            begin, step = span(groups, minutes, buckets)
            held = [*minutes.hold(CELLS.c.minute), *of_cells(where)]
            steps = by_step(connection, held, step=step, begin=begin) if buckets else {}
            found = _counted(groups, _sums(steps) if buckets else by_key(connection, held))
            frame = Frame(window=window, where=where, steps=steps, buckets=buckets, errors=sum(group.count for group in found))
            by_requests = sort is Sort.REQUESTS
            affected = touched(connection, [group.row.group_id for group in found], window, where) if by_requests else {}
            found.sort(key=lambda group: group.order(sort, affected.get(group.row.group_id, (0, 0))[0]))
            shown = told(connection, found[offset:offset + limit], frame, affected)
            every, set_aside = all_errors(connection, minutes)
            lines = connection.scalar(select(func.sum(ACTIVITY.c.lines)).where(*minutes.hold(ACTIVITY.c.minute)))
            unparsed = connection.scalar(select(func.sum(SOURCES.c.unparsed)))
        return Groups(groups=tuple(shown), found=len(found), errors=frame.errors, every_error=every, set_aside=set_aside,
                      lines=int(lines or 0), unparsed=int(unparsed or 0))

    def facets(
        self, window: Window = ALL_TIME, where: Where = EVERYTHING, *, fixed: Fixed = NOTHING_FIXED,
    ) -> Mapping[Facet, Mapping[str, int]]:
        """Of each facet its values with their errors, as if nothing were chosen of it."""
        with self._engine.connect() as connection:
            held = Minutes.of(window).hold(CELLS.c.minute)
            if where.state or where.text.strip():
                held.append(CELLS.c.key_id.in_([key.key_id for group in known(connection, where, fixed) for key in group.keys]))
            return by_facet(connection, held, where)

    def rate(
        self, window: Window, where: Where = EVERYTHING, *, step_seconds: int, top: int = 8, fixed: Fixed = NOTHING_FIXED,
    ) -> Sequence[RatePoint]:
        """Errors by step (at least a minute) of the largest groups, and of all others together."""
        step = max(1, step_seconds // MINUTE)
        with self._engine.connect() as connection:
            steps = by_step(connection, [*Minutes.of(window).hold(CELLS.c.minute), *of_cells(where)], step=step)
            found = sorted(_counted(known(connection, where, fixed), _sums(steps)), key=lambda group: group.order(Sort.COUNT))
        names = {key.key_id: (group.row.fingerprint, group.main.title) if number < top else (OTHERS, OTHERS)
                 for number, group in enumerate(found) for key in group.keys}
        points: defaultdict[tuple[int, str, str], int] = defaultdict(int)
        for (key_id, number), errors in steps.items():
            if key_id in names:
                points[number, *names[key_id]] += errors
        return [RatePoint(start=moment(number * step * MINUTE), fingerprint=fingerprint, title=title, count=errors)
                for (number, fingerprint, title), errors in sorted(points.items())]

    def activity(self, window: Window, *, step_seconds: int) -> Sequence[Activity]:
        """What was seen by step, errors and others; a step without any line is left out."""
        a, step = ACTIVITY.c, max(1, step_seconds // MINUTE)
        names = ("lines", "errors", "started", "ok", "failed")
        number = (a.minute // step).label("number")
        found = select(number, *(func.sum(a[name]) for name in names)).where(*Minutes.of(window).hold(a.minute)).group_by(number)
        with self._engine.connect() as connection:
            rows = connection.execute(found.order_by(number)).tuples().all()
        return [Activity(start=moment(row[0] * step * MINUTE), **_named(names, row[1:])) for row in rows]

    def first_line(self) -> datetime | None:
        """When the first line was written that is known."""
        with self._engine.connect() as connection:
            minute = connection.scalar(select(func.min(ACTIVITY.c.minute)))
        return None if minute is None else moment(minute * MINUTE)


def _counted(groups: Sequence[Found], sums: Mapping[int, int]) -> list[Found]:
    """Those with errors."""
    for group in groups:
        group.count = sum(sums.get(key.key_id, 0) for key in group.keys)
    return [group for group in groups if group.count]


def _sums(steps: Mapping[tuple[int, int], int]) -> Mapping[int, int]:
    sums: defaultdict[int, int] = defaultdict(int)
    for (key_id, _), errors in steps.items():
        sums[key_id] += errors
    return sums


def _named(names: Sequence[str], sums: Sequence[Any]) -> dict[str, int]:
    return {name: int(sum_) for name, sum_ in zip(names, sums, strict=True)}
