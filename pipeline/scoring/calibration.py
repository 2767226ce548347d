"""From the two signs of support, cover and margin, to a probability: a logistic curve fitted on labelled claims."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from pipeline.errors import OperatorError
from pipeline.visuals import Text, Value

RIDGE = 0.01
"""How strongly weights are held near zero: without it a set that is told apart without a fault has none."""
CERTAIN = 0.999
"""A margin of ±1 has no logit; this is as sure as a small model is taken to be."""


class Signs(NamedTuple):
    """What is seen of a claim: the share of its words and of its neighbouring words in the passage, and the model's margin."""

    cover: float
    pairs: float
    margin: float


class Calibration(Value):
    """P(supported) = 1 / (1 + e^−(bias + cover·c + pairs·p + margin·m)), with the margin as a logit."""

    bias: float
    cover: float
    pairs: float
    margin: float
    model: Text
    """The language model whose margins it was fitted on; another's mean something else."""
    prompt: Text
    """The prompt, as name@version."""
    claims: int

    def probability(self, signs: Signs) -> float:
        """How likely a claim with these signs is supported."""
        weighed = self.bias + self.cover * signs.cover + self.pairs * signs.pairs + self.margin * logit(signs.margin)
        return 1.0 / (1.0 + math.exp(-weighed))


def logit(margin: float) -> float:
    """A margin in −1…1 as the logarithm of the odds of yes."""
    yes = (1.0 + max(-CERTAIN, min(CERTAIN, margin))) / 2.0
    return math.log(yes / (1.0 - yes))


def fit(signs: Sequence[Signs], supported: Sequence[bool], *, model: str, prompt: str) -> Calibration:
    """The curve of greatest likelihood on which no sign ever counts against a claim, with a small ridge.

    Raises `OperatorError` when there are no supported claims, or no others.
    """
    if len(set(supported)) < 2:
        raise OperatorError("A calibration needs supported and unsupported claims: one of the two is missing.")
    rows = np.array([[1.0, one.cover, one.pairs, logit(one.margin)] for one in signs])
    truth = np.where(np.array(supported), 1.0, -1.0)

    def cost(weights: NDArray[np.float64]) -> float:
        return float(np.logaddexp(0.0, -truth * (rows @ weights)).sum() + RIDGE * (weights[1:] ** 2).sum())

    weights = minimize(cost, np.zeros(4), bounds=((None, None), *(((0.0, None),) * 3))).x
    bias, cover, pairs, margin = (round(float(weight), 6) for weight in weights)
    return Calibration(bias=bias, cover=cover, pairs=pairs, margin=margin, model=model, prompt=prompt, claims=len(signs))
