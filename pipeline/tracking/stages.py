"""How the stages of a run are written: many at once in one transaction, and only once when the answer was lost."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from pipeline.domain import Stage, StageRun, StageStatus
from pipeline.tables import EventKind
from pipeline.tracking.connected import EVENTS, RESULTS, RUNS, USAGE, now
from pipeline.visuals import Value


class Opened(Value):
    """A stage that began."""

    stage: Stage
    family: str
    model: str
    started_at: datetime


class Closed(Value):
    """A stage that ended, and what it came to, as `tracking.results` wrote it."""

    run: StageRun
    kept: Mapping[str, Any] | None = None


def write_stages(connection: Connection, request_id: str, closed: Sequence[Closed], opened: Opened | None) -> None:
    """Write these stages after those that are there already, with their usage, results and events."""
    there = connection.execute(
        select(RUNS.c.id, RUNS.c.stage, RUNS.c.status, RUNS.c.position, RUNS.c.started_at)
        .where(RUNS.c.request_id == request_id)).all()
    book = _Book(request_id, there)
    for end in closed:
        book.close(connection, end)
    if opened is not None:
        book.open(opened)
    book.write(connection)


class _Book:
    """What one transaction adds to the runs of a request."""

    def __init__(self, request_id: str, there: Sequence[Row[*tuple[Any, ...]]]) -> None:
        self._request_id = request_id
        self._there = there
        self._position = max((row.position for row in there), default=-1)
        self._met = [row.stage for row in there]
        self._fresh: list[tuple[dict[str, Any], StageRun | None]] = []
        self._usage: list[dict[str, Any]] = []
        self._results: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []

    def close(self, connection: Connection, end: Closed) -> None:
        """A stage ended: its open row is closed, or it gets one."""
        run = end.run
        if self._is_there(run):
            return
        values = {"status": run.status, "seconds": run.seconds, "error": run.error, "family": run.family, "model": run.model}
        if run.started_at is not None:
            values["started_at"] = run.started_at
        open_row = next((row for row in self._there if row.stage == run.stage and row.status == StageStatus.RUNNING), None)
        if open_row is not None:
            connection.execute(update(RUNS).where(RUNS.c.id == open_row.id).values(**values))
            self._usage += _usage(open_row.id, run)
        else:
            self._fresh.append((self._row(run.stage, {"started_at": None, **values}), run))
            if run.status not in (StageStatus.SKIPPED, StageStatus.CACHED):
                self._say(EventKind.STAGE_STARTED, run.started_at, stage=run.stage, model=run.model)
        if end.kept is not None:
            self._results.append({"request_id": self._request_id, "stage": run.stage, "value": dict(end.kept)})
        asked = {"prompts": run.prompts} if run.prompts else {}
        self._say(EventKind.STAGE_FINISHED, None, stage=run.stage, status=run.status, seconds=run.seconds, error=run.error,
                  **asked)

    def open(self, opened: Opened) -> None:
        """A stage begins."""
        self._fresh.append((self._row(opened.stage, {
            "status": StageStatus.RUNNING, "seconds": 0.0, "error": "", "family": opened.family, "model": opened.model,
            "started_at": opened.started_at}), None))
        self._say(EventKind.STAGE_STARTED, opened.started_at, stage=opened.stage, model=opened.model)

    def write(self, connection: Connection) -> None:
        """All of it."""
        if self._fresh:
            ids = connection.scalars(
                insert(RUNS).returning(RUNS.c.id, sort_by_parameter_order=True), [row for row, _ in self._fresh]).all()
            for run_id, (_, run) in zip(ids, self._fresh, strict=True):
                self._usage += _usage(run_id, run) if run else []
        for table, rows in ((USAGE, self._usage), (RESULTS, self._results), (EVENTS, self._events)):
            if rows:
                connection.execute(insert(table), rows)

    def _is_there(self, run: StageRun) -> bool:
        """Whether this end was written before: the database's answer got lost, or a skipped stage is skipped again."""
        idle = run.status in (StageStatus.SKIPPED, StageStatus.CACHED) and run.started_at is None
        return any(
            row.stage == run.stage and row.status == run.status and (idle or row.started_at == run.started_at is not None)
            for row in self._there)

    def _row(self, stage: Stage, values: dict[str, Any]) -> dict[str, Any]:
        self._position += 1
        self._met.append(stage)
        return {"request_id": self._request_id, "stage": stage, "position": self._position,
                "attempts": self._met.count(stage), **values}

    def _say(self, kind: EventKind, at: datetime | None, **data: Any) -> None:
        self._events.append({"request_id": self._request_id, "at": at or now(), "kind": kind, "data": data})


def _usage(run_id: int, run: StageRun) -> list[dict[str, Any]]:
    return [{"stage_run_id": run_id, "provider": u.provider, "model": u.model, "unit": u.unit, "quantity": u.quantity,
             "tier": u.tier, "size": u.size, "recorded_at": now()} for u in run.usage]
