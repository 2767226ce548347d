"""Whether the books balance: the record's rows, added up one by one, against every roll-up with its live tail."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Engine,
    Select,
    String,
    cast,
    column,
    func,
    literal,
    select,
    true,
    union_all,
)

from pipeline.ledger import raw
from pipeline.ledger.raw import COUNTED, MILLION, USAGE, USAGE_CELLS, USAGE_KINDS, millionths
from pipeline.ledger.reading import quantity
from pipeline.ledger.words import ZERO, Imbalance
from pipeline.tables import Cube, Span

Sums = dict[tuple[str, str, str], Decimal]


def imbalances(engine: Engine) -> list[Imbalance]:
    """The quantities that differ. One transaction would not see more: each sum is asked for in the same statement."""
    dialect = engine.dialect.name
    record = select(USAGE.c.provider, USAGE.c.model, cast(USAGE.c.unit, String).label("unit"), *_parted(millionths()))
    parts: list[Any] = [_summed("record", record)]
    live = raw.unfolded(dialect).subquery().c
    tail = select(live.provider, live.model, live.unit, *_parted(live.millionths))
    for name, held in _held(dialect).items():
        parts.append(_summed(name, held, tail))
    sums: dict[str, Sums] = {}
    with engine.connect() as connection:
        for row in connection.execute(union_all(*parts)):
            sums.setdefault(row.where, {})[row.provider, row.model, row.unit] = quantity(row.whole, row.rest)
    counted = sums.pop("record", {})
    return [found for name in _held(dialect) for found in _differences(name, counted, sums.get(name, {}))]


def _held(dialect: str) -> dict[str, Select[Any]]:
    """What is kept besides the record: the cells of each cube and span, and what is kept beside each request."""
    cells, kinds = USAGE_CELLS.c, USAGE_KINDS.c
    kind = kinds.provider, kinds.model, kinds.unit
    rows = USAGE_CELLS.join(USAGE_KINDS, kinds.kind_id == cells.kind_id)
    of_cells = select(*kind, cells.whole.label("whole"), cells.millionths.label("rest")).select_from(rows)
    held = {f"{cube} in {span}s": of_cells.where(cells.cube == cube, cells.span == span) for cube in Cube for span in Span}
    return {**held, "requests": _of_requests(kind)}


def _of_requests(kind: Sequence[ColumnElement[Any]]) -> Select[Any]:
    day = func.json_each(COUNTED.c.used).table_valued("key", column("value", JSON), name="of_day")
    one = func.json_each(day.c.value).table_valued("key", column("value", JSON), name="of_kind")
    used = cast(cast(one.c.value, String), BigInteger)
    rows = select(*kind, *_parted(used)).select_from(COUNTED).join(day, true()).join(one, true())
    return rows.join(USAGE_KINDS, cast(USAGE_KINDS.c.kind_id, String) == one.c.key)


def _parted(used: ColumnElement[int]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return (used // MILLION).label("whole"), (used % MILLION).label("rest")


def _summed(where: str, *parts: Select[Any]) -> Select[Any]:
    c = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery().c
    return select(literal(where).label("where"), c.provider, c.model, c.unit, func.sum(c.whole).label("whole"),
                  func.sum(c.rest).label("rest")).group_by(c.provider, c.model, c.unit)


def _differences(where: str, record: Sums, counted: Sums) -> list[Imbalance]:
    return [
        Imbalance(where=where, provider=key[0], model=key[1], unit=key[2], raw=record.get(key, ZERO),
                  counted=counted.get(key, ZERO))
        for key in sorted({*record, *counted}) if record.get(key, ZERO) != counted.get(key, ZERO)]
