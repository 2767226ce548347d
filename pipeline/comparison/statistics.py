"""How sure a difference is: a paired bootstrap for means, Wilson's interval for shares. Pure, and seeded."""

import math
from collections.abc import Sequence

import numpy as np

from pipeline.visuals import Value

RESAMPLES = 10_000
Z = 1.959964
"""The 97.5 % quantile of the normal distribution."""


class Interval(Value):
    """A value with its 95 % confidence interval; the bounds are None where there is too little to say."""

    value: float
    low: float | None
    high: float | None
    n: int


def paired_bootstrap(differences: Sequence[float], *, seed: int) -> Interval | None:
    """The mean of paired differences with the percentile interval of 10,000 resamples (Efron and Tibshirani, 1993, ch. 13).

    The questions are resampled, each with all its variants, so what a question does to all of them falls out. None
    without a pair; no bounds for one pair alone.
    """
    if not differences:
        return None
    known = np.asarray(differences, dtype=np.float64)
    mean = float(known.mean())
    if len(known) == 1:
        return Interval(value=mean, low=None, high=None, n=1)
    chosen = np.random.default_rng(seed).integers(0, len(known), size=(RESAMPLES, len(known)))
    low, high = np.quantile(known[chosen].mean(axis=1), [0.025, 0.975])
    return Interval(value=mean, low=float(low), high=float(high), n=len(known))


def wilson(successes: int, n: int) -> Interval | None:
    """A share with its score interval (Wilson, 1927), which stays within 0 and 1; None of nothing."""
    if n == 0:
        return None
    share, square = successes / n, Z * Z
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return Interval(value=share, low=max(0.0, centre - half), high=min(1.0, centre + half), n=n)
