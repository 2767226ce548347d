"""What a checklist rests on, by era: the kept lines of each kind, the lines of some groups, and what the record says."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select

from pipeline.database import Engine
from pipeline.deployments.eras import Eras
from pipeline.domain import Stage, StageStatus, Status
from pipeline.tables import (
    ErrorGroupRow,
    ErrorKeyRow,
    ErrorOccurrenceRow,
    LogNoteRow,
    LogWriterRow,
    RequestRow,
    StageRunRow,
)

N, W, E = LogNoteRow.__table__.c, LogWriterRow.__table__.c, ErrorOccurrenceRow.__table__.c
K, G = ErrorKeyRow.__table__.c, ErrorGroupRow.__table__.c
R, S = RequestRow.__table__.c, StageRunRow.__table__.c
SHOWN = 10
LOOKED_AT = 2_000
TEXT_ONLY = '["text"]'


class Line(NamedTuple):
    """A line of the log."""

    line_id: str
    text: str


class Recorded(NamedTuple):
    """What the record of requests holds of a span of time."""

    started: int
    completed: int
    texts: int
    """Text-only requests that were completed."""
    filmed: tuple[str, ...]
    """Text-only requests with a finished video."""


def notes(connection: Connection, eras: Eras, era: int, kinds: Collection[str]) -> list[Line]:
    """The first kept lines of these kinds that count for the era."""
    since, until = span(eras, era)
    found = select(N.at, N.line_id, N.text, W.job, W.version).join_from(LogNoteRow.__table__, LogWriterRow.__table__,
                                                                        N.writer_id == W.writer_id)
    found = found.where(N.kind.in_(kinds), N.at >= since).order_by(N.at).limit(LOOKED_AT)
    if until is not None:
        found = found.where(N.at < until)
    return list(_of_era(connection, found, eras, era))


def strikes(connection: Connection, eras: Eras, era: int, fingerprints: Collection[str]) -> list[Line]:
    """The first lines of these groups that count for the era."""
    since, until = span(eras, era)
    tables = (ErrorOccurrenceRow.__table__.join(ErrorKeyRow.__table__, K.key_id == E.key_id)
              .join(ErrorGroupRow.__table__, G.group_id == K.group_id).join(LogWriterRow.__table__, W.writer_id == E.writer_id))
    found = select(E.at, E.line_id, E.message.label("text"), W.job, W.version).select_from(tables)
    found = found.where(G.fingerprint.in_(fingerprints), E.at >= since).order_by(E.at).limit(LOOKED_AT)
    if until is not None:
        found = found.where(E.at < until)
    return list(_of_era(connection, found, eras, era))


def recorded(engine: Engine, eras: Eras, era: int) -> Recorded:
    """What the record of requests holds of the time of this era."""
    since, until = (None if at is None else datetime.fromtimestamp(at, UTC) for at in span(eras, era))
    during = [R.started_at >= since, *([R.started_at < until] if until is not None else [])]
    texts = or_(R.requested_modalities == ["text"])
    with engine.connect() as connection:
        started = connection.scalar(select(func.count()).where(*during)) or 0
        completed = connection.scalar(select(func.count()).where(*during, R.status == Status.COMPLETED)) or 0
        asked = connection.scalar(select(func.count()).where(*during, R.status == Status.COMPLETED, texts)) or 0
        filmed = connection.scalars(
            select(R.id).join(StageRunRow.__table__, S.request_id == R.id)
            .where(*during, texts, S.stage == Stage.VIDEO, S.status == StageStatus.COMPLETED).distinct().limit(SHOWN)).all()
    return Recorded(int(started), int(completed), int(asked), tuple(str(name) for name in filmed))


def span(eras: Eras, era: int) -> tuple[float, float | None]:
    """When it began, and when the next one did."""
    return eras.starts[era - 1], eras.starts[era] if era < len(eras.starts) else None


def _of_era(connection: Connection, found: Any, eras: Eras, era: int) -> Iterator[Line]:
    given = 0
    for row in connection.execute(found):
        if given < SHOWN and eras.of(float(row.at), row.job, row.version) == era:
            given += 1
            yield Line(str(row.line_id), str(row.text))
