"""What single requests used: what is kept beside each counted one and what no roll-up holds yet, in one statement."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    CompoundSelect,
    Connection,
    Date,
    Select,
    String,
    cast,
    null,
    select,
    true,
    type_coerce,
    union_all,
)

from pipeline.domain import Unit
from pipeline.ledger import raw
from pipeline.ledger.cells import Used
from pipeline.ledger.pricing import Till
from pipeline.ledger.raw import COUNTED, KEPT_APART, USAGE_KINDS
from pipeline.prices import EXACT

DIGITS = 72
"""Decimals of a unit price as a whole number: a price has 40 digits at most, and begins before the thirtieth."""


Prices = Callable[[str, str], int | None]
"""Kind and day -> the price of a millionth of its unit, as a whole number."""


class KindOfUsage(NamedTuple):
    """All that is told apart of usage besides day, organisation and topic."""

    modality: str
    stage: str
    family: str
    provider: str
    model: str
    unit: str
    tier: str
    band: int


class Each(NamedTuple):
    """Requests with what they used."""

    rows: Sequence[Any]
    """With what was selected of them, in any order."""
    used: Mapping[str, Used]
    """By request; one that used nothing is absent."""
    kinds: Mapping[str, KindOfUsage]
    """By the number that `used` has."""


def each(connection: Connection, requests: "Select[*tuple[Any, ...]]") -> Each:
    """The requests of a selection that has their `id`, with their usage up to this moment."""
    rows, used, fresh = dict[str, Any](), dict[str, Used](), list[Any]()
    for row in connection.execute(_each(requests.cte("asked"), connection.dialect.name)):
        if row.unit is not None:
            fresh.append(row)
            continue
        rows[row.id] = row
        if row.used is not None:
            used[row.id] = json.loads(row.used)
    kinds = {str(row.kind_id): KindOfUsage(*(getattr(row, name) for name in KEPT_APART))
             for row in connection.execute(select(USAGE_KINDS))}  # after the statement: kinds are only added
    _join(used, fresh, kinds)
    return Each(list(rows.values()), used, kinds)


def whole_prices(till: Till, kinds: Mapping[str, KindOfUsage]) -> Prices:
    """Prices as whole numbers: exact, and quicker than Decimal where there are tens of thousands."""
    @cache
    def price(number: str, day: str) -> int | None:
        kind = kinds[number]
        usd = till.price(kind.provider, kind.model, Unit(kind.unit), date.fromisoformat(day), tier=kind.tier, band=kind.band)
        with localcontext(EXACT):
            return None if usd is None else int(usd.scaleb(DIGITS))
    return price


def in_usd(whole: int) -> Decimal:
    """A sum of millionths times whole prices as money."""
    with localcontext(EXACT):
        return Decimal(whole).scaleb(-6 - DIGITS)


def _each(asked: CTE, dialect: str) -> "CompoundSelect[*tuple[Any, ...]]":
    names = ("day", *KEPT_APART, "millionths")
    nothing = [(type_coerce(null(), Date) if name == "day" else null()).label(name) for name in names]
    one = select(cast(COUNTED.c.used, String)).where(COUNTED.c.request_id == asked.c.id).correlate(asked).scalar_subquery()
    kept = select(*asked.c, one.label("used"), *nothing)  # one by one: PostgreSQL would rather read all that were ever counted
    live = raw.unfolded(dialect).subquery().c
    unknown = [null().label(column.name) for column in asked.c if column.name != "id"]
    now = select(live.request_id.label("id"), *unknown, null().label("used"), *(live[name] for name in names))
    is_asked = live.request_id.in_(select(asked.c.id)).is_(true())  # looked up, where a join would compare each with each
    return union_all(kept, now.where(is_asked))


def _join(used: dict[str, Used], fresh: Sequence[Any], kinds: dict[str, KindOfUsage]) -> None:
    """Add what no roll-up holds yet; a kind that has no number gets one of its own."""
    numbers = {kind: number for number, kind in kinds.items()}
    for row in fresh:
        kind = KindOfUsage(*(getattr(row, name) for name in KEPT_APART))
        number = numbers.setdefault(kind, f"new-{len(numbers)}")
        kinds[number] = kind
        into = used.setdefault(row.id, {}).setdefault(row.day.isoformat(), {})
        into[number] = into.get(number, 0) + int(row.millionths)
