"""The greatest of many scores, without sorting the rest."""

import numpy as np
from numpy.typing import NDArray

from pipeline.search.protocols import Ranked


def best(scores: NDArray[np.float32], limit: int) -> Ranked:
    """Positions and scores of the greatest, the greatest first; equal ones by position."""
    if limit <= 0:
        return []
    near = np.arange(len(scores))
    if limit < len(scores):
        edge = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        above, level = np.flatnonzero(scores > edge), np.flatnonzero(scores == edge)
        near = np.concatenate((above, level[: limit - len(above)]))
    order = near[np.lexsort((near, -scores[near]))]
    return list(zip(order.tolist(), scores[order].tolist(), strict=True))
