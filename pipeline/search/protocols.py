"""What a search stands on: a list by words, a list by meaning, and the documents behind both.

A document's place in both lists is its position, counted from 0. `allowed` is a mask over positions, None for all.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.search.values import Document, Filters

Mask = NDArray[np.bool_]
Ranked = list[tuple[int, float]]
"""Positions with their scores, strongest first; equal scores by position."""


class Words(Protocol):
    """A lexical index."""

    def ranked(self, words: Sequence[str], limit: int, allowed: Mask | None) -> Ranked:
        """Documents that have any of these words (see `content_words`), by BM25 or its like: greater is better."""
        ...


class Vectors(Protocol):
    """A dense index."""

    def ranked(self, vector: NDArray[np.float32], limit: int, allowed: Mask | None) -> Ranked:
        """Documents by their cosine to this unit vector."""
        ...


class Documents(Protocol):
    """The documents of one or more corpora, in the order of the positions."""

    version: str
    embedder: str
    """The name of the model that made the vectors."""

    def allowed(self, filters: Filters) -> Mask | None:
        """Which positions the filters let through; None for all of them."""
        ...

    def take(self, positions: Sequence[int]) -> Sequence[Document]:
        """The documents at these positions, in this order."""
        ...
