"""Is this figure still what it was? Two spans of time, each with a 95 % interval; a figure has left its band when they part.

One rule for every figure: it has left its band when the interval of lately and that of the baseline do not overlap. That is
stricter than a test at 95 % (Schenker and Gentleman, 2001, The American Statistician 55): with a look every four hours,
fewer false alarms are worth more than an hour's delay.
"""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from scipy.special import bdtr

from pipeline.comparison import Interval, wilson
from pipeline.report import Estimate
from pipeline.visuals import Value

TAIL = 0.025
FEWEST_SECONDS = 6
"""Of fewer values the median has no interval with 95 %: 2 × 0.5 ** 5 is more than 5 %."""


class Band(Value):
    """One figure: in the baseline, and lately."""

    name: str
    unit: str
    baseline: Interval | None
    lately: Interval | None
    left: bool = False
    """Whether it has left its band."""
    formula: str = ""
    """Where the intervals are from."""


def band(name: str, unit: str, baseline: Interval | None, lately: Interval | None, formula: str) -> Band:
    """Both beside each other, and whether they parted; not where one of them has no bounds yet."""
    return Band(name=name, unit=unit, baseline=baseline, lately=lately, left=_parted(baseline, lately), formula=formula)


def share(struck: int, of: int) -> Interval | None:
    """So many of so many, with Wilson's interval."""
    return wilson(min(struck, of), of)


def median(seconds: Sequence[float]) -> Interval | None:
    """The median with its interval from order statistics: the ranks that a binomial count of halves does not pass in 95 %.

    (David and Nagaraja, 2003, Order Statistics, section 7.1.) No bounds for fewer than six values.
    """
    known = sorted(seconds)
    if not known:
        return None
    count = len(known)
    middle = (known[(count - 1) // 2] + known[count // 2]) / 2
    if count < FEWEST_SECONDS:
        return Interval(value=middle, low=None, high=None, n=count)
    below = int(np.searchsorted(bdtr(np.arange(count + 1), count, 0.5), TAIL))  # the least rank with so much below it
    return Interval(value=middle, low=known[max(0, below - 1)], high=known[min(count - 1, count - below)], n=count)


def each(total: Estimate | None, requests: int) -> Interval | None:
    """A predicted sum per request, with the interval of the prediction."""
    if total is None or not requests:
        return None
    low, high = _each(total.low, requests), _each(total.high, requests)
    return Interval(value=float(total.usd / requests), low=low, high=high, n=requests)


def _each(amount: Decimal | None, requests: int) -> float | None:
    return None if amount is None else float(amount / requests)


def _parted(one: Interval | None, other: Interval | None) -> bool:
    if one is None or other is None or None in (one.low, one.high, other.low, other.high):
        return False
    assert one.low is not None and one.high is not None and other.low is not None and other.high is not None
    return one.high < other.low or other.high < one.low
