"""What queries cost, by the price book of work that a machine of one's own does."""

from datetime import date
from decimal import Decimal

from pipeline.domain import Unit, Usage
from pipeline.meter import GIB, OWN
from pipeline.prices import cost

THOUSAND = 1000
EXACT_TO = Decimal("0.000001")


def usd_per_1000_queries(*, model: str, vcpu_seconds: float, held_bytes: int, seconds: float, on: date) -> Decimal:
    """The price of 1,000 queries that take so much processor time, and hold so much memory for so many seconds, each.

    Raises `Unpriced` where the book has no price for that day, and `BadPrices`.
    """
    used = {Unit.VCPU_SECOND: vcpu_seconds, Unit.GIB_SECOND: held_bytes / GIB * seconds}
    usage = [Usage(provider=OWN, model=model, unit=unit, quantity=Decimal(str(amount))) for unit, amount in used.items()]
    return (THOUSAND * cost(usage, on=on, book=OWN)).quantize(EXACT_TO)
