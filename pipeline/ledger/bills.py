"""From a sum to its requests: what each of them used of it, the dearest first.

Requests are looked at one by one, so only the newest of the time are; a sum of many is the roll-ups' to tell.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal, localcontext
from typing import Any

from sqlalchemy import Date, Engine, Select, func, select, type_coerce

from pipeline.domain import Modality, Status, Unit
from pipeline.ledger.pricing import Till, price_cuts
from pipeline.ledger.raw import COUNTED, REQUESTS, RUNS, USAGE, band_of, day_of, home, millionths
from pipeline.ledger.reading import Window, period
from pipeline.ledger.words import NONE, ZERO, Where
from pipeline.prices import EXACT, Book
from pipeline.tracking import furthest
from pipeline.visuals import Value

LOOKED_AT = 3_000
SHOWN = 50
BEFORE = timedelta(days=1)
"""Work begins when something is asked, and hardly ever ends later than a day after."""


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
    till, newest = Till(book), _newest(span, where)
    usd: dict[str, Decimal] = {}
    unpriced: set[str] = set()
    with engine.connect() as connection, localcontext(EXACT):
        looked_at = connection.scalar(select(func.count()).select_from(newest.subquery())) or 0
        for row in connection.execute(_used(newest, span, where, book=book, dialect=engine.dialect.name)):
            used = Decimal(int(row.millionths)).scaleb(-6)
            price = till.price(row.provider, row.model, Unit(row.unit), row.first, tier=row.tier, band=row.band)
            usd[row.id] = usd.get(row.id, ZERO) + (price or ZERO) * used
            unpriced |= {row.id} if price is None and used else set()
        dearest = sorted(usd, key=lambda one: (usd[one], one), reverse=True)[:SHOWN]
        asked = {row.id: row for row in connection.execute(_asked(dearest))}
    rows = tuple(_bill(asked[one], usd[one], one not in unpriced) for one in dearest)
    return Bills(rows=rows, requests=len(usd), capped=looked_at >= LOOKED_AT)


def _newest(span: Window, where: Where) -> Select[Any]:
    c = REQUESTS.c
    held = [c.created_at >= datetime.combine(span.since, time(), UTC) - BEFORE] if span.since else []
    held += [c.created_at < datetime.combine(span.until, time(), UTC)] if span.until else []
    held += [furthest() == where.modality] if where.modality else []
    held += [func.coalesce(c.topic_id, NONE) == where.topic] if where.topic else []
    found = select(c.id).where(*held)
    if where.organisation:
        counted = found.outerjoin(COUNTED, COUNTED.c.request_id == c.id)
        found = counted.where(func.coalesce(COUNTED.c.organization_id, home()) == where.organisation)
    return found.order_by(c.created_at.desc(), c.id.desc()).limit(LOOKED_AT)


def _used(newest: Select[Any], span: Window, where: Where, *, book: Book, dialect: str) -> Select[Any]:
    r, day = newest.subquery().c, day_of(USAGE.c.recorded_at, dialect)
    held = [*([RUNS.c.stage == where.stage] if where.stage else []), *([RUNS.c.family == where.family] if where.family else []),
            *([USAGE.c.model == where.model] if where.model else []), *span.of(day)]
    keys = [r.id, USAGE.c.provider, USAGE.c.model, USAGE.c.unit, USAGE.c.tier, band_of().label("band")]
    found = select(*keys, type_coerce(func.min(day), Date).label("first"), func.sum(millionths()).label("millionths"))
    found = found.select_from(r.id.table.join(RUNS, RUNS.c.request_id == r.id).join(USAGE, USAGE.c.stage_run_id == RUNS.c.id))
    return found.where(*held).group_by(*keys, *period(day, price_cuts(book)))


def _asked(ids: Sequence[str]) -> Select[Any]:
    c = REQUESTS.c
    return select(c.id, c.student_query, c.status, c.created_at, furthest().label("modality")).where(c.id.in_(ids))


def _bill(row: Any, usd: Decimal, whole: bool) -> Bill:
    return Bill(request_id=row.id, student_query=row.student_query, status=row.status, modality=row.modality,
                created_at=row.created_at, listed=usd, whole=whole)
