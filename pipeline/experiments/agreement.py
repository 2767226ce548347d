"""What the judge says of pairs beside what people say of the same pairs. Pure, and seeded."""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from pipeline.evaluation import share
from pipeline.experiments.opinions import Agreement, Met

SAID = ("one", "other", "none")
"""The first of two variants, the second, no difference."""
SEED, RESAMPLES = 20_251, 2_000
FEW = 20
SCALE: Mapping[float, str] = {
    0.0: "poor", 0.2: "slight", 0.4: "fair", 0.6: "moderate", 0.8: "substantial", 1.01: "almost perfect",
}
"""Up to which kappa an agreement is called what (Landis and Koch, 1977)."""


def agreement(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Cohen's kappa of (judge, people), each "one", "other" or "none", with a 95 % interval over resampled pairs."""
    codes = np.array([[SAID.index(judge), SAID.index(people)] for judge, people in pairs], dtype=np.int64).reshape(-1, 2)
    n = len(codes)
    kappa = _kappa(codes)
    low = high = None
    if n > 1 and kappa is not None:
        random = np.random.default_rng(SEED)
        drawn = [_kappa(codes[random.integers(0, n, size=n)]) for _ in range(RESAMPLES)]
        low, high = (float(bound) for bound in np.quantile([each for each in drawn if each is not None], [0.025, 0.975]))
    same = int((codes[:, 0] == codes[:, 1]).sum())
    matrix = tuple(
        Met(judge=judge, people=people, count=sum(pair == (judge, people) for pair in pairs))
        for judge, people in product(SAID, SAID))
    return Agreement(n=n, kappa=kappa, low=low, high=high, same=share(same, n) if n else None, matrix=matrix,
                     said=_said(n, kappa, low))


def _kappa(codes: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> float | None:
    """(observed − expected) / (1 − expected) (Cohen, 1960); None where both always say the same one thing."""
    n = len(codes)
    if n == 0:
        return None
    table = np.zeros((len(SAID), len(SAID)))
    np.add.at(table, (codes[:, 0], codes[:, 1]), 1)
    expected = float(table.sum(axis=1) @ table.sum(axis=0)) / n**2
    return None if expected >= 1.0 else float((np.trace(table) / n - expected) / (1.0 - expected))


def _said(n: int, kappa: float | None, low: float | None) -> str:
    if n == 0:
        return "Nobody has voted on a pair that the judge looked at: nothing is known of how far it may be trusted."
    if kappa is None:
        return f"Judge and people always say the same one thing over {n} pairs: kappa is not defined there."
    called = next(word for bound, word in SCALE.items() if kappa < bound or bound > 1)
    trust = "" if low is not None and low > 0 else " It is not shown to be better than chance: do not decide by the judge."
    few = f" {n} pairs are few: {FEW} or more would tell." if n < FEW else ""
    return f"Agreement of judge and people is {called} (kappa {kappa:.2f} over {n} pairs).{trust}{few}"
