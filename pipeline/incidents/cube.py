"""The errors of a window, added up by what is asked for; and the words for windows and facets as conditions."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, select

from pipeline.incidents.bulk import TABLES, among
from pipeline.incidents.folded import MINUTE, NO_ERROR, Writer
from pipeline.incidents.words import Facet, Where, Window

CELLS, WRITERS, ACTIVITY = (TABLES[name] for name in ("error_cells", "log_writers", "log_activity"))
OF_WRITER = {Facet.WORKER: "worker", Facet.VERSION: "version", Facet.SOURCE: "source", Facet.JOB: "job",
             Facet.EXECUTION: "execution"}
MOST_VALUES = 50
"""Values of a facet that are told."""
EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC).timestamp(), datetime(9999, 12, 30, tzinfo=UTC).timestamp()
Held = list[ColumnElement[bool]]


class Minutes(NamedTuple):
    """A window in whole minutes since 1970; None is without end."""

    begin: int | None
    end: int | None

    @classmethod
    def of(cls, window: Window) -> "Minutes":
        """Rounded down and up."""
        begin = None if window.since is None else int(window.since.timestamp() // MINUTE)
        return cls(begin, None if window.until is None else -int(-window.until.timestamp() // MINUTE))

    def hold(self, minute: ColumnElement[int]) -> Held:
        """As conditions."""
        begin: Held = [] if self.begin is None else [minute >= self.begin]
        return begin if self.end is None else [*begin, minute < self.end]


def of_cells(where: Where, *, but: Facet | None = None) -> Held:
    """The wanted values as conditions on cells of errors; with `but`, whatever they are by that facet."""
    of = {facet: values for facet in Facet if facet is not but and (values := getattr(where, facet.value))}
    held: Held = [CELLS.c[facet.value].in_(values) for facet, values in of.items() if facet not in OF_WRITER]
    held.append(CELLS.c.key_id != NO_ERROR)
    wanted = [WRITERS.c[OF_WRITER[facet]].in_(values) for facet, values in of.items() if facet in OF_WRITER]
    return [*held, CELLS.c.writer_id.in_(select(WRITERS.c.writer_id).where(*wanted))] if wanted else held


def by_step(connection: Connection, held: Held, *, step: int, begin: int = 0) -> Mapping[tuple[int, int], int]:
    """(key, number of the step counted from `begin`) -> errors. A step is so many minutes."""
    c = CELLS.c
    number = ((c.minute - begin) // step).label("number")
    found = select(c.key_id, number, func.sum(c.count)).where(*held).group_by(c.key_id, number)
    return {(key_id, at): int(errors) for key_id, at, errors in connection.execute(found).tuples()}


def by_key(connection: Connection, held: Held) -> Mapping[int, int]:
    """Key -> errors."""
    found = select(CELLS.c.key_id, func.sum(CELLS.c.count)).where(*held).group_by(CELLS.c.key_id)
    return {key_id: int(errors) for key_id, errors in connection.execute(found).tuples()}


def all_errors(connection: Connection, minutes: Minutes) -> tuple[int, int]:
    """How many errors there are, and how many more were read that a rule calls none."""
    c, aside = CELLS.c, case((CELLS.c.key_id == NO_ERROR, CELLS.c.count), else_=0)
    every, without = connection.execute(select(func.sum(c.count), func.sum(aside)).where(*minutes.hold(c.minute))).one()
    return int(every or 0) - int(without or 0), int(without or 0)


def by_facet(connection: Connection, held: Held, where: Where) -> Mapping[Facet, Mapping[str, int]]:
    """Of each facet the most frequent values, as they would be if nothing were chosen of this facet."""
    chosen = [facet for facet in Facet if getattr(where, facet.value)]
    counts = _counts(connection, [*held, *of_cells(where)], [facet for facet in Facet if facet not in chosen])
    for facet in chosen:
        counts |= _counts(connection, [*held, *of_cells(where, but=facet)], [facet])
    return {facet: counts[facet] for facet in Facet}


def writers_of(connection: Connection, writer_ids: Collection[int]) -> Mapping[int, Writer]:
    """Who they are."""
    w = WRITERS.c
    columns = (w.writer_id, w.version, w.execution, w.job, w.worker, w.source)
    return {row[0]: Writer(*row[1:]) for row in among(connection, w.writer_id, writer_ids, *columns)}


def moment(seconds: float) -> datetime:
    """As a date. What lies outside of all calendars is brought to its first or last year."""
    return datetime.fromtimestamp(min(max(seconds, EARLIEST), LATEST), UTC)


def _counts(connection: Connection, held: Held, facets: Collection[Facet]) -> dict[Facet, Mapping[str, int]]:
    counts: dict[Facet, defaultdict[str, int]] = {facet: defaultdict(int) for facet in facets}
    mine = [facet for facet in facets if facet not in OF_WRITER]
    if mine:
        columns: list[Any] = [CELLS.c[facet.value] for facet in mine]
        for *values, errors in connection.execute(select(*columns, func.sum(CELLS.c.count)).where(*held).group_by(*columns)):
            for facet, value in zip(mine, values, strict=True):
                counts[facet][value] += int(errors)
    if len(mine) < len(facets):
        writer_id = CELLS.c.writer_id
        rows = connection.execute(select(writer_id, func.sum(CELLS.c.count)).where(*held).group_by(writer_id)).tuples().all()
        writers = writers_of(connection, [row[0] for row in rows])
        for number, errors in rows:
            for facet in set(facets) - set(mine):
                counts[facet][getattr(writers[number], OF_WRITER[facet])] += int(errors)
    return {facet: dict(sorted(of.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES]) for facet, of in counts.items()}
