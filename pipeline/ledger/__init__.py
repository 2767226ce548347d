"""Usage × dated prices = cost, in Decimal. A usage without a price is an error that names it, never 0."""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from pipeline.config import DATA
from pipeline.domain import Stage, Unit, Usage
from pipeline.errors import OperatorError
from pipeline.visuals import Text, Value

PRICES = DATA / "prices"


class Unpriced(OperatorError):
    """A usage has no price."""


class Price(Value):
    """What one unit, or one stage as planned, costs from a day on."""

    usd: Decimal
    starts: date
    source: Text
    provider: str = ""
    units: tuple[Unit, ...] = ()
    stage: Stage | None = None
    what: str = ""


@lru_cache
def read_prices(name: str, folder: Path = PRICES) -> tuple[Price, ...]:
    """The prices of a book, newest first."""
    entries = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))["price"]
    prices = [
        Price.model_validate({
            **{k: v for k, v in entry.items() if k not in ("from", "unit")}, "starts": entry["from"],
            "units": entry.get("units", [entry["unit"]] if "unit" in entry else []),
        })
        for entry in entries
    ]
    return tuple(sorted(prices, key=lambda price: price.starts, reverse=True))


def cost(usage: Iterable[Usage], *, on: date, book: str = "embedded") -> Decimal:
    """The cost of the usage in USD at the day's prices. Raises `Unpriced` naming the first usage that has none."""
    return sum((entry.quantity * _unit_price(entry, on, book) for entry in usage), Decimal(0))


def skipped_value(stages: Sequence[Stage], book: str = "planning") -> Decimal:
    """What these stages would have cost under the planning book: the saving of a request that does without them."""
    planned = (price.usd for price in read_prices(book) if price.stage in stages)
    return sum(planned, Decimal(0)).quantize(Decimal("0.001"))


def _unit_price(usage: Usage, on: date, book: str) -> Decimal:
    for price in read_prices(book):
        if price.provider == usage.provider and usage.unit in price.units and price.starts <= on:
            return price.usd
    raise Unpriced(f"The {book} price book has no price for {usage.unit} of {usage.provider} ({usage.model}) on {on}.")
