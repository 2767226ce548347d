"""Two ranked lists -> one, by ranks (reciprocal rank fusion) or by scores (min–max)."""

from collections.abc import Callable, Mapping

from pipeline.search.protocols import Ranked
from pipeline.search.values import Fusion

RRF_K = 60
"""Reciprocal rank fusion's constant (Cormack, Clarke and Büttcher, 2009)."""


def fuse(first: Ranked, second: Ranked, *, weight: float, fusion: Fusion) -> Ranked:
    """Both lists as one; `weight` is the share of the first. What a list does not have counts nothing there."""
    parts = ((weight, FUSIONS[fusion](first)), (1.0 - weight, FUSIONS[fusion](second)))
    scores: dict[int, float] = {}
    for share, part in parts:
        for position, score in part.items() if share > 0 else ():
            scores[position] = scores.get(position, 0.0) + share * score
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def by_rank(ranked: Ranked) -> dict[int, float]:
    """1 / (60 + rank)."""
    return {position: 1.0 / (RRF_K + rank) for rank, (position, _) in enumerate(ranked, start=1)}


def by_score(ranked: Ranked) -> dict[int, float]:
    """The best score is 1, the last of the list 0; a list of equal scores is 1 throughout."""
    if not ranked:
        return {}
    top, bottom = ranked[0][1], ranked[-1][1]
    return {position: (score - bottom) / (top - bottom) if top > bottom else 1.0 for position, score in ranked}


FUSIONS: Mapping[Fusion, Callable[[Ranked], dict[int, float]]] = {Fusion.RRF: by_rank, Fusion.MINMAX: by_score}
