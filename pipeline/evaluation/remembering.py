"""An embedder that embeds each query once: for sweeps, which ask the same queries of many systems.

What is measured with it says nothing about latency.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.ports import Embedder


class Remembering:
    """`Embedder`; keeps the vector of every text in memory."""

    def __init__(self, embedder: Embedder) -> None:
        self.family = embedder.family
        self.name = embedder.name
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of these texts; those that are known are not made again."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])
