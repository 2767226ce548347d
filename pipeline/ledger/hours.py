"""What was decided in a part of a day: what that cost, and what it did without. For a day until the same time as another.

The roll-ups know whole days only, so requests are looked at one by one, by the index on their end: ask for an hour at a time.
"""

from datetime import datetime, time
from decimal import Decimal, localcontext
from typing import Any

from sqlalchemy import ColumnElement, Date, Engine, Select, exists, func, select, type_coerce, union_all

from pipeline.domain import Unit
from pipeline.ledger.prediction import Skipped
from pipeline.ledger.pricing import Till
from pipeline.ledger.raw import COUNTED, REQUESTS, RUNS, USAGE, band_of, facts, millionths
from pipeline.ledger.skips import MADE, stages_of
from pipeline.ledger.words import ZERO
from pipeline.prices import EXACT, Book
from pipeline.report import SAVING
from pipeline.tables import QueueName
from pipeline.tracking import day_of
from pipeline.visuals import Value


class Decided(Value):
    """Requests that were decided in a part of a day."""

    listed: Decimal
    """What they used on that day, at the book's prices in USD."""
    whole: bool
    """False where some of it has no price."""
    skipped: tuple[Skipped, ...]


def decided(engine: Engine, since: datetime, until: datetime, book: Book) -> Decided:
    """What was decided from `since` on and before `until`, two moments of one day in UTC."""
    ended = REQUESTS.c.queue.in_(list(QueueName)), REQUESTS.c.finished_at >= since, REQUESTS.c.finished_at < until
    dialect = engine.dialect.name
    with engine.connect() as connection:
        used = connection.execute(_used(ended, datetime.combine(since.date(), time(), since.tzinfo), until, dialect)).all()
        without = connection.execute(_skipped(ended, dialect)).tuples().all()
    till, listed, whole = Till(book), ZERO, True
    with localcontext(EXACT):
        for row in used:
            price = till.price(row.provider, row.model, Unit(row.unit), row.day, tier=row.tier, band=row.band)
            listed += (price or ZERO) * Decimal(int(row.millionths)).scaleb(-6)
            whole &= price is not None or not row.millionths
    skipped = tuple(Skipped(stages=stages_of(word), requests=int(requests), words=int(words or 0))
                    for word, requests, words in without)
    return Decided(listed=listed, whole=whole, skipped=skipped)


def _used(ended: tuple[ColumnElement[bool], ...], midnight: datetime, until: datetime, dialect: str) -> Select[Any]:
    u = USAGE.c
    keys = [u.provider, u.model, u.unit, u.tier, band_of().label("band")]
    day = type_coerce(func.min(day_of(u.recorded_at, dialect)), Date).label("day")
    rows = REQUESTS.join(RUNS, RUNS.c.request_id == REQUESTS.c.id).join(USAGE, u.stage_run_id == RUNS.c.id)
    found = select(*keys, day, func.sum(millionths()).label("millionths")).select_from(rows)
    return found.where(*ended, u.recorded_at >= midnight, u.recorded_at < until).group_by(*keys)


def _skipped(ended: tuple[ColumnElement[bool], ...], dialect: str) -> Select[Any]:
    c = COUNTED.c
    kept = select(c.skipped, c.status, c.origin, c.words).join_from(REQUESTS, COUNTED, c.request_id == REQUESTS.c.id)
    uncounted = ~exists().where(c.request_id == REQUESTS.c.id)
    now = facts(dialect).where(*ended, uncounted).subquery().c
    all_ = union_all(kept.where(*ended), select(now.skipped, now.status, now.origin, now.words)).subquery().c
    found = select(all_.skipped, func.count(all_.words), func.sum(all_.words)).where(
        all_.origin == MADE, all_.skipped != "", all_.status.in_([str(status) for status in SAVING]))
    return found.group_by(all_.skipped)
