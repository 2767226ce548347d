"""Spend so far -> spend at the end of the period, with an interval. Pure.

Each day that is left is expected to be as dear as the same weekday of the last seven complete days (their mean where that
weekday has not been recorded), and today at least what it has cost already. The interval takes those n days as a sample:
± t(n - 1)·s·√(L + L²/n) for L days that are left, and never below what is spent. Money is Decimal; s is a float inside.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import sqrt
from statistics import stdev

from scipy.special import stdtrit

from pipeline.ledger.words import ZERO
from pipeline.visuals import Value

LOOKED_BACK = 7
MILLIONTH = Decimal("0.000001")
METHOD = ("Spent so far, and for each day left the cost of the same weekday of the last seven complete days; "
          "95 % interval from how much those days differ.")


class Forecast(Value):
    """What the period will have cost; `days` complete days were looked back at."""

    usd: Decimal
    low: Decimal
    high: Decimal
    days: int
    method: str = METHOD


def forecast(by_day: Mapping[date, Decimal], *, spent: Decimal, now: date, end: date, first: date | None) -> Forecast | None:
    """The forecast for the day before `end`, from the cost of each day; None while no day since `first` is complete."""
    back = [now - timedelta(days=n) for n in range(1, LOOKED_BACK + 1)]
    seen = [day for day in back if first is not None and day >= first]
    if not seen:
        return None
    costs = [by_day.get(day, ZERO) for day in seen]
    mean = sum(costs, ZERO) / len(costs)
    usual = {day.weekday(): usd for day, usd in zip(seen, costs, strict=True)}
    left = [now + timedelta(days=n) for n in range((end - now).days)]
    expected = [usual.get(day.weekday(), mean) for day in left]
    expected[0] = max(ZERO, expected[0] - by_day.get(now, ZERO))
    usd = spent + sum(expected, ZERO)
    half = _half(costs, len(left))
    return Forecast(usd=_rounded(usd), low=_rounded(max(spent, usd - half)), high=_rounded(usd + half), days=len(seen))


def _half(costs: Sequence[Decimal], left: int) -> Decimal:
    """Half of the interval; of one day nothing is known about how days differ."""
    if len(costs) < 2:
        return ZERO
    wide = float(stdtrit(len(costs) - 1, 0.975)) * stdev(map(float, costs)) * sqrt(left + left**2 / len(costs))
    return Decimal(repr(wide))


def _rounded(usd: Decimal) -> Decimal:
    return usd.quantize(MILLIONTH)
