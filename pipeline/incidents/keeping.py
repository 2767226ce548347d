"""How long things are kept. Sums stay: of minutes for a week, of hours for ever; single lines for ninety days.

What is pruned changes no count: an occurrence that is gone is still in its cell, its key and its source.
"""

from typing import Any, NamedTuple

from sqlalchemy import Engine, delete, func, select, update

from pipeline.incidents.bulk import put
from pipeline.incidents.folded import MINUTE
from pipeline.incidents.storing import CELLS, NOTES, OCCURRENCES, REQUESTS, SEEN, SOURCES, STATE, TRACES, alone

DAY = 86_400.0
LINES_DAYS, SEEN_DAYS, MINUTES_DAYS = 90, 30, 7
"""Days for which single lines and touched requests, the ids of lines (Cloud Logging tells nothing older again), and sums by
minute are kept."""
CELLS_AT_ONCE = 20_000


class Pruned(NamedTuple):
    """How much went."""

    lines: int
    ids: int
    cells: int
    """Sums by minute that became sums by hour."""


def prune_daily(engine: Engine, clock: float) -> None:
    """Once a day, measured from the newest line: who reads a log of last year wants to see its lines."""
    with engine.connect() as connection:
        pruned, newest = connection.scalar(select(STATE.c.pruned_at)), connection.scalar(select(func.max(SOURCES.c.last_line)))
    if newest is not None and (pruned is None or clock - pruned >= DAY):
        prune(engine, min(clock, newest), clock=clock)


def prune(engine: Engine, now: float, *, clock: float | None = None) -> Pruned:
    """Let go of what is too old."""
    with alone(engine) as (connection, _):
        connection.execute(update(STATE).values(pruned_at=now if clock is None else clock))
        before = now - LINES_DAYS * DAY
        connection.execute(delete(TRACES).where(TRACES.c.at < before))
        connection.execute(delete(REQUESTS).where(REQUESTS.c.last_seen < before))
        connection.execute(delete(NOTES).where(NOTES.c.at < before, NOTES.c.kind != "deployed"))
        lines = connection.execute(delete(OCCURRENCES).where(OCCURRENCES.c.at < before)).rowcount
        ids = connection.execute(delete(SEEN).where(SEEN.c.minute < int((now - SEEN_DAYS * DAY) // MINUTE))).rowcount
    cells = 0
    while (some := _to_hours(engine, int((now - MINUTES_DAYS * DAY) // 3600) * 60)) > 0:
        cells += some
    return Pruned(lines=lines, ids=ids, cells=cells)


def _to_hours(engine: Engine, before: int) -> int:
    c = CELLS.c
    with alone(engine) as (connection, _):
        rows = connection.execute(select(CELLS).where(c.minute < before, c.minute % 60 != 0).limit(CELLS_AT_ONCE)).all()
        for row in rows:
            connection.execute(delete(CELLS).where(*(c[name] == getattr(row, name) for name in _NAMES)))
        put(connection, CELLS, _by_hour(rows), sums=("count",))
        return len(rows)


def _by_hour(rows: Any) -> list[tuple[Any, ...]]:
    sums: dict[tuple[Any, ...], int] = {}
    for row in rows:
        of = (row.minute - row.minute % 60, row.key_id, row.writer_id, row.severity, row.stage)
        sums[of] = sums.get(of, 0) + row.count
    return [(*of, count) for of, count in sums.items()]


_NAMES = ("minute", "key_id", "writer_id", "severity", "stage")
