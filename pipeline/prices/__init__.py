"""Usage × dated prices = cost, in Decimal. A usage without a price is an error that names it, never 0.

The books are files of `data/prices`; what was used, and how it adds up, is the ledger's.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from pipeline.domain import Stage, Usage
from pipeline.prices.book import EXACT, USD, Book, Priced, Unpriced, today, total
from pipeline.prices.checks import check_books
from pipeline.prices.faults import BadPrices, Fault, Severity, UnknownBook
from pipeline.prices.rows import Planned, Price, Tier
from pipeline.prices.shelf import PRICES, book_names, contracted, read_book

__all__ = [
    "EXACT", "PRICES", "USD", "BadPrices", "Book", "Fault", "Planned", "Price", "Priced", "Severity", "Tier",
    "UnknownBook", "Unpriced", "book_names", "check_books", "contracted", "cost", "read_book", "skipped_value", "today",
]


def cost(usage: Iterable[Usage], *, on: date, book: str | Priced = "embedded") -> Decimal:
    """The exact cost of the usage in USD, by its tiers and sizes, at the prices of its days; `on` is the day of what has none.

    Raises `Unpriced` naming the first usage that has no price, and `BadPrices` where the book cannot be read.
    """
    return total(usage, read_book(book) if isinstance(book, str) else book, on=on)


def skipped_value(stages: Sequence[Stage], book: str = "planning") -> Decimal:
    """What these stages would have cost a lesson by today's plan: the saving of a request that does without them."""
    return read_book(book).planned(stages, today()).quantize(Decimal("0.001"))
