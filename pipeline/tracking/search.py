"""Every query of the Requests page. What has no index to it looks only at the newest requests, and says how many.

Nothing here reads a lesson: a page of the list is as quick with a million requests as with ten.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, case, extract, func, select

from pipeline.domain import Modality, Stage, StageStatus, Status
from pipeline.tables import EventKind
from pipeline.tracking.connected import DEAD, EVENTS, REQUESTS, RUNS, Connected, now
from pipeline.tracking.filters import (
    Filter,
    Key,
    aside,
    beyond,
    branches,
    furthest,
    gathered,
    most,
    near,
    past,
    quick,
    reach,
    slow,
)
from pipeline.tracking.lines import Page, Speed, Step, line_of

PAGE_ROWS = 50
FOLLOWED = 500
"""How many of the newest requests the funnel follows through their stages."""
SAMPLE = 1_000
"""How many of the newest lessons speeds are measured on."""
OPEN = (Status.PENDING, Status.RUNNING)
MADE = (Status.COMPLETED, Status.PARTIAL)
_C = REQUESTS.c


_LINE = (_C.id, _C.student_id, _C.student_query, _C.status, _C.current_stage, _C.queue, _C.requested_modalities, _C.attempts,
         _C.error, _C.created_at, _C.started_at, _C.finished_at)


class Search(Connected):
    """What the record tells about many requests at once."""

    def page(self, wanted: Filter, *, older: Key | None = None, newer: Key | None = None, rows: int = PAGE_ROWS) -> Page:
        """The newest requests; or those older than a key, or those just newer than one."""
        forward, key = newer is not None, newer or older
        with self._engine.connect() as connection:
            horizon = connection.scalar(reach(wanted, key, forward=forward, limit=most(wanted))) if slow(wanted) else None
            here = near(wanted, horizon, key, forward=forward)
            also = beyond(key, forward=forward)
            got = connection.execute(gathered(here, _LINE, also=also, limit=rows + 1, oldest=forward)).all()
        end = _key(got[rows - 1]) if len(got) > rows else past(horizon, forward=forward) if horizon else None
        if forward and end is None:
            return self.page(wanted, rows=rows)  # the top was reached: a whole page of it
        shown = [line_of(row) for row in got[:rows]]
        if forward:
            return Page(lines=tuple(reversed(shown)), newer=end, older=_key(got[0]) if shown else key)
        return Page(lines=tuple(shown), newer=_key(got[0]) if key and shown else key, older=end)

    def counts(self, wanted: Filter) -> dict[Status, int]:
        """How many of the newest requests of the filter stand where (see `looked_through`); of those under way, all."""
        counted: dict[Status, int] = {}
        with self._engine.connect() as connection:
            horizon = self._horizon(connection, wanted)
            for one in branches(near(wanted, horizon)):
                standing = select(aside(_C.status), func.count()).where(*quick(one), *slow(one))
                counted |= dict(connection.execute(standing.group_by(aside(_C.status))).tuples().all())
            if horizon and not slow(wanted) and (open_ := wanted.narrowed(OPEN)):
                for one in (open_.model_copy(update={"statuses": (status,)}) for status in open_.statuses):
                    if waiting := connection.scalar(select(func.count(_C.status)).where(*quick(one))):
                        counted[one.statuses[0]] = waiting
        return counted

    def looked_through(self, wanted: Filter) -> int | None:
        """How many of the newest requests were counted, or held against the filter; None where that was all of them."""
        with self._engine.connect() as connection:
            return most(wanted) if self._horizon(connection, wanted) else None

    def speeds(self, wanted: Filter) -> list[Speed]:
        """The median and the 95th percentile (nearest rank) of the newest lessons, by furthest form."""
        made = wanted.narrowed(MADE) if wanted.statuses else wanted
        if made is None:
            return []
        columns = (furthest().label("modality"), self._seconds().label("seconds"), _C.created_at, _C.id)
        with self._engine.connect() as connection:
            also = (aside(_C.status).in_(MADE), _C.finished_at.is_not(None))
            newest = gathered(near(made, self._horizon(connection, wanted)), columns, also=also, limit=SAMPLE).subquery()
            rows = connection.execute(_ranked(newest)).all()
        speeds = {row[0]: Speed(modality=row[0], count=row[1], p50=row[2], p95=row[3]) for row in rows}
        return [speeds[modality] for modality in Modality if modality in speeds]

    def funnel(self, wanted: Filter) -> list[Step]:
        """What became of the stages of the newest requests; a stage that nobody began is absent."""
        r = RUNS.c
        done = case((r.status.in_([StageStatus.COMPLETED, StageStatus.CACHED]), 1), else_=0)
        failed = case((r.status == StageStatus.FAILED, 1), else_=0)
        with self._engine.connect() as connection:
            here = near(wanted, self._horizon(connection, wanted))
            newest = gathered(here, (_C.id, _C.created_at), limit=FOLLOWED).subquery()
            of = select(r.stage, func.max(done).label("done"), func.max(failed).label("failed")).join_from(
                newest, RUNS, r.request_id == newest.c.id).where(r.status != StageStatus.SKIPPED)
            c = of.group_by(r.request_id, r.stage).subquery().c
            rows = connection.execute(select(c.stage, func.count(), func.sum(c.done), func.sum(c.failed)).group_by(c.stage)).all()
        steps = {row[0]: Step(stage=row[0], begun=row[1], done=row[2], failed=row[3]) for row in rows}
        return [steps[stage] for stage in Stage if stage in steps]

    def ids(self, wanted: Filter, *, statuses: tuple[Status, ...], limit: int, anew: bool = False) -> list[tuple[str, Modality]]:
        """Up to `limit` requests of the filter that have one of these statuses, oldest first, with their furthest form.

        With `anew` only those that nobody has run again yet.
        """
        meant = wanted.narrowed(statuses)
        if meant is None:
            return []
        of = REQUESTS.alias().c.rerun_of  # as a list: request by request, SQLite's planner reads the whole table each time
        also = [_C.id.not_in(select(of).where(of.is_not(None)))] if anew else []
        with self._engine.connect() as connection:
            here = near(meant, self._horizon(connection, wanted) if slow(wanted) else None)
            columns = (_C.id, furthest().label("modality"), _C.created_at)
            rows = connection.execute(gathered(here, columns, also=also, limit=limit, oldest=True)).all()
        return [(row[0], Modality(row[1])) for row in rows]

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

    def _horizon(self, connection: Connection, wanted: Filter) -> datetime | None:
        """How far back a figure looks; None for all of the filter."""
        horizon: datetime | None = connection.scalar(reach(wanted, limit=most(wanted)))
        return horizon

    def _seconds(self) -> ColumnElement[Any]:
        if self._engine.dialect.name == "postgresql":
            return extract("epoch", _C.finished_at - _C.created_at)
        return (func.julianday(_C.finished_at) - func.julianday(_C.created_at)) * 86400.0


def _ranked(sample: Subquery) -> Select[Any]:
    """Of each modality of the sample: how many, and the seconds at the two ranks."""
    r = select(
        sample.c.modality, sample.c.seconds,
        func.row_number().over(partition_by=sample.c.modality, order_by=sample.c.seconds).label("place"),
        func.count().over(partition_by=sample.c.modality).label("of")).subquery().c
    at = [func.min(case((r.place >= r.of * share, r.seconds))) for share in (0.5, 0.95)]
    return select(r.modality, r.of, *at).group_by(r.modality, r.of)


def _key(row: Any) -> Key:
    return Key(created_at=row.created_at, request_id=row.id)
