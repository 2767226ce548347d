"""Whether a fault became rarer or more frequent, told from how often it could have struck: exact tests, no approximations.

Counts are of occasions (requests, executions, minutes), never of lines: a worker that says the same a thousand times in
one execution has failed once.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from scipy.special import bdtr, bdtrc

SIGNIFICANCE = 0.05
"""What counts as beyond chance: 95 % sure."""


ROUNDING = 1e-9


def is_sure(chance: float) -> bool:
    """Whether something so improbable is beyond chance; a bound that is met exactly is met, whatever floats make of it."""
    return chance <= SIGNIFICANCE * (1 + ROUNDING)


class Rate(NamedTuple):
    """How many of so many occasions were struck."""

    struck: int
    of: int

    @property
    def share(self) -> float:
        """Of all occasions; 0 of none."""
        return min(1.0, self.struck / self.of) if self.of else 0.0


def fell(before: Rate, after: Rate) -> float:
    """The chance of so few after, or fewer, had the rate stayed: small means that it fell. 1 where nothing can be said.

    Two Poisson counts with equal rates, given their sum: the second is binomial with the share of its exposure
    (Przyborowski and Wilenski, 1940, Biometrika 31: "Homogeneity of results in testing samples from Poisson series").
    """
    if not before.of or not after.of:
        return 1.0
    return float(bdtr(after.struck, before.struck + after.struck, _share(before, after)))


def rose(before: Rate, after: Rate) -> float:
    """The chance of so many after, or more, had the rate stayed: small means that it rose (the same test, other side)."""
    if not before.of or not after.of:
        return 1.0
    return float(bdtrc(after.struck - 1, before.struck + after.struck, _share(before, after)))


def quiet_needed(before: Rate) -> int | None:
    """The occasions without a strike after which `fell` says 95 %; None for a fault that did not strike before.

    The least n with (b / (b + n)) ** k ≤ 0.05, for k strikes in b occasions: n = b (0.05 ** (-1 / k) - 1), rounded up.
    For a fault in every one of many occasions that is 3, the "rule of three" (Hanley and Lippman-Hand, 1983, JAMA 249).
    """
    if not before.struck or not before.of:
        return None
    needed = max(1, math.ceil(before.of * (math.pow(SIGNIFICANCE, -1 / before.struck) - 1)))
    while needed > 1 and is_sure(fell(before, Rate(0, needed - 1))):  # rounding of the power
        needed -= 1
    while not is_sure(fell(before, Rate(0, needed))):
        needed += 1
    return needed


def occasions_to_see(share: float) -> int:
    """The occasions after which a fault that strikes this share of them would have shown itself, 95 % sure.

    The least n with (1 - share) ** n ≤ 0.05.
    """
    return math.ceil(math.log(SIGNIFICANCE) / math.log1p(-share))


def beyond_chance(chances: Sequence[float]) -> list[bool]:
    """Which of several tests hold when all of them were looked at: wrong about any of them in one of twenty cases at most.

    Holm's step-down procedure (1979, Scandinavian Journal of Statistics 6).
    """
    held = [False] * len(chances)
    for rank, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        if chances[place] > SIGNIFICANCE / (len(chances) - rank):
            break
        held[place] = True
    return held


def _share(before: Rate, after: Rate) -> float:
    return after.of / (before.of + after.of)
