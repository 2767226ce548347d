"""How sure a figure is: bootstrap intervals over queries, the paired randomisation test, Holm's correction. Pure and seeded."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SEED = 20_251
RESAMPLES = 10_000
FLIPS = 20_000
EXACT = 12
"""Up to so many differences that are not zero, every pattern of signs is looked at."""
BLOCK = 1_000
Z_TWO_SIDED, Z_POWER = 1.959964, 0.841621
"""The 97.5 % and the 80 % quantile of the normal distribution."""
ROUNDING = 1e-9
"""What floats make of equal sums."""
Floats = NDArray[np.float64]


def intervals(values: Floats, *, seed: int = SEED) -> tuple[Floats, Floats]:
    """For each column of values (queries × measures), the bounds of the 95 % interval of its mean.

    The percentile interval of 10,000 resamples of the queries (Efron and Tibshirani, 1993, ch. 13; for retrieval: Sakai,
    2006, "Evaluating evaluation metrics based on the bootstrap"). All columns share the resamples.
    """
    n = len(values)
    random = np.random.default_rng(seed)
    rows = np.arange(BLOCK)[:, None] * n
    means = np.empty((RESAMPLES, values.shape[1]))
    for begin in range(0, RESAMPLES, BLOCK):
        drawn = random.integers(0, n, size=(BLOCK, n)) + rows
        counts = np.bincount(drawn.ravel(), minlength=BLOCK * n).reshape(BLOCK, n)
        means[begin:begin + BLOCK] = counts @ values / n
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    return low, high


def randomisation(differences: Floats, *, seed: int = SEED) -> list[float]:
    """For each column (queries × comparisons), the chance of a mean so far from zero had a coin named the two systems.

    Fisher's randomisation test, two-sided, query by query (Smucker, Allan and Carterette, 2007, "A comparison of statistical
    significance tests for information retrieval evaluation"). A query that a comparison does not have is zero there, which
    no coin changes. Exact for few differences; else of 20,000 flips, counted with the one that was seen, so that it is never
    zero (Phipson and Smyth, 2010).
    """
    n, columns = differences.shape
    seen = np.abs(differences.sum(axis=0)) - ROUNDING * np.abs(differences).sum(axis=0)
    extreme = np.zeros(columns)
    random = np.random.default_rng(seed)
    for _ in range(0, FLIPS, BLOCK):
        signs = 1.0 - 2.0 * random.integers(0, 2, size=(BLOCK, n), dtype=np.int8)
        extreme += (np.abs(signs @ differences) >= seen).sum(axis=0)
    drawn = (extreme + 1) / (FLIPS + 1)
    few = [np.flatnonzero(differences[:, column]) for column in range(columns)]
    return [
        _exact(differences[rows, column]) if len(rows) <= EXACT else float(drawn[column]) for column, rows in enumerate(few)
    ]


def _exact(known: Floats) -> float:
    signs = 1.0 - 2.0 * ((np.arange(2 ** len(known))[:, None] >> np.arange(len(known))) & 1)
    seen = abs(known.sum()) - ROUNDING * np.abs(known).sum()
    return float((np.abs(signs @ known) >= seen).mean())


def holm(chances: Sequence[float]) -> list[float]:
    """Each chance when all of them were looked at: at most 5 % wrong about any (Holm, 1979, Scand. J. of Statistics 6)."""
    adjusted = [1.0] * len(chances)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        highest = max(highest, min(1.0, chances[place] * (len(chances) - rank)))
        adjusted[place] = highest
    return adjusted


def spread(differences: Floats) -> float:
    """The standard deviation of the differences; 0 of fewer than two."""
    return float(np.std(differences, ddof=1)) if len(differences) > 1 else 0.0


def effect(differences: Floats) -> float | None:
    """The mean difference in standard deviations (Cohen's d of pairs; Sakai, 2018, ch. 5); None where they do not differ."""
    deviation = spread(differences)
    return float(np.mean(differences)) / deviation if deviation > ROUNDING else None


def detectable(differences: Floats) -> float | None:
    """The mean difference that so many queries, scattered as these are, show at 5 % in 80 of 100 cases.

    (z(.975) + z(.80)) · s / √n, the normal approximation of the paired test's power (Cohen, 1988; for test collections:
    Sakai, 2016, "Topic set size design"). None of fewer than two.
    """
    if len(differences) < 2:
        return None
    return (Z_TWO_SIDED + Z_POWER) * spread(differences) / math.sqrt(len(differences))
