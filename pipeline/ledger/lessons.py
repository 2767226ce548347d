"""What single lessons cost: the middle and the dear end by form, and what the shelf spared.

The newest lessons are looked at one by one. Money is Decimal; only the interval of the savings is made with floats: n lessons
would each have cost about the mean of m made ones, and their sum is off by their own spread and by that of the mean,
± t(m - 1)·s·√(n + n²/m).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal, localcontext
from math import ceil, sqrt
from typing import Any, NamedTuple

from scipy.special import stdtrit
from sqlalchemy import Engine, Select, func, select

from pipeline.domain import Modality, Status, Unit
from pipeline.ledger.each import Each, KindOfUsage, each, in_usd, whole_prices
from pipeline.ledger.pricing import Kind, Missing, Till
from pipeline.ledger.raw import COUNTED, REQUESTS
from pipeline.ledger.spans import Window
from pipeline.ledger.words import ZERO, CacheSavings, Counts, LessonCost, LessonCosts
from pipeline.prices import EXACT, Book
from pipeline.tracking import furthest

SAMPLE = 5000
FEWEST = 3
"""Made lessons without which nothing is said about what one costs."""
MILLIONTH = Decimal("0.000001")


class Form(NamedTuple):
    """What was asked for at most, and whether the shelf had it."""

    modality: Modality
    cached: bool


class Spread(NamedTuple):
    """What is known of the cost of one form."""

    lessons: int
    mean: Decimal
    deviation: float


class Measured(NamedTuple):
    """The costs as they are told, and what an estimate needs of them."""

    told: LessonCosts
    spreads: Mapping[Form, Spread]


def lesson_costs(engine: Engine, span: Window, book: Book) -> Measured:
    """By form, of the newest lessons that were asked for in the window and are completed."""
    with engine.connect() as connection:
        found = each(connection, _newest(span))
    costs, missing = _costs(found, Till(book))
    forms: dict[Form, list[Decimal]] = {}
    for form, usd in costs:
        forms.setdefault(form, []).append(usd)
    rows = tuple(_row(form, sorted(forms[form])) for form in sorted(forms))
    told = LessonCosts(measured=len(costs), capped=len(costs) == SAMPLE, rows=rows, unpriced=missing.named())
    return Measured(told, {form: _spread(usd) for form, usd in forms.items()})


def cache_savings(shelved: Counts, spreads: Mapping[Form, Spread]) -> CacheSavings:
    """What so many lessons from the shelf would have cost more, had they been made like the others of their form."""
    saved, variance, unknown, lessons = ZERO, 0.0, 0, 0
    for modality, number in shelved.completed_by_modality.items():
        made, cached = spreads.get(Form(modality, False)), spreads.get(Form(modality, True))
        if made is None or made.lessons < FEWEST:
            unknown += number
            continue
        lessons += number
        saved += number * (made.mean - (cached.mean if cached else ZERO))
        off = float(stdtrit(made.lessons - 1, 0.975)) * made.deviation
        variance += off**2 * (number + number**2 / made.lessons)
    half = Decimal(repr(sqrt(variance)))
    return CacheSavings(lessons=lessons, usd=_rounded(saved), low=_rounded(saved - half), high=_rounded(saved + half),
                        unknown=unknown)


def _newest(span: Window) -> "Select[Any]":
    c = REQUESTS.c
    at = [c.created_at >= _midnight(span.since)] if span.since else []
    at += [c.created_at < _midnight(span.until)] if span.until else []
    form = func.coalesce(select(COUNTED.c.modality).where(COUNTED.c.request_id == c.id).scalar_subquery(), furthest())
    newest = select(c.id, form.label("form"), c.cache_hit).where(c.status == Status.COMPLETED, *at)
    return newest.order_by(c.created_at.desc(), c.id.desc()).limit(SAMPLE)


def _costs(found: Each, till: Till) -> tuple[list[tuple[Form, Decimal]], Missing]:
    """Each lesson's cost, and what of their usage has no price."""
    price, missing = whole_prices(till, found.kinds), Missing()
    costs = []
    for row in found.rows:
        whole = 0
        for day, kinds in found.used.get(row.id, {}).items():
            for number, millionths in kinds.items():
                usd = price(number, day)
                if usd is None:
                    missing.add(_kind(found.kinds[number]), Decimal(millionths).scaleb(-6), date.fromisoformat(day))
                else:
                    whole += usd * millionths
        costs.append((Form(Modality(row.form), bool(row.cache_hit)), in_usd(whole)))
    return costs, missing


def _kind(kind: KindOfUsage) -> Kind:
    return Kind(kind.provider, kind.model, Unit(kind.unit), kind.tier)


def _row(form: Form, usd: Sequence[Decimal]) -> LessonCost:
    with localcontext(EXACT):
        mean = sum(usd, ZERO) / len(usd)
    return LessonCost(modality=form.modality, cached=form.cached, lessons=len(usd), mean=_rounded(mean),
                      p50=_rounded(_rank(usd, 0.5)), p95=_rounded(_rank(usd, 0.95)))


def _rank(usd: Sequence[Decimal], share: float) -> Decimal:
    """The nearest rank."""
    return usd[max(0, ceil(share * len(usd)) - 1)]


def _spread(usd: Sequence[Decimal]) -> Spread:
    with localcontext(EXACT):
        mean = sum(usd, ZERO) / len(usd)
    squares = sum(float(each - mean) ** 2 for each in usd)
    return Spread(len(usd), mean, sqrt(squares / (len(usd) - 1)) if len(usd) > 1 else 0.0)


def _rounded(usd: Decimal) -> Decimal:
    return usd.quantize(MILLIONTH)


def _midnight(day: date | None) -> datetime:
    return datetime.combine(day or date.min, time(), UTC)
