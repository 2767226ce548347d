"""Runs of runbooks: who ticked which step and when. A run that ended, finished or abandoned, is kept and changes no more."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.errors import BadRequest
from pipeline.organisation import Actor, Permission, changing, note, require, utc_now
from pipeline.plain import one_line
from pipeline.runbooks.words import Run, Runbook, RunState, Tick
from pipeline.tables import RunbookRunRow, RunbookTickRow

WHY_CHARACTERS, FINGERPRINT_CHARACTERS = 500, 64
SHOWN = 50


class Runs:
    """The runs of one database."""

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def start(self, actor: Actor, runbook: Runbook, *, fingerprint: str = "") -> Run:
        """Begin one. Where one of this runbook is open for the same group, that one goes on."""
        require(actor, Permission.INCIDENTS)
        about = one_line("fingerprint", fingerprint, 0, FINGERPRINT_CHARACTERS)
        with told_plainly(), changing(self._engine) as session:
            row = session.scalar(_open().where(
                RunbookRunRow.runbook == runbook.name, RunbookRunRow.fingerprint == about,
                RunbookRunRow.version == runbook.version))
            if row is None:
                row = RunbookRunRow(
                    runbook=runbook.name, version=runbook.version, steps=len(runbook.steps), fingerprint=about,
                    started_by=actor.name, started_at=self._clock(), ended_by="", why="")
                session.add(row)
                session.flush()
                self._note(session, actor, "started", row)
            return _view(row)

    def tick(self, actor: Actor, run_id: int, step: int) -> Run:
        """The step is done; a second tick changes nothing."""
        with told_plainly(), self._changing(actor, run_id, step) as (session, row):
            if step not in {tick.step for tick in row.ticks}:
                row.ticks.append(RunbookTickRow(step=step, by=actor.name, at=self._clock()))
                session.flush()
                session.refresh(row)
                self._note(session, actor, "ticked", row, step=step)
            return _view(row)

    def untick(self, actor: Actor, run_id: int, step: int) -> Run:
        """It is not done after all."""
        with told_plainly(), self._changing(actor, run_id, step) as (session, row):
            for tick in [tick for tick in row.ticks if tick.step == step]:
                row.ticks.remove(tick)
                self._note(session, actor, "unticked", row, step=step)
            return _view(row)

    def finish(self, actor: Actor, run_id: int, *, why: str = "") -> Run:
        """It is done. Raises `BadRequest` when steps are left and no reason is given."""
        with told_plainly(), self._changing(actor, run_id) as (session, row):
            left = row.steps - len(row.ticks)
            row.why = one_line("why", why, 1 if left else 0, WHY_CHARACTERS)
            row.finished_at, row.ended_by = self._clock(), actor.name
            self._note(session, actor, "finished", row, steps_left=left)
            return _view(row)

    def abandon(self, actor: Actor, run_id: int, *, why: str) -> Run:
        """It is not gone on with."""
        with told_plainly(), self._changing(actor, run_id) as (session, row):
            row.why = one_line("why", why, 1, WHY_CHARACTERS)
            row.abandoned_at, row.ended_by = self._clock(), actor.name
            self._note(session, actor, "abandoned", row, why=row.why)
            return _view(row)

    def run(self, run_id: int) -> Run:
        """One run. Raises `BadRequest`."""
        with told_plainly(), Session(self._engine) as session:
            return _view(_row(session, run_id))

    def all(self, *, runbook: str = "", fingerprint: str = "", limit: int = SHOWN) -> list[Run]:
        """Runs, the newest first; of one runbook, or for one group."""
        wanted = select(RunbookRunRow).order_by(RunbookRunRow.started_at.desc(), RunbookRunRow.run_id.desc())
        if runbook:
            wanted = wanted.where(RunbookRunRow.runbook == runbook)
        if fingerprint:
            wanted = wanted.where(RunbookRunRow.fingerprint == fingerprint)
        with told_plainly(), Session(self._engine) as session:
            return [_view(row) for row in session.scalars(wanted.limit(limit))]

    @contextmanager
    def _changing(self, actor: Actor, run_id: int, step: int | None = None) -> Iterator[tuple[Session, RunbookRunRow]]:
        """An open run, and nobody else at it. Raises `BadRequest`, and `NotAllowed`."""
        require(actor, Permission.INCIDENTS)
        with changing(self._engine) as session:
            row = _row(session, run_id)
            if _state(row) is not RunState.OPEN:
                raise BadRequest("run", f"run {run_id} is {_state(row)}: start a new one.")
            if step is not None and not 1 <= step <= row.steps:
                raise BadRequest("step", f"must be 1 to {row.steps}.")
            yield session, row

    def _note(self, session: Session, actor: Actor, what: str, row: RunbookRunRow, **facts: object) -> None:
        after = {"runbook": row.runbook, "fingerprint": row.fingerprint, **facts}
        note(session, actor, f"runbook.{what}", "runbook_run", str(row.run_id), None, after, at=self._clock())


def _open() -> Select[RunbookRunRow]:
    return select(RunbookRunRow).where(RunbookRunRow.finished_at.is_(None), RunbookRunRow.abandoned_at.is_(None)).limit(1)


def _row(session: Session, run_id: int) -> RunbookRunRow:
    row = session.get(RunbookRunRow, run_id)
    if row is None:
        raise BadRequest("run", f"there is none with the number {run_id}.")
    return row


def _state(row: RunbookRunRow) -> RunState:
    if row.finished_at is not None:
        return RunState.FINISHED
    return RunState.OPEN if row.abandoned_at is None else RunState.ABANDONED


def _view(row: RunbookRunRow) -> Run:
    return Run(
        run_id=row.run_id, runbook=row.runbook, version=row.version, steps=row.steps, fingerprint=row.fingerprint,
        state=_state(row), started_by=row.started_by, started_at=row.started_at, ended_by=row.ended_by,
        ended_at=row.finished_at or row.abandoned_at, why=row.why,
        ticks=tuple(Tick(step=tick.step, by=tick.by, at=tick.at) for tick in sorted(row.ticks, key=lambda tick: tick.step)))
