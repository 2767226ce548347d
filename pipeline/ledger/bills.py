"""From a sum to its requests: what each of them used of it, the dearest first.

Requests are looked at one by one, so only the newest of the time are; a sum of many is the roll-ups' to tell.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, Select, func, select, union_all

from pipeline.domain import Modality, Status
from pipeline.ledger.each import Each, KindOfUsage, Prices, each, in_usd, whole_prices
from pipeline.ledger.pricing import Till
from pipeline.ledger.raw import COUNTED, REQUESTS, UNCOUNTED
from pipeline.ledger.spans import Window
from pipeline.ledger.words import Where
from pipeline.prices import Book
from pipeline.tracking import NONE, WORK_ENDS, furthest, home
from pipeline.visuals import Value

LOOKED_AT = 2_000
SHOWN = 50


class Bill(Value):
    """What one request used of the sum, in USD; `whole` is False where some of it has no price."""

    request_id: str
    student_query: str
    status: Status
    modality: Modality
    created_at: datetime
    listed: Decimal
    whole: bool


class Bills(Value):
    """The dearest requests of a sum."""

    rows: tuple[Bill, ...]
    requests: int
    """How many requests have a part in it, of those that were looked at."""
    capped: bool
    """Whether there are more requests in the time than were looked at."""


def bills(engine: Engine, span: Window, where: Where, book: Book) -> Bills:
    """The dearest requests with usage in the window, of the newest that were asked for from a day before it on."""
    with engine.connect() as connection:
        found = each(connection, _newest(span, where))
        usd, unpriced = _sums(found, span, where, whole_prices(Till(book), found.kinds))
        dearest = sorted(usd, key=lambda one: (usd[one], one), reverse=True)[:SHOWN]
        asked = {row.id: row for row in connection.execute(_asked(dearest))}
    rows = tuple(_bill(asked[one], in_usd(usd[one]), one not in unpriced) for one in dearest)
    return Bills(rows=rows, requests=len(usd), capped=len(found.rows) >= LOOKED_AT)


def _sums(found: Each, span: Window, where: Where, price: Prices) -> tuple[dict[str, int], set[str]]:
    """What each request used of it, in whole prices, and those of which something has no price."""
    meant = {number for number, kind in found.kinds.items() if _is_meant(kind, where)}
    days = {day for used in found.used.values() for day in used if span.holds(date.fromisoformat(day))}
    usd: dict[str, int] = {}
    unpriced = set()
    for one, used in found.used.items():
        for day in days & used.keys():
            for number in meant & used[day].keys():
                cost = price(number, day)
                usd[one] = usd.get(one, 0) + (cost or 0) * used[day][number]
                unpriced |= {one} if cost is None and used[day][number] else set()
    return usd, unpriced


def _is_meant(kind: KindOfUsage, where: Where) -> bool:
    wanted = (where.stage, kind.stage), (where.family, kind.family), (where.model, kind.model)
    return all(wish is None or wish == one for wish, one in wanted)


def _newest(span: Window, where: Where) -> Select[Any]:
    c = REQUESTS.c
    held = [c.created_at >= datetime.combine(span.since, time(), UTC) - WORK_ENDS] if span.since else []
    held += [c.created_at < datetime.combine(span.until, time(), UTC)] if span.until else []
    held += [furthest() == where.modality] if where.modality else []
    held += [func.coalesce(c.topic_id, NONE) == where.topic] if where.topic else []
    held += [c.id.in_(_of_organisation(span, where.organisation))] if where.organisation else []
    return select(c.id).where(*held).order_by(c.created_at.desc(), c.id.desc()).limit(LOOKED_AT)


def _of_organisation(span: Window, organisation: str) -> Any:
    """The requests that were counted for it last, and those of it that are not counted yet."""
    c = COUNTED.c
    held = [c.day >= span.since - WORK_ENDS] if span.since else []
    held += [c.day < span.until + WORK_ENDS] if span.until else []
    counted = select(c.request_id).where(c.organization_id == organisation, *held).order_by(c.day.desc()).limit(LOOKED_AT)
    waiting = select(REQUESTS.c.id).where(UNCOUNTED, home() == organisation)
    return union_all(select(counted.subquery().c.request_id), waiting)


def _asked(ids: Sequence[str]) -> Select[Any]:
    c = REQUESTS.c
    return select(c.id, c.student_query, c.status, c.created_at, furthest().label("modality")).where(c.id.in_(ids))


def _bill(row: Any, usd: Decimal, whole: bool) -> Bill:
    return Bill(request_id=row.id, student_query=row.student_query, status=row.status, modality=row.modality,
                created_at=row.created_at, listed=usd, whole=whole)
