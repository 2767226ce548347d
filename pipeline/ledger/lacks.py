"""The record × the price books -> what was used and has no price, by book, name and days: money that is in no sum."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pipeline.domain import Unit
from pipeline.ledger.ledger import Ledger
from pipeline.ledger.pricing import Kind
from pipeline.ledger.words import ZERO, By
from pipeline.prices import Book
from pipeline.visuals import Value


class Days(NamedTuple):
    """Days from the first to the last, both counting."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"


class Lack(Value):
    """One kind of usage that a book has no price for on some days."""

    book: str
    provider: str
    model: str
    unit: Unit
    tier: str
    days: tuple[date, ...]
    quantity: Decimal
    """What was used on these days."""
    nowhere: bool
    """Whether no other book has a price for it on one of the days either."""

    @property
    def spans(self) -> tuple[Days, ...]:
        """The days as few spans as possible."""
        return tuple(_spans(self.days))

    def __str__(self) -> str:
        batch = "" if self.tier == "standard" else f" in a {self.tier}"
        other = ", nor has any other book" if self.nowhere else ""
        return (f"{self.book} has no price for {self.unit} of {self.provider} ({self.model}){batch} on "
                f"{', '.join(map(str, self.spans))}{other}: {self.quantity.normalize():f} in no sum")


def lacks(ledger: Ledger, books: Sequence[Book]) -> list[Lack]:
    """What each book lacks, by book and name. A book of plans alone prices no usage, and is passed over."""
    by_book = {book.name: _missing(ledger, book) for book in books if book.prices}
    nowhere = {day_of_kind for found in by_book.values() for day_of_kind in _days(found)}
    for found in by_book.values():
        nowhere &= _days(found)
    return [_lack(name, kind, by_day, any((kind, day) in nowhere for day in by_day))
            for name, found in by_book.items() for kind, by_day in sorted(found.items())]


def _missing(ledger: Ledger, book: Book) -> dict[Kind, dict[date, Decimal]]:
    found: dict[Kind, dict[date, Decimal]] = {}
    for row in ledger.spend(by=By.DAY, book=book).rows:
        for used in row.unpriced:
            by_day = found.setdefault(Kind(used.provider, used.model, used.unit, used.tier), {})
            by_day[used.first] = by_day.get(used.first, ZERO) + used.quantity
    return found


def _days(found: Mapping[Kind, Mapping[date, Decimal]]) -> set[tuple[Kind, date]]:
    return {(kind, day) for kind, by_day in found.items() for day in by_day}


def _lack(book: str, kind: Kind, by_day: Mapping[date, Decimal], nowhere: bool) -> Lack:
    return Lack(book=book, **kind._asdict(), days=tuple(sorted(by_day)), quantity=sum(by_day.values(), ZERO), nowhere=nowhere)


def _spans(days: Sequence[date]) -> Iterator[Days]:
    """Neighbouring days together."""
    first = last = None
    for day in days:
        if first is None or last is None or day.toordinal() - last.toordinal() > 1:
            if first and last:
                yield Days(first, last)
            first = day
        last = day
    if first and last:
        yield Days(first, last)
