"""The dense list: unit vectors in one matrix, in memory or mapped from a file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.search.best import best
from pipeline.search.protocols import Mask, Ranked
from pipeline.whole import whole

NOWHERE = np.float32(-2.0)
"""Below every cosine: what a filter keeps out."""


class MatrixVectors:
    """`Vectors` over a matrix with a row per document."""

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        self._matrix = matrix

    @classmethod
    def open(cls, path: Path, *, rows: int) -> "MatrixVectors":
        """The matrix in a file, mapped. `ValueError` when it is damaged or of another size; `OSError` when there is none."""
        try:
            matrix = np.load(path, mmap_mode="r", allow_pickle=False)
        except EOFError as fault:
            raise ValueError(f"{path} is empty.") from fault
        if matrix.ndim != 2 or len(matrix) != rows or matrix.dtype != np.float32:
            raise ValueError(f"{path} does not hold {rows} vectors.")
        return cls(matrix)

    def ranked(self, vector: NDArray[np.float32], limit: int, allowed: Mask | None) -> Ranked:
        """The documents nearest to the vector, by cosine."""
        cosines = np.vecdot(self._matrix, vector)  # not @: BLAS wakes every core for it, and they wait for one another, spinning
        if allowed is not None:
            cosines = np.where(allowed, cosines, NOWHERE)
        return [(position, cosine) for position, cosine in best(cosines, limit) if cosine > NOWHERE]


def write_vectors(path: Path, matrix: NDArray[np.float32]) -> None:
    """The matrix as a file, whole or not at all."""
    with whole(path) as unfinished, unfinished.open("wb") as file:
        np.save(file, np.ascontiguousarray(matrix, dtype=np.float32))
