"""Rows of splits: which are open, which arm a request got, and their end."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.organisation import Actor, note
from pipeline.prompts import Arm, Shares, assign
from pipeline.registry.values import Split
from pipeline.tables import ExposureRow, RequestRow, SplitRow


def open_splits(session: Session) -> Sequence[SplitRow]:
    """Those that still tell students apart."""
    return session.scalars(select(SplitRow).where(SplitRow.ended_at.is_(None)).order_by(SplitRow.split_id)).all()


def end(session: Session, actor: Actor, row: SplitRow, *, why: str, at: datetime) -> None:
    """From now on everybody gets production."""
    row.ended_at, row.ended_by, row.ended_why = at, actor.name[:254], why[:500]
    note(session, actor, "prompt.split_ended", "prompt_split", str(row.split_id), None, {"why": row.ended_why}, at=at)


def end_those_of(session: Session, actor: Actor, name: str, *, at: datetime) -> None:
    """The end of every open split of this prompt, whose production version has moved."""
    for row in open_splits(session):
        if name in shares_of(row).arms[0].prompts:
            end(session, actor, row, why=f"The production version of {name} was moved.", at=at)


def given(session: Session, request_id: str) -> list[Arm]:
    """The arms that the request was given before, in an earlier attempt at it."""
    rows = session.execute(
        select(SplitRow, ExposureRow.arm).join(ExposureRow, ExposureRow.split_id == SplitRow.split_id)
        .where(ExposureRow.request_id == request_id))
    return [next(arm for arm in shares_of(row).arms if arm.name == name) for row, name in rows]


def give(session: Session, request_id: str, student_id: str, *, at: datetime) -> list[Arm]:
    """The arms of the open splits for this student, recorded as what the request was given."""
    arms = []
    for row in open_splits(session):
        arm = assign(shares_of(row), student_id)
        session.add(ExposureRow(request_id=request_id, split_id=row.split_id, arm=arm.name, student_id=student_id, at=at))
        arms.append(arm)
    return arms


def is_recorded(session: Session, request_id: str) -> bool:
    """Whether the record knows the request: only then does it take part in splits."""
    return session.scalar(select(RequestRow.id).where(RequestRow.id == request_id)) is not None


def shares_of(row: SplitRow) -> Shares:
    """The arms."""
    return Shares.model_validate(row.shares)


def split_of(row: SplitRow) -> Split:
    """The row as a value."""
    return Split(
        split_id=row.split_id, shares=shares_of(row), why=row.why, started_by=row.started_by, started_at=row.started_at,
        ends_at=row.ends_at, ended_at=row.ended_at, ended_by=row.ended_by, ended_why=row.ended_why)
