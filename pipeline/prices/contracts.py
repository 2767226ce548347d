"""Contracted cost: a book under what an organisation has agreed with the provider (FOCUS: ListCost, ContractedCost).

A contract takes percent off the book's price, or is a price of its own. Credits are money, not prices: the ledger's.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pipeline.domain import Unit
from pipeline.prices.book import Priced
from pipeline.prices.rows import DIVIDED, Contract, Tier, fits, specific
from pipeline.prices.series import Series, by_key


class Contracted:
    """A book as one organisation pays it."""

    def __init__(self, book: Priced, organisation_id: str, contracts: Sequence[Contract]) -> None:
        self._book, self.organisation_id = book, organisation_id
        own = by_key(row for row in contracts if row.organisation_id == organisation_id).values()
        self._series = [(rows[0], Series(rows)) for rows in sorted(own, key=lambda rows: _rank(rows[0]), reverse=True)]

    @property
    def name(self) -> str:
        """The book's."""
        return self._book.name

    def unit_price(
        self, provider: str, model: str, unit: Unit, on: date, *, tier: str = Tier.STANDARD, size: int = 0,
    ) -> Decimal:
        """USD for one unit: as the most specific contract of the day says, else the book's. Raises `Unpriced`."""
        contract = self._contract(provider, model, unit, on)
        if contract is not None and contract.usd is not None:
            return DIVIDED.divide(contract.usd, Decimal(contract.per))
        listed = self._book.unit_price(provider, model, unit, on, tier=tier, size=size)
        if contract is None or contract.percent is None:
            return listed
        return DIVIDED.multiply(listed, 1 - contract.percent / 100)

    def _contract(self, provider: str, model: str, unit: Unit, on: date) -> Contract | None:
        for like, series in self._series:
            named = like.unit in (None, unit) and fits(like.provider, provider) and fits(like.model, model)
            if named and (row := series.on(on)):
                return row
        return None


def _rank(row: Contract) -> tuple[tuple[bool, int], tuple[bool, int], bool]:
    return specific(row.provider), specific(row.model), row.unit is not None
