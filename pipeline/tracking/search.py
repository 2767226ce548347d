"""Every query of the Requests page. What has no index to it looks only at the newest requests, and says how many.

Nothing here reads a lesson: a page of the list is as quick with a million requests as with ten.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, case, extract, func, select

from pipeline.domain import Modality, Stage, StageStatus, Status
from pipeline.tables import EventKind, QueueName
from pipeline.tracking.connected import DEAD, EVENTS, REQUESTS, RUNS, Connected, now
from pipeline.tracking.filters import LOOKED_AT, NEWEST, OLDEST, Filter, Key, beyond, found, furthest, quick, slow
from pipeline.visuals import Value

PAGE_ROWS = 50
SAMPLE = 5_000
"""How many of the newest requests speeds and the funnel are measured on."""
MADE = (Status.COMPLETED, Status.PARTIAL)
_C = REQUESTS.c


class Line(Value):
    """One request of the list."""

    request_id: str
    student_id: str
    student_query: str
    status: Status
    stage: Stage | None
    queue: QueueName
    modalities: tuple[Modality, ...]
    attempts: int
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Page(Value):
    """A part of the list, newest first. A key is None where nothing lies beyond it."""

    lines: tuple[Line, ...]
    newer: Key | None
    older: Key | None


class Speed(Value):
    """From being asked to being made, for requests whose furthest form is this."""

    modality: Modality
    count: int
    p50: float
    p95: float


class Step(Value):
    """How many requests began a stage, and how many of them it was done for."""

    stage: Stage
    begun: int
    done: int
    failed: int


_LINE = (_C.id, _C.student_id, _C.student_query, _C.status, _C.current_stage, _C.queue, _C.requested_modalities, _C.attempts,
         _C.error, _C.created_at, _C.started_at, _C.finished_at)


class Search(Connected):
    """What the record tells about many requests at once."""

    def page(self, wanted: Filter, *, older: Key | None = None, newer: Key | None = None, rows: int = PAGE_ROWS) -> Page:
        """The newest requests; or those older than a key, or those just newer than one."""
        forward, key = newer is not None, newer or older
        order = OLDEST if forward else NEWEST
        near = select(_C.id, _C.created_at).where(*quick(wanted), *beyond(key, forward=forward)).order_by(*order)
        lines = select(*_LINE).order_by(*order).limit(rows + 1)
        lines = (lines.where(_C.id.in_(near.with_only_columns(_C.id).limit(LOOKED_AT)), *slow(wanted)) if slow(wanted)
                 else lines.where(*quick(wanted), *beyond(key, forward=forward)))
        with self._engine.connect() as connection:
            got = connection.execute(lines).all()
            end = _key(got[rows - 1]) if len(got) > rows else None
            if end is None and slow(wanted):  # there may be more where nobody has looked yet
                last = connection.execute(near.offset(LOOKED_AT - 1).limit(1)).one_or_none()
                end = _key(last) if last else None
        if forward and end is None:
            return self.page(wanted, rows=rows)  # the top was reached: a whole page of it
        shown = [_line(row) for row in got[:rows]]
        if forward:
            return Page(lines=tuple(reversed(shown)), newer=end, older=_key(got[0]) if shown else key)
        return Page(lines=tuple(shown), newer=_key(got[0]) if key and shown else key, older=end)

    def counts(self, wanted: Filter) -> dict[Status, int]:
        """How many requests of the filter stand where; see `looked_through`."""
        standing = found(wanted, _C.status).subquery()
        with self._engine.connect() as connection:
            return dict(connection.execute(select(standing.c.status, func.count()).group_by(standing.c.status)).tuples().all())

    def looked_through(self, wanted: Filter) -> int | None:
        """How many of the newest requests the filter was held against; None for all of them."""
        return LOOKED_AT if slow(wanted) else None

    def speeds(self, wanted: Filter) -> list[Speed]:
        """The median and the 95th percentile (nearest rank) of the newest lessons, by furthest form."""
        sample = found(wanted, furthest().label("modality"), self._seconds().label("seconds"), _C.created_at, _C.id,
                        also=(_C.status.in_(MADE), _C.finished_at.is_not(None)))
        newest = sample.order_by(*NEWEST).limit(SAMPLE).subquery()
        ranked = select(
            newest.c.modality, newest.c.seconds,
            func.row_number().over(partition_by=newest.c.modality, order_by=newest.c.seconds).label("place"),
            func.count().over(partition_by=newest.c.modality).label("of")).subquery()
        r = ranked.c
        at = [func.min(case((r.place >= r.of * share, r.seconds))) for share in (0.5, 0.95)]
        with self._engine.connect() as connection:
            rows = connection.execute(select(r.modality, r.of, *at).group_by(r.modality, r.of)).all()
        speeds = {row[0]: Speed(modality=row[0], count=row[1], p50=row[2], p95=row[3]) for row in rows}
        return [speeds[modality] for modality in Modality if modality in speeds]

    def funnel(self, wanted: Filter) -> list[Step]:
        """What became of the stages of the newest requests; a stage that nobody began is absent."""
        newest = found(wanted, _C.id).order_by(*NEWEST).limit(SAMPLE)
        begun = RUNS.c.status != StageStatus.SKIPPED
        done = case((RUNS.c.status.in_([StageStatus.COMPLETED, StageStatus.CACHED]), RUNS.c.request_id))
        failed = case((RUNS.c.status == StageStatus.FAILED, RUNS.c.request_id))
        counted = select(
            RUNS.c.stage, func.count(RUNS.c.request_id.distinct()), func.count(done.distinct()), func.count(failed.distinct()))
        with self._engine.connect() as connection:
            rows = connection.execute(
                counted.where(RUNS.c.request_id.in_(newest), begun).group_by(RUNS.c.stage)).all()
        steps = {row[0]: Step(stage=row[0], begun=row[1], done=row[2], failed=row[3]) for row in rows}
        return [steps[stage] for stage in Stage if stage in steps]

    def ids(self, wanted: Filter, *, statuses: tuple[Status, ...], limit: int, anew: bool = False) -> list[tuple[str, Modality]]:
        """Up to `limit` requests of the filter that have one of these statuses, oldest first, with their furthest form.

        With `anew` only those that nobody has run again yet.
        """
        of = REQUESTS.alias().c.rerun_of  # as a list: request by request, SQLite's planner reads the whole table each time
        also = [_C.status.in_(statuses), *([_C.id.not_in(select(of).where(of.is_not(None)))] if anew else [])]
        meant = found(wanted, _C.id, furthest(), also=tuple(also)).order_by(*OLDEST).limit(limit)
        with self._engine.connect() as connection:
            return [(row[0], Modality(row[1])) for row in connection.execute(meant)]

    def dead(self) -> int:
        """How many dead letters nobody has replayed or discarded."""
        open_ = select(func.count()).select_from(DEAD).where(DEAD.c.replayed_at.is_(None), DEAD.c.discarded_at.is_(None))
        with self._engine.connect() as connection:
            return connection.scalar(open_) or 0

    def taken_over(self, hours: float = 1.0) -> dict[str, int]:
        """How many requests were taken over from which worker lately."""
        recent = select(EVENTS.c.data).where(EVENTS.c.at > now() - timedelta(hours=hours), EVENTS.c.kind == EventKind.TAKEN_OVER)
        counted: dict[str, int] = {}
        with self._engine.connect() as connection:
            for data in connection.scalars(recent):
                worker_id = str(data.get("worker_id"))
                counted[worker_id] = counted.get(worker_id, 0) + 1
        return counted

    def _seconds(self) -> ColumnElement[Any]:
        if self._engine.dialect.name == "postgresql":
            return extract("epoch", _C.finished_at - _C.created_at)
        return (func.julianday(_C.finished_at) - func.julianday(_C.created_at)) * 86400.0


def _key(row: Any) -> Key:
    return Key(created_at=row.created_at, request_id=row.id)


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    renamed = {"id": "request_id", "current_stage": "stage", "requested_modalities": "modalities"}
    return Line.model_validate({renamed.get(name, name): value for name, value in row._asdict().items()})
