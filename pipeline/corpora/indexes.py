"""What is derived from the database so that a search is fast, and can be made again from it at any time.

An index is known by its key, a digest of the versions that it is of, and is there whole or not at all.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.corpora.words import Chunk
from pipeline.search import Document, Vectors, Words

KEY_CHARACTERS = 16


@dataclass(frozen=True, kw_only=True)
class Source:
    """What an index is made from. `vectors` are read only when they are needed."""

    versions: tuple[str, ...]
    documents: Sequence[Document]
    vectors: Callable[[], NDArray[np.float32]]

    @property
    def key(self) -> str:
        """The name of the index."""
        return key_of(self.versions)


class Lists(NamedTuple):
    """The two lists of a search."""

    words: Words
    vectors: Vectors


class Indexes(Protocol):
    """Where indexes are kept."""

    def ready(self) -> None:
        """Raises `OperatorError` when no index can be made here, and says what to do."""
        ...

    def open(self, source: Source) -> Lists:
        """The index of these documents, made when it is missing or damaged. Raises `OperatorError`."""
        ...

    def there(self, key: str) -> bool:
        """Whether it was made and not taken away since; `fault` looks at its content."""
        ...

    def fault(self, key: str) -> str:
        """What is wrong with it, in one sentence; empty when it is whole."""
        ...

    def size(self, key: str) -> int:
        """Its bytes; 0 when there is none."""
        ...

    def prune(self, versions: Collection[str]) -> None:
        """Take away every index that holds a version which is none of these."""
        ...


def key_of(versions: Sequence[str]) -> str:
    """The version itself, or a digest of several."""
    return versions[0] if len(versions) == 1 else hashlib.sha256(" ".join(versions).encode()).hexdigest()[:KEY_CHARACTERS]


def document_of(chunk: Chunk) -> Document:
    """The chunk as the search knows it."""
    return Document(
        chunk_id=chunk.chunk_id, module=chunk.module_key, title=chunk.title, section=chunk.section, text=chunk.text,
        corpus=chunk.corpus, licence=chunk.licence, subject=chunk.subject, grades=chunk.grades)
