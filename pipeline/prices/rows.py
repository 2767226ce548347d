"""The rows of a price book as values: a price per unit, a planned price per stage, a rate of exchange, a contract.

Money is written in quotes and read as Decimal, because a TOML float is not exact. `starts` counts, `ends` does not.
"""

import re
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, Strict, ValidationInfo, field_validator

from pipeline.domain import Stage, Unit
from pipeline.visuals import Text, Value

ANY = "*"
DIVIDED = Context(prec=40)
"""A unit price has at most so many digits, even where `per` is no divisor of a power of ten."""
PLAIN_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,18})?")


class Tier(StrEnum):
    """How a call is billed: at once, or in a batch that may take a day."""

    STANDARD = "standard"
    BATCH = "batch"


def _written_number(given: object) -> Decimal:
    if not isinstance(given, str):
        raise ValueError(f'{given!r} is not exact: write it in quotes, for instance "0.30"')
    if not PLAIN_NUMBER.fullmatch(given):
        raise ValueError(f'"{given}" is not a decimal number such as "0.30"')
    if given.startswith("-"):
        raise ValueError(f'"{given}" is below zero; money that comes back is a correction or a credit, not a price')
    return Decimal(given)


def _pattern(given: str) -> str:
    if ANY in given[:-1]:
        raise ValueError(f'"{given}": the {ANY} stands at the end only, or alone for any')
    return given


def fits(pattern: str, name: str) -> bool:
    """Whether the name is the pattern, or begins with it where it ends in `*`."""
    return name.startswith(pattern[:-1]) if pattern.endswith(ANY) else name == pattern


def specific(pattern: str) -> tuple[bool, int]:
    """How much a pattern says: an exact name the most, then the longest beginning."""
    return not pattern.endswith(ANY), len(pattern)


Number = Annotated[Decimal, BeforeValidator(_written_number)]
Day = Annotated[date, Strict()]
Pattern = Annotated[Text, AfterValidator(_pattern)]
Per = Annotated[int, Strict(), Field(ge=1, le=10**15)]


class Key(NamedTuple):
    """What has one price a day."""

    provider: str
    model: str
    unit: Unit
    tier: Tier
    above: int

    def matches(self, provider: str, model: str, unit: Unit, tier: Tier) -> bool:
        """Whether the price is for this."""
        return (self.unit, self.tier) == (unit, tier) and fits(self.provider, provider) and fits(self.model, model)

    def rank(self) -> tuple[tuple[bool, int], tuple[bool, int], int]:
        """The more specific the higher, and then the larger calls."""
        return specific(self.provider), specific(self.model), self.above


class Dated(Value):
    """A row that holds from a day on, until a day or until the next row of its key."""

    starts: Day
    ends: Day | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What there is one row of on a day."""
        raise NotImplementedError

    @field_validator("ends")
    @classmethod
    def _after_the_start(cls, ends: date | None, info: ValidationInfo) -> date | None:
        if ends is not None and "starts" in info.data and ends <= info.data["starts"]:
            raise ValueError(f"{ends} is not after starts = {info.data['starts']}")
        return ends


class Sourced(Dated):
    """A dated row that says where it is from, and on which day that was last compared."""

    source: Text
    checked: Day


class Price(Sourced):
    """What `per` of a unit cost. `model` is a name, or the beginning of one with `*`; `provider` is a name or `*`."""

    provider: Pattern
    model: Pattern = ANY
    unit: Unit
    usd: Number
    """In the book's own currency; the name says what it becomes."""
    per: Per = 1
    tier: Tier = Tier.STANDARD
    above: Annotated[int, Strict(), Field(ge=0)] = 0
    """The price of calls with more input tokens than this, cached ones included."""

    @cached_property
    def each(self) -> Decimal:
        """What one unit costs."""
        return DIVIDED.divide(self.usd, Decimal(self.per))

    @property
    def key(self) -> Key:
        """What the price is for."""
        return Key(self.provider, self.model, self.unit, self.tier, self.above)


class Planned(Sourced):
    """What a stage was expected to cost a lesson."""

    stage: Stage
    what: Text
    usd: Number

    @property
    def key(self) -> tuple[Stage, str]:
        """The stage and what of it."""
        return self.stage, self.what


class Rate(Sourced):
    """What one unit of a currency is in USD."""

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    usd: Number

    @property
    def key(self) -> tuple[str]:
        """The currency."""
        return (self.currency,)


class Contract(Dated):
    """What an organisation has agreed: so many percent less, or a price of its own."""

    organisation_id: Text
    provider: Pattern
    model: Pattern = ANY
    unit: Unit | None = None
    percent: Number | None = None
    usd: Number | None = None
    per: Per = 1
    source: Text

    @property
    def key(self) -> tuple[str, str, str, Unit | None]:
        """Who, and what it is for."""
        return self.organisation_id, self.provider, self.model, self.unit

    @field_validator("percent")
    @classmethod
    def _of_a_hundred(cls, percent: Decimal | None) -> Decimal | None:
        if percent is not None and percent > 100:
            raise ValueError(f"{percent} is more than 100")
        return percent

    @field_validator("source")
    @classmethod
    def _one_kind(cls, source: str, info: ValidationInfo) -> str:
        given = {name: info.data[name] for name in ("percent", "usd", "unit") if name in info.data}
        if len(given) < 3:  # one of them is refused already
            return source
        if given["percent"] is None and given["usd"] is None:
            raise ValueError("the contract needs percent or usd")
        if given["percent"] is not None and given["usd"] is not None:
            raise ValueError("the contract has percent and usd; it needs one of them")
        if given["usd"] is not None and given["unit"] is None:
            raise ValueError("a price of its own needs the unit that it is for")
        return source
