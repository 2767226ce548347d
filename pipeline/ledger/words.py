"""The ledger's words: what can be told apart, which window is meant, and the frozen results."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from pipeline.domain import Modality, Stage, Unit
from pipeline.errors import BadRequest
from pipeline.visuals import Value

BANDS = (0, 32_000, 128_000, 200_000, 256_000, 1_000_000)
"""Input tokens of a call above which some provider's price changes: quantities are kept apart at each of them."""
ZERO = Decimal(0)


class By(StrEnum):
    """What spend is told apart by."""

    DAY = "day"
    STAGE = "stage"
    MODALITY = "modality"
    MODEL = "model"
    FAMILY = "family"
    ORGANISATION = "organisation"
    TOPIC = "topic"


class Where(Value):
    """Which usage is meant; what is None does not matter. Organisation and topic together are not kept."""

    stage: Stage | None = None
    modality: Modality | None = None
    """The furthest form that was asked for."""
    model: str | None = None
    family: str | None = None
    organisation: str | None = None
    topic: str | None = None

    @property
    def of_part(self) -> bool:
        """Whether a part of what a request used is meant, which no credit can be told to belong to."""
        return any((self.stage, self.modality, self.model, self.family, self.topic))


class Used(Value):
    """So much of one thing."""

    provider: str
    model: str
    unit: Unit
    quantity: Decimal


class UnpricedUsage(Value):
    """What was used and has no price: it is in no sum of money."""

    provider: str
    model: str
    unit: Unit
    tier: str
    quantity: Decimal
    first: date
    """The first day without a price."""


class SpendRow(Value):
    """What one day, stage, … used, and what that comes to in USD (FOCUS's three costs).

    `listed` is at the book's prices, `contracted` under the organisations' contracts, `effective` after credits. The last
    two are None where they cannot be told: contracts are organisations', and no topic has one.
    """

    key: str
    used: tuple[Used, ...] = ()
    listed: Decimal = ZERO
    contracted: Decimal | None = ZERO
    effective: Decimal | None = ZERO
    unpriced: tuple[UnpricedUsage, ...] = ()


class Spend(Value):
    """The answer: a row each, and their sum."""

    by: By
    book: str
    since: date | None
    until: date | None
    rows: tuple[SpendRow, ...]
    total: SpendRow
    credits: Decimal
    notes: tuple[str, ...] = ()


class LessonCost(Value):
    """What lessons of one form cost: quartiles would say less than the middle and the dear end."""

    modality: Modality
    cached: bool
    lessons: int
    mean: Decimal
    p50: Decimal
    p95: Decimal


class LessonCosts(Value):
    """By form, of the newest completed lessons of the window; `unpriced` is missing in them."""

    measured: int
    """How many lessons were looked at."""
    capped: bool
    """Whether there are more in the window."""
    rows: tuple[LessonCost, ...]
    unpriced: tuple[UnpricedUsage, ...]


class Counts(Value):
    """How many requests were decided, and how."""

    decided: int
    completed: int
    by_status: Mapping[str, int]
    completed_by_modality: Mapping[Modality, int]
    cached: int
    """Completed, and answered from the shelf."""
    compared: Mapping[Modality, int] = {}
    """Completed for a comparison, which asks for forms that nobody wants."""

    @property
    def wanted(self) -> int:
        """Completed, and not for a comparison."""
        return self.completed - sum(self.compared.values())

    @property
    def text_only(self) -> float | None:
        """The share of the wanted lessons for which nothing but text was asked."""
        written = self.completed_by_modality.get(Modality.TEXT, 0) - self.compared.get(Modality.TEXT, 0)
        return written / self.wanted if self.wanted else None


class CacheSavings(Value):
    """What the lessons from the shelf would have cost more, by form and together, with 95 % intervals."""

    lessons: int
    usd: Decimal
    low: Decimal
    high: Decimal
    unknown: int
    """Lessons of forms of which too few were made anew to say what one costs."""


class Imbalance(Value):
    """A quantity that is not the same everywhere."""

    where: str
    provider: str
    model: str
    unit: str
    raw: Decimal
    counted: Decimal


def window(since: date | None, until: date | None) -> None:
    """Raises `BadRequest` where the window has no day: `since` counts, `until` does not."""
    for name, day in (("since", since), ("until", until)):
        if day is not None and (isinstance(day, datetime) or not isinstance(day, date)):
            raise BadRequest(name, "must be a day.")
    if since is not None and until is not None and since >= until:
        raise BadRequest("until", "must be later than since: the day itself does not count.")


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()
