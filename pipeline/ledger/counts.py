"""Reading how many requests were decided: the roll-ups and what is not in them yet, in one statement; and how far they are."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Engine, Subquery, func, select, union_all

from pipeline.domain import Modality, Status
from pipeline.ledger import raw
from pipeline.ledger.raw import COMPARED, COUNTED, REQUEST_CELLS, REQUESTS, UNCOUNTED, UNFOLDED, USAGE, USAGE_CELLS
from pipeline.ledger.spans import Window, slices
from pipeline.ledger.words import Counts, Where
from pipeline.tables import Cube, Span
from pipeline.tracking import day_of


def request_sums(cube: Cube, window: Window, dialect: str, *, daily: bool = False) -> Subquery:
    """Cells of requests decided in the window, up to this moment: add up what stands beside the same key.

    The days are first days of months, unless `daily`.
    """
    c = REQUEST_CELLS.c
    names = [column.name for column in c if column.name not in ("span", "cube")]
    now = raw.facts(dialect).where(UNCOUNTED).subquery()
    before = REQUESTS.join(COUNTED, COUNTED.c.request_id == REQUESTS.c.id.concat(""))  # in this direction, as in raw
    gone = select(COUNTED).select_from(before).where(UNCOUNTED).subquery()
    live = [raw.requests(rows, cube, sign).where(*window.of(rows.c.day)) for rows, sign in ((now, 1), (gone, -1))]
    held = [select(*(c[name] for name in names)).where(c.cube == cube, *part.of(c))
            for part in slices(window, None if daily else [])]
    return union_all(*held, *live).subquery()


def counts(engine: Engine, cube: Cube, window: Window, where: Where, *, cached: bool) -> Counts:
    """How many were decided, by form, organisation or topic; with `cached`, only those that were answered from the shelf."""
    c = request_sums(cube, window, engine.dialect.name).c
    member = where.organisation or where.topic
    held = [*([c.member == member] if member else []), *([c.modality == where.modality] if where.modality else []),
            *([c.origin == "cached"] if cached else [])]
    counted = select(c.modality, c.status, c.origin, func.sum(c.requests)).where(*held)
    with engine.connect() as connection:
        rows = connection.execute(counted.group_by(c.modality, c.status, c.origin)).tuples().all()
    return _counts([(modality, status, origin, int(number)) for modality, status, origin, number in rows if number])


def behind(connection: Connection, more_than: int) -> bool:
    """Whether more decided requests than this are not counted yet."""
    waits = select(REQUESTS.c.id).where(UNCOUNTED, REQUESTS.c.status.not_in(raw.UNDECIDED)).offset(more_than).limit(1)
    return connection.scalar(waits) is not None


def first_day(connection: Connection) -> date | None:
    """The first day with usage."""
    folded = select(func.min(USAGE_CELLS.c.day)).where(
        USAGE_CELLS.c.span == Span.DAY, USAGE_CELLS.c.cube == Cube.EVERYTHING)
    at = day_of(func.min(USAGE.c.recorded_at), connection.dialect.name)
    days = [connection.scalar(folded), connection.scalar(select(at).where(UNFOLDED))]
    return min((day for day in days if day is not None), default=None)


def _counts(rows: Sequence[tuple[str, str, str, int]]) -> Counts:
    by_status: dict[str, int] = {}
    completed: dict[Modality, int] = {}
    compared: dict[Modality, int] = {}
    cached = 0
    for modality, status, origin, number in rows:
        by_status[status] = by_status.get(status, 0) + number
        if status == Status.COMPLETED:
            completed[Modality(modality)] = completed.get(Modality(modality), 0) + number
            cached += number if origin == "cached" else 0
            if origin == COMPARED:
                compared[Modality(modality)] = compared.get(Modality(modality), 0) + number
    return Counts(decided=sum(by_status.values()), completed=sum(completed.values()), by_status=by_status,
                  completed_by_modality=completed, cached=cached, compared=compared)
