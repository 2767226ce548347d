"""Usage -> what of it has no price, by name, so that it can be said aloud."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from pipeline.domain import Unit, Usage
from pipeline.prices.book import EXACT, Priced, Unpriced


class Missing(NamedTuple):
    """What has no price: how much of it was used, in how many entries, between which days."""

    provider: str
    model: str
    unit: Unit
    quantity: Decimal
    entries: int
    first: date
    last: date


def unpriced(usages: Iterable[tuple[date, Usage]], book: Priced) -> list[Missing]:
    """The usage without a price on its day, one row for each provider, model and unit, in their order."""
    found: dict[tuple[str, str, Unit], Missing] = {}
    for day, usage in usages:
        try:
            book.unit_price(usage.provider, usage.model, usage.unit, day)
        except Unpriced:
            key = (usage.provider, usage.model, usage.unit)
            found[key] = _added(found.get(key) or Missing(*key, Decimal(0), 0, day, day), day, usage)
    return [found[key] for key in sorted(found)]


def _added(so_far: Missing, day: date, usage: Usage) -> Missing:
    with localcontext(EXACT):
        return so_far._replace(
            quantity=so_far.quantity + usage.quantity, entries=so_far.entries + 1,
            first=min(so_far.first, day), last=max(so_far.last, day),
        )
