"""Days, weeks or months: amounts of days put together so that a picture has a readable number of bars. Pure."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from console.costs.address import ONE, Span
from pipeline.ledger import Point
from pipeline.ledger.trend import OTHERS

MOST_DAYS, MOST_WEEKS = 62, 371
"""Up to so many days there is a bar for each, up to so many more one for each week, beyond one for each month."""
MOST_SERIES = 6
"""So many keys have a colour of their own; the others are put together."""


class Series(NamedTuple):
    """One key over time: an amount for each part of the time in which there is one."""

    key: str
    amounts: Mapping[Span, Decimal]

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum(self.amounts.values(), Decimal(0))


def parts(first: date, last: date) -> list[Span]:
    """The days, weeks from Monday, or months from the first to the last day; cut off at both."""
    whole, begin, found = (last - first).days + 1, first, list[Span]()
    while begin <= last:
        found.append(Span(begin, min(last, _end(begin, whole))))
        begin = found[-1].last + ONE
    return found


def series(points: Sequence[Point], time: Sequence[Span]) -> list[Series]:
    """The keys, the dearest first; beyond six all others together under the key `OTHERS`."""
    sums: dict[str, dict[Span, Decimal]] = {}
    for point in points:
        part = _part(point.day, time)
        mine = sums.setdefault(point.key, {})
        mine[part] = mine.get(part, Decimal(0)) + point.listed
    every = (Series(key, amounts) for key, amounts in sums.items())
    found = sorted(every, key=lambda one: (one.key == OTHERS, -one.total, one.key))
    if len(found) <= MOST_SERIES + 1:
        return found
    return [*found[:MOST_SERIES], _together(found[MOST_SERIES:])]


def together(amounts: Mapping[date, Decimal], time: Sequence[Span]) -> dict[Span, Decimal]:
    """Amounts of days as amounts of the parts of time, nothing where nothing was."""
    sums = dict.fromkeys(time, Decimal(0))
    for day, usd in amounts.items():
        sums[_part(day, time)] += usd
    return sums


def _together(many: Sequence[Series]) -> Series:
    sums: dict[Span, Decimal] = {}
    for one in many:
        for part, usd in one.amounts.items():
            sums[part] = sums.get(part, Decimal(0)) + usd
    return Series(OTHERS, sums)


def _part(day: date, time: Sequence[Span]) -> Span:
    return time[max(0, bisect_right(time, day, key=lambda part: part.first or date.min) - 1)]


def _end(begin: date, whole: int) -> date:
    if whole <= MOST_DAYS:
        return begin
    if whole <= MOST_WEEKS:
        return begin + timedelta(days=6 - begin.weekday())
    return (begin.replace(day=1) + timedelta(days=32)).replace(day=1) - ONE
