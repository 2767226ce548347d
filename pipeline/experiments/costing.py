"""What lessons cost: those that were made, and those that a run would make, told from the newest ones."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Engine, func, select

from pipeline.database import Base
from pipeline.domain import Status
from pipeline.experiments.rows import ITEMS, REQUESTS
from pipeline.experiments.values import Foreseen
from pipeline.prices import Unpriced, cost, today
from pipeline.tables import QueueName, StageRunRow
from pipeline.tracking import Detail

STAGES = Base.metadata.tables[StageRunRow.__tablename__]
LOOKED_AT = 50
"""From so many of the newest lessons a price is told."""
DECIDED = (Status.COMPLETED, Status.PARTIAL)


class Price(NamedTuple):
    """What a text takes, on average over `lessons` of them; without a figure nothing is known."""

    usd: Decimal | None
    seconds: float | None
    lessons: int


def spent(detail: Detail, request_ids: Sequence[str]) -> Decimal | None:
    """What these requests cost together in USD; None where some usage has no price."""
    try:
        return sum((cost(bill, on=today()) for bill in detail.bills(request_ids).values()), Decimal(0))
    except Unpriced:
        return None


def price_of_one(engine: Engine, detail: Detail) -> Price:
    """What a text took, on average of the newest that were made for experiments, or of the newest at all."""
    made = select(REQUESTS.c.id).where(REQUESTS.c.status.in_(DECIDED), REQUESTS.c.queue == QueueName.TEXT, ~REQUESTS.c.cache_hit)
    newest = made.order_by(REQUESTS.c.created_at.desc()).limit(LOOKED_AT)
    with engine.connect() as connection:
        own = list(connection.scalars(newest.where(REQUESTS.c.id.in_(select(ITEMS.c.request_id)))))
        ids = own or list(connection.scalars(newest))
        seconds = connection.scalar(select(func.sum(STAGES.c.seconds)).where(STAGES.c.request_id.in_(ids)))
    if not ids:
        return Price(None, None, 0)
    usd = spent(detail, ids)
    return Price(None if usd is None else usd / len(ids), float(seconds or 0.0) / len(ids), len(ids))


def foreseen(price: Price, *, lessons: int, known: int, budget: Decimal | None) -> Foreseen:
    """What so many lessons would take, of which some are known."""
    new = lessons - known
    if not price.lessons:
        return Foreseen(lessons=lessons, known=known, usd=Decimal(0) if not new else None, seconds=0.0 if not new else None,
                        because="no text was made here yet: the price of one is not known")
    because = f"as the newest {price.lessons} texts that were made here"
    if price.usd is None:
        because = f"some usage of the newest {price.lessons} texts has no price"
    within = None if budget is None or not price.usd else min(new, int(budget / price.usd))
    return Foreseen(
        lessons=lessons, known=known, usd=None if price.usd is None else price.usd * new,
        seconds=None if price.seconds is None else price.seconds * new, because=because, within_budget=within)
