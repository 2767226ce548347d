"""Words of a script -> what its speech, pictures and film would have cost, with an interval. Pure: no database, no prices.

Each stage's cost is a straight line in the words, y = a + b·w + e, fitted by least squares on requests that made all three
stages. Neither a fixed part nor a price per word below zero makes sense, so a line that would have one gives way to the best
line without it (non-negative least squares): to the mean, or to a line through zero. Where all scripts are equally long
there is no slope to be had, and the mean is used. No prediction is below zero that way, and no interval reaches below it.

The stages of one request go wrong together (a long film has a long narration), so the residuals' covariance S of the three
stages is kept. A total over requests is off by their own residuals, n·1'S1 of each group, and by the fit itself, which is
off for all of them in the same direction: with u = (n, Σw - n·w̄) and weights h = X·L·u on the observations, h'h·S. So n and
Σw of a group are all that has to be known of it. Interval: ± t(dof)·√variance, the textbooks' "prediction of new
observations" (Montgomery, Peck & Vining, Introduction to Linear Regression Analysis, ch. 2 and 3) with n of them at once.
Assumed are independent requests and residuals of one size; how well that holds is told by `pipeline.ledger.backtest`.

Money is Decimal outside; the statistics between are floats, and come out rounded to a millionth of a dollar.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from pipeline.domain import Stage
from pipeline.report import SKIPPABLE, Basis, Estimate
from pipeline.visuals import Value

FEWEST = 20
"""Observations without which the planning assumption is used."""
CONFIDENCE = 0.95
MILLIONTH = Decimal("0.000001")
Floats = NDArray[np.float64]


class Observation(Value):
    """A request that made everything: the words of its script, and what each skippable stage cost, in their order."""

    words: int
    usd: tuple[Decimal, Decimal, Decimal]

    @property
    def total(self) -> Decimal:
        """What the three cost together."""
        return sum(self.usd, Decimal(0))


class Skipped(Value):
    """Requests that skipped the same stages, as far as a prediction of their sum needs them."""

    stages: tuple[Stage, ...]
    requests: int
    words: int


class Model:
    """The lines of the three stages."""

    def __init__(self, words: Floats, usd: Floats) -> None:
        """From the words of each observation, and its cost of each skippable stage: shapes (n,) and (n, 3).

        Raises `ValueError` for fewer than a line and its error need, three.
        """
        self.observations = len(words)
        self._mean = float(words.mean()) if len(words) else 0.0
        away = words - self._mean
        self._spread = float(away @ away)
        self._dof = len(words) - (2 if self._spread else 1)
        if self._dof < 1:
            raise ValueError("A line needs three observations.")
        self._weights = np.array([self._weight(away, usd[:, stage]) for stage in range(len(SKIPPABLE))])
        design = np.column_stack([np.ones_like(away), away])
        self.lines: Floats = np.einsum("sij,jk,ks->si", self._weights, design.T, usd)
        residuals = usd - design @ self.lines.T
        self._errors: Floats = residuals.T @ residuals / self._dof

    @classmethod
    def of(cls, observations: Sequence[Observation]) -> "Model":
        """Fitted on these."""
        return cls(*arrays(observations))

    def one(self, stages: Sequence[Stage], words: int) -> Estimate:
        """What these stages would have cost a single request with a script of so many words."""
        return self.many([Skipped(stages=tuple(stages), requests=1, words=words)])

    def many(self, groups: Iterable[Skipped]) -> Estimate:
        """What all of them would have cost together."""
        ours = [(_places(group.stages), group) for group in groups]
        reach = sum((np.outer(at, [group.requests, group.words - group.requests * self._mean]) for at, group in ours),
                    np.zeros((len(SKIPPABLE), 2)))
        lean = np.einsum("sij,sj->si", self._weights, reach)
        of_fit = float(np.sum(self._errors * (lean @ np.diag([self.observations, self._spread]) @ lean.T)))
        of_requests = sum(group.requests * float(at @ self._errors @ at) for at, group in ours)
        half = float(stdtrit(self._dof, (1 + CONFIDENCE) / 2)) * sqrt(max(0.0, of_fit + of_requests))
        usd = float(np.sum(self.lines * reach))
        return Estimate(usd=_money(usd), low=_money(max(0.0, usd - half)), high=_money(usd + half), basis=Basis.FITTED,
                        observations=self.observations)

    def _weight(self, away: Floats, usd: Floats) -> Floats:
        """The matrix L of the stage's estimate: line = L·X'y, where X holds ones and the words away from their mean."""
        count, mean, spread = len(away), self._mean, self._spread
        slope = float(away @ usd) / spread if spread else 0.0
        if slope <= 0:
            return np.diag([1 / count, 0.0])
        if float(usd.mean()) < slope * mean:  # the line would start below zero
            through_zero = np.array([mean, 1.0])
            return np.outer(through_zero, through_zero) / (spread + count * mean**2)
        return np.diag([1 / count, 1 / spread])


def arrays(observations: Sequence[Observation]) -> tuple[Floats, Floats]:
    """Their words and their dollars, as a model takes them."""
    words = np.array([float(seen.words) for seen in observations])
    return words, np.array([[float(part) for part in seen.usd] for seen in observations]).reshape(-1, len(SKIPPABLE))


def _places(stages: Sequence[Stage]) -> Floats:
    return np.array([float(stage in stages) for stage in SKIPPABLE])


def _money(usd: float) -> Decimal:
    return Decimal(repr(usd)).quantize(MILLIONTH)
