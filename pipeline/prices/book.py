"""A price book: what a unit of something cost on a day. Pure: what was used comes from outside."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from functools import cached_property, lru_cache
from typing import Protocol

from pipeline.domain import Stage, Unit, Usage
from pipeline.errors import OperatorError
from pipeline.prices.rows import DIVIDED, Planned, Price, Rate, Tier
from pipeline.prices.series import Series, by_key

EXACT = Context(prec=96)
"""Enough digits for sums of quantity × unit price to be exact; Python's own 28 are not, with prices per 2³⁰ bytes."""
USD = "USD"
ANYBODY = "*"


class Unpriced(OperatorError):
    """A usage has no price."""

    def __init__(self, book: str, wanted: tuple[str, str, Unit, str], on: date, why: str = "") -> None:
        self.book, self.day = book, on
        self.provider, self.model, self.unit, self.tier = wanted
        batch = "" if self.tier == Tier.STANDARD else f" in a {self.tier}"
        super().__init__(
            f"The {book} price book has no price for {self.unit} of {self.provider} ({self.model}){batch} on {on}."
            + (f" {why}" if why else "")
        )


class Priced(Protocol):
    """Whatever knows unit prices: a book, or a book under an organisation's contracts."""

    @property
    def name(self) -> str:
        """What the book is called."""

    def unit_price(
        self, provider: str, model: str, unit: Unit, on: date, *, tier: str = Tier.STANDARD, size: int = 0,
    ) -> Decimal:
        """USD for one unit; raises `Unpriced`."""


class Book:
    """Prices with dates, as one file of `data/prices` says them. Compare, look up, never change."""

    def __init__(
        self, name: str, *, prices: Sequence[Price], planned: Sequence[Planned] = (), currency: str = USD,
        rates: Sequence[Rate] = (), rest: Priced | None = None,
    ) -> None:
        """`rest` prices what has no row here."""
        self._rest = rest
        self.name, self.currency, self.prices, self.plans = name, currency, tuple(prices), tuple(planned)
        self._all_rates = tuple(rates)
        self._rates = Series(rate for rate in rates if rate.currency == currency)
        series = ((rows[0].key, Series(rows)) for rows in by_key(prices).values())
        self._series = sorted(series, key=lambda found: found[0].rank(), reverse=True)
        self._candidates = lru_cache(maxsize=4096)(self._find)

    def unit_price(
        self, provider: str, model: str, unit: Unit, on: date, *, tier: str = Tier.STANDARD, size: int = 0,
    ) -> Decimal:
        """USD for one unit on a day, by the most specific row that holds then. `size` is the call's input tokens,
        0 where nobody knows: the price of small calls. Raises `Unpriced`; what has no price is never 0."""
        wanted = (provider, model, unit, tier)
        for above, series in self._candidates(*wanted):
            if (above == 0 or size > above) and (price := series.on(on)):
                return price.each if self.currency == USD else DIVIDED.multiply(price.each, self._rate(wanted, on))
        try:
            if self._rest is not None:
                return self._rest.unit_price(provider, model, unit, on, tier=tier, size=size)
        except Unpriced as fault:
            raise Unpriced(self.name, wanted, on) from fault
        raise Unpriced(self.name, wanted, on)

    @cached_property
    def of_named(self) -> "Book":
        """Only what is priced for a provider by name."""
        return Book(self.name, prices=[row for row in self.prices if row.provider != ANYBODY], currency=self.currency,
                    rates=self._all_rates)

    def planned(self, stages: Sequence[Stage], on: date) -> Decimal:
        """What these stages were expected to cost a lesson, by the rows of the day; stages without a row add nothing."""
        rows = by_key(plan for plan in self.plans if plan.stage in stages).values()
        held = (Series(group).on(on) for group in rows)
        return sum((plan.usd for plan in held if plan), Decimal(0))

    def _find(self, provider: str, model: str, unit: Unit, tier: str) -> tuple[tuple[int, Series[Price]], ...]:
        wanted = (provider, model, unit, Tier(tier))
        return tuple((key.above, series) for key, series in self._series if key.matches(*wanted))

    def _rate(self, wanted: tuple[str, str, Unit, str], on: date) -> Decimal:
        rate = self._rates.on(on)
        if rate is None:
            raise Unpriced(self.name, wanted, on, f"There is no rate for {self.currency} on that day.")
        return rate.usd


def total(usage: Iterable[Usage], book: Priced, *, on: date) -> Decimal:
    """The exact cost of the usage in USD at the prices of its days, and of `on` where it has none.

    Raises `Unpriced` naming the first that has no price.
    """
    with localcontext(EXACT):
        return sum((u.quantity * book.unit_price(
            u.provider, u.model, u.unit, u.day or on, tier=u.tier, size=u.size) for u in usage), Decimal(0))


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()
