"""Quantities × a price book = money, exactly. What has no price is named and in no sum."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import NamedTuple

from pipeline.domain import Unit
from pipeline.ledger.reading import Group
from pipeline.ledger.words import ZERO, SpendRow, UnpricedUsage, Used
from pipeline.prices import EXACT, Book, Priced, Unpriced, contracted
from pipeline.prices.book import USD


class Kind(NamedTuple):
    """What is added up under one name."""

    provider: str
    model: str
    unit: Unit
    tier: str


class Missing(dict[Kind, tuple[Decimal, date]]):
    """What has no price: how much, and the first day of it."""

    def add(self, kind: Kind, quantity: Decimal, day: date) -> None:
        """So much more."""
        so_far, first = self.get(kind, (ZERO, day))
        self[kind] = so_far + quantity, min(first, day)

    def named(self) -> tuple[UnpricedUsage, ...]:
        """All of it, in order."""
        return tuple(UnpricedUsage(**kind._asdict(), quantity=quantity, first=first)
                     for kind, (quantity, first) in sorted(self.items()))


class Till:
    """Knows prices, and remembers what it was asked."""

    def __init__(self, book: Priced) -> None:
        self._book = book
        self._known: dict[tuple[str, str, Unit, date, str, int], Decimal | None] = {}

    def price(self, provider: str, model: str, unit: Unit, on: date, *, tier: str, band: int) -> Decimal | None:
        """USD for one unit; None where the book has no price."""
        asked = (provider, model, unit, on, tier, band)
        if asked not in self._known:
            try:
                self._known[asked] = self._book.unit_price(
                    provider, model, unit, on, tier=tier, size=band + 1 if band else 0)
            except Unpriced:
                self._known[asked] = None
        return self._known[asked]

    def of(self, group: Group) -> Decimal | None:
        """The price of a group's unit."""
        return self.price(group.provider, group.model, group.unit, group.first, tier=group.tier, band=group.band)


def price_cuts(book: Book) -> list[date] | None:
    """The days on which a price of the book changes; None for any day: a book in another currency follows its rates."""
    if book.currency != USD:
        return None
    return sorted({day for price in book.prices for day in (price.starts, price.ends) if day is not None})


def with_contracts(book: Book, organisations: Iterable[str]) -> dict[str, Till]:
    """The organisations that have agreed on prices of their own."""
    theirs = {name: contracted(book, name) for name in organisations}
    return {name: Till(priced) for name, priced in theirs.items() if priced is not book}


def priced_rows(groups: Sequence[Group], till: Till) -> dict[str, SpendRow]:
    """The groups by key, each with its cost at the book's prices, taken as the contracted one too."""
    by_key: dict[str, list[Group]] = {}
    for group in groups:
        by_key.setdefault(group.key, []).append(group)
    return {key: priced_row(key, mine, till) for key, mine in by_key.items()}


def priced_row(key: str, groups: Sequence[Group], till: Till) -> SpendRow:
    """All the groups as one row."""
    used: dict[tuple[str, str, Unit], Decimal] = {}
    missing, listed = Missing(), ZERO
    with localcontext(EXACT):
        for group in groups:
            name = (group.provider, group.model, group.unit)
            used[name] = used.get(name, ZERO) + group.quantity
            price = till.of(group)
            if price is not None:
                listed += price * group.quantity
            elif group.quantity:
                missing.add(Kind(*name, group.tier), group.quantity, group.first)
    return SpendRow(
        key=key, used=tuple(Used(provider=p, model=m, unit=u, quantity=q) for (p, m, u), q in sorted(used.items())),
        listed=listed, contracted=listed, effective=listed, unpriced=missing.named())


def rebates(groups: Iterable[Group], till: Till, own: Mapping[str, Till]) -> dict[str, Decimal]:
    """By key, how much less than at the book's prices these groups cost under their members' contracts."""
    less: dict[str, Decimal] = {}
    with localcontext(EXACT):
        for group in groups:
            agreed = own[group.member].of(group) or ZERO
            less[group.key] = less.get(group.key, ZERO) + ((till.of(group) or ZERO) - agreed) * group.quantity
    return less
