"""How well a sign tells true from false: the area under its ROC curve with an interval, and the curve itself. Pure, seeded."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from pipeline.errors import OperatorError
from pipeline.visuals import Value

RESAMPLES = 10_000
BLOCK = 500
SEED = 20_251


class Area(Value):
    """The chance that a true one has more of the sign than a false one, with its 95 % interval."""

    value: float
    low: float
    high: float
    true: int
    false: int


class Point(Value):
    """What a limit keeps: the share of the false and the share of the true that reach it."""

    limit: float
    false_share: float
    true_share: float


def area(sign: Sequence[float], truth: Sequence[bool], *, groups: Sequence[str] | None = None, seed: int = SEED) -> Area:
    """The area under the curve, ties counting half (Hanley and McNeil, 1982), with the percentile bootstrap.

    `groups` are drawn whole: claims about one passage are not independent. Draws that lack one of the two kinds are left
    out. Raises `OperatorError` when there is nothing true or nothing false.
    """
    values, true = np.asarray(sign, dtype=np.float64), np.asarray(truth, dtype=bool)
    if true.all() or not true.any():
        raise OperatorError("There is no curve without true and false claims: one of the two is missing.")
    names = np.unique(np.asarray(groups if groups is not None else np.arange(len(values)).astype(str)), return_inverse=True)[1]
    count = int(names.max()) + 1
    random = np.random.default_rng(seed)
    wins = _wins(values, true)
    drawn = [random.integers(0, count, size=(BLOCK, count)) for _ in range(RESAMPLES // BLOCK)]
    areas = np.concatenate([_resampled(block, names, true, wins) for block in drawn])
    low, high = np.quantile(areas[np.isfinite(areas)], [0.025, 0.975])
    return Area(value=_exact(values, true), low=float(low), high=float(high), true=int(true.sum()), false=int((~true).sum()))


def curve(sign: Sequence[float], truth: Sequence[bool]) -> tuple[Point, ...]:
    """The ROC curve, from the strictest limit to the mildest."""
    values, true = np.asarray(sign, dtype=np.float64), np.asarray(truth, dtype=bool)
    limits = np.unique(values)[::-1]
    return tuple(Point(limit=float(limit), false_share=round(float((values[~true] >= limit).mean()), 6),
                       true_share=round(float((values[true] >= limit).mean()), 6)) for limit in limits)


def _exact(values: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    ranks, n = rankdata(values), int(true.sum())
    return float((ranks[true].sum() - n * (n + 1) / 2) / (n * (len(values) - n)))


def _wins(values: NDArray[np.float64], true: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Each true one against each false one: 1 where it has more of the sign, ½ where they are equal."""
    one, other = values[true][:, None], values[~true][None, :]
    wins: NDArray[np.float64] = (one > other) + 0.5 * (one == other)
    return wins


def _resampled(
    drawn: NDArray[np.int64], names: NDArray[np.intp], true: NDArray[np.bool_], wins: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The area of each draw of groups: how often a claim was drawn is its weight."""
    offsets = np.arange(len(drawn))[:, None] * drawn.shape[1]
    times = np.bincount((drawn + offsets).ravel(), minlength=drawn.size).reshape(drawn.shape)[:, names].astype(np.float64)
    weighed = np.einsum("bi,ij,bj->b", times[:, true], wins, times[:, ~true], optimize=True)
    pairs = times[:, true].sum(axis=1) * times[:, ~true].sum(axis=1)
    areas: NDArray[np.float64] = np.divide(weighed, pairs, out=np.full(len(drawn), np.nan), where=pairs > 0)
    return areas
