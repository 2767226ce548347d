"""Whether the books balance: the record's rows, added up one by one, against every roll-up with its live tail."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, FromClause, Select, String, cast, func, literal, select, union_all

from pipeline.ledger import raw
from pipeline.ledger.raw import MILLION, USAGE, USAGE_CELLS, millionths
from pipeline.ledger.reading import quantity
from pipeline.ledger.words import ZERO, Imbalance
from pipeline.tables import Cube

Sums = dict[tuple[str, str, str], Decimal]


def imbalances(engine: Engine) -> list[Imbalance]:
    """The quantities that differ. One transaction would not see more: each sum is asked for in the same statement."""
    rows = select(USAGE.c.provider, USAGE.c.model, cast(USAGE.c.unit, String).label("unit"), millionths().label("millionths"))
    parts: list[Any] = [_summed("record", rows.subquery())]
    live = raw.unfolded(engine.dialect.name).subquery()
    for cube in Cube:
        held = select(USAGE_CELLS).where(USAGE_CELLS.c.cube == cube).subquery()
        names = ("provider", "model", "unit", "millionths")
        both = union_all(*(select(*(part.c[name] for name in names)) for part in (held, live)))
        parts.append(_summed(cube.value, both.subquery()))
    sums: dict[str, Sums] = {}
    with engine.connect() as connection:
        for row in connection.execute(union_all(*parts)):
            sums.setdefault(row.where, {})[row.provider, row.model, row.unit] = quantity(row.whole, row.rest)
    record = sums.pop("record", {})
    return [found for cube in Cube for found in _differences(cube.value, record, sums.get(cube.value, {}))]


def _summed(where: str, rows: FromClause) -> Select[Any]:
    c = rows.c
    return select(literal(where).label("where"), c.provider, c.model, c.unit, func.sum(c.millionths // MILLION).label("whole"),
                  func.sum(c.millionths % MILLION).label("rest")).group_by(c.provider, c.model, c.unit)


def _differences(where: str, record: Sums, counted: Sums) -> list[Imbalance]:
    return [
        Imbalance(where=where, provider=key[0], model=key[1], unit=key[2], raw=record.get(key, ZERO),
                  counted=counted.get(key, ZERO))
        for key in sorted({*record, *counted}) if record.get(key, ZERO) != counted.get(key, ZERO)]
