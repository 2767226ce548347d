"""Documents held in memory, with the filters answered by arrays."""

from collections.abc import Sequence

import numpy as np

from pipeline.search.protocols import Mask
from pipeline.search.values import GRADES_NEAR, Document, Filters


class MemoryDocuments:
    """`Documents` over a list."""

    def __init__(self, documents: Sequence[Document], *, embedder: str, version: str = "") -> None:
        self.embedder = embedder
        self.version = version
        self._documents = list(documents)
        self._facets = Facets(documents)

    def __len__(self) -> int:
        return len(self._documents)

    def allowed(self, filters: Filters) -> Mask | None:
        """Which positions the filters let through; None for all of them."""
        return self._facets.allowed(filters)

    def take(self, positions: Sequence[int]) -> Sequence[Document]:
        """The documents at these positions, in this order."""
        return [self._documents[position] for position in positions]


class Facets:
    """What documents are filtered by, a few bytes a document: whoever keeps the texts elsewhere builds this once."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._names = {
            "subject": _coded([one.subject for one in documents]), "corpora": _coded([one.corpus for one in documents]),
            "licences": _coded([one.licence for one in documents]), "modules": _coded([one.module for one in documents]),
        }
        self._grades = np.array([_bits(one.grades) for one in documents], dtype=np.uint16)

    def allowed(self, filters: Filters) -> Mask | None:
        """Which positions the filters let through; None for all of them. A document without grades suits every grade."""
        wanted = {"subject": (filters.subject,) if filters.subject else (), "corpora": filters.corpora,
                  "licences": filters.licences, "modules": filters.modules}
        masks = [_among(*self._names[facet], names) for facet, names in wanted.items() if names]
        if filters.grade is not None:
            near = _bits(range(filters.grade - GRADES_NEAR, filters.grade + GRADES_NEAR + 1))
            masks.append((self._grades == 0) | (self._grades & near != 0))
        return np.logical_and.reduce(masks) if masks else None


def _coded(names: Sequence[str]) -> tuple[dict[str, int], np.ndarray[tuple[int, ...], np.dtype[np.int32]]]:
    codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
    return codes, np.array([codes[name] for name in names], dtype=np.int32)


def _among(codes: dict[str, int], column: np.ndarray[tuple[int, ...], np.dtype[np.int32]], names: Sequence[str]) -> Mask:
    return np.isin(column, [codes[name] for name in names if name in codes])


def _bits(grades: Sequence[int]) -> int:
    return sum({1 << grade for grade in grades if 0 < grade < 16})
