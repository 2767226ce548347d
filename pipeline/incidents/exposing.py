"""How much was there that could have failed, and how often each group was seen in it: what rates are made of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, select

from pipeline.incidents.answers import Count, Execution, Exposure
from pipeline.incidents.bulk import TABLES
from pipeline.incidents.cube import ACTIVITY, WRITERS, Minutes, moment
from pipeline.incidents.folded import COUNTED
from pipeline.incidents.words import SourceState, Window

OCCURRENCES, KEYS, GROUPS, SOURCES = (
    TABLES[name] for name in ("error_occurrences", "error_keys", "error_groups", "log_sources"))


class Exposing:
    """Reads; changes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def exposure(self, window: Window, *, version: str = "", execution: str = "", job: str = "") -> Exposure:
        """Of the whole minutes of the window, for one version, execution or job where it is named."""
        a, names = ACTIVITY.c, ("lines", "errors", *COUNTED)
        held = [*Minutes.of(window).hold(a.minute), *_by(version=version, execution=execution, job=job)]
        from_ = ACTIVITY.join(WRITERS, WRITERS.c.writer_id == a.writer_id)
        sums = select(*(func.sum(a[name]).label(name) for name in names), func.min(a.first_at).label("first"),
                      func.max(a.last_at).label("last")).select_from(from_).where(*held)
        named = select(func.count(WRITERS.c.execution.distinct())).select_from(from_).where(*held, WRITERS.c.execution != "")
        unnamed = select(func.sum(a.starts), func.sum(a.readies)).select_from(from_).where(*held, WRITERS.c.execution == "")
        with self._engine.connect() as connection:
            row = connection.execute(sums).one()
            if row.lines is None:
                return Exposure()
            starts = max(int(count or 0) for count in connection.execute(unnamed).one())
            return Exposure(
                lines=int(row.lines), errors=int(row.errors), ok=int(row.ok), failed=int(row.failed),
                requests=max(int(row.started), int(row.ok) + int(row.failed)),
                executions=int(connection.scalar(named) or 0) + starts, first=moment(row.first), last=moment(row.last))

    def counts(self, since: datetime, until: datetime, *, version: str = "", job: str = "") -> Mapping[str, Count]:
        """Group -> how often it was seen in exactly this time, of lines that are still kept."""
        o = OCCURRENCES.c
        found = select(
            GROUPS.c.fingerprint, func.count(), func.count(func.nullif(WRITERS.c.execution, "").distinct()),
            func.count(func.nullif(o.request_id, "").distinct()), func.min(o.at), func.max(o.at),
        ).select_from(OCCURRENCES.join(KEYS, KEYS.c.key_id == o.key_id).join(GROUPS, GROUPS.c.group_id == KEYS.c.group_id)
                      .join(WRITERS, WRITERS.c.writer_id == o.writer_id)).where(
            o.at >= since.timestamp(), o.at < until.timestamp(), *_by(version=version, job=job)).group_by(GROUPS.c.fingerprint)
        with self._engine.connect() as connection:
            return {row[0]: Count(count=row[1], executions=row[2], requests=row[3], first=moment(row[4]), last=moment(row[5]))
                    for row in connection.execute(found).tuples()}

    def executions(self, window: Window, *, job: str = "", limit: int = 200) -> Sequence[Execution]:
        """The runs that were seen in the window, the newest first; of programs that name them."""
        a, w, names = ACTIVITY.c, WRITERS.c, ("lines", "errors", "started", "ok", "failed")
        last = func.max(a.last_at).label("last")
        found = select(
            w.execution, func.max(w.job), func.max(w.version), func.min(a.first_at), last, *(func.sum(a[name]) for name in names),
        ).select_from(ACTIVITY.join(WRITERS, w.writer_id == a.writer_id)).where(
            w.execution != "", *Minutes.of(window).hold(a.minute), *_by(job=job)).group_by(w.execution)
        with self._engine.connect() as connection:
            rows = connection.execute(found.order_by(last.desc()).limit(limit)).tuples().all()
        return [Execution(execution=row[0], job=row[1], version=row[2], first=moment(row[3]), last=moment(row[4]),
                          **{name: int(count) for name, count in zip(names, row[5:], strict=True)}) for row in rows]

    def sources(self) -> Sequence[SourceState]:
        """Where the reading of each source stands."""
        with self._engine.connect() as connection:
            return [_source(row) for row in connection.execute(select(SOURCES).order_by(SOURCES.c.name))]


def _by(**wanted: str) -> list[ColumnElement[bool]]:
    return [WRITERS.c[name] == value for name, value in wanted.items() if value]


def _source(row: Any) -> SourceState:
    return SourceState(
        name=row.name, lines=row.lines, errors=row.errors, others=row.others, unparsed=row.unparsed, duplicates=row.duplicates,
        fault=row.fault, last_line=None if row.last_line is None else moment(row.last_line),
        last_pull=None if row.last_pull is None else moment(row.last_pull))
