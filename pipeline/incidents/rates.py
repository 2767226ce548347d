"""Is a rate higher than before, or is it chance? The exact test that compares two Poisson rates given their sum.

Przyborowski and Wilenski, Homogeneity of Results in Testing Samples from Poisson Series, Biometrika 31 (1940), 313-323.
"""

from typing import NamedTuple

from scipy.special import bdtrc

CHANCE = 0.001
"""So rarely a rate that did not change looks as if it had."""
FEWEST = 5
"""With fewer errors lately nothing escalates, however quiet it was before."""
TIMES = 2.0
"""A rate that is significantly, but less than so many times, higher does not matter."""


class Seen(NamedTuple):
    """So many errors in so much that could have failed."""

    errors: int
    exposure: float


def chance_of_more(now: Seen, before: Seen) -> float:
    """How probable so many errors now are, or more, if the rate were as before.

    Given all n = now + before errors, those of now are Binomial(n, p) with p = exposure now / both exposures: P(X >= now).
    1 where nothing was exposed before or now: then nothing can be told.
    """
    if now.errors <= 0 or now.exposure <= 0 or before.exposure <= 0:
        return 1.0
    share = now.exposure / (now.exposure + before.exposure)
    return float(bdtrc(now.errors - 1, now.errors + before.errors, share))


def escalates(now: Seen, before: Seen) -> bool:
    """Whether the rate is higher than before beyond chance, and enough higher to matter."""
    if now.errors < FEWEST or now.exposure <= 0 or before.exposure <= 0:
        return False
    higher = now.errors * before.exposure >= TIMES * before.errors * now.exposure
    return higher and chance_of_more(now, before) < CHANCE
