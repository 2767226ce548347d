"""Spend by any dimension over time: what each key came to on each day, at a book's prices."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, localcontext

from sqlalchemy import Engine

from pipeline.ledger.pricing import Till
from pipeline.ledger.reading import Group, usage_groups
from pipeline.ledger.spans import Window
from pipeline.ledger.words import ZERO, By, Where
from pipeline.prices import EXACT
from pipeline.tables import Cube
from pipeline.visuals import Value

OTHERS = ""
"""The key of all that were not named."""


class Point(Value):
    """What one key came to on one day, in USD; what has no price is in none."""

    day: date
    key: str
    listed: Decimal


def points(
    engine: Engine, cube: Cube, by: By, span: Window, *, where: Where, till: Till, members: Sequence[str] | None = None,
) -> list[Point]:
    """All of them, by day and key; a key that used nothing on a day is absent there. With `members`, only of these."""
    return _sums(usage_groups(engine, cube, by, span, where, cuts=None, members=members), till)


def with_others(named: Sequence[Point], whole: Sequence[Point]) -> list[Point]:
    """The named ones, and what is left of the whole of each day under the key `OTHERS`."""
    left = {point.day: point.listed for point in whole}
    with localcontext(EXACT):
        for point in named:
            left[point.day] -= point.listed
    others = [Point(day=day, key=OTHERS, listed=usd) for day, usd in left.items() if usd]
    return sorted([*named, *others], key=lambda point: (point.day, point.key))


def _sums(groups: Iterable[Group], till: Till) -> list[Point]:
    sums: dict[tuple[date, str], Decimal] = {}
    with localcontext(EXACT):
        for group in groups:
            place = group.first, group.key
            sums[place] = sums.get(place, ZERO) + (till.of(group) or ZERO) * group.quantity
    return [Point(day=day, key=key, listed=usd) for (day, key), usd in sorted(sums.items())]
