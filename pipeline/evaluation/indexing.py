"""A corpus that is given as a file: indexed once, cached by its content, and gone on with where it was stopped."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from filelock import FileLock
from numpy.typing import NDArray

from pipeline.errors import BadRequest, OperatorError
from pipeline.evaluation.files import Document as Given
from pipeline.ports import Embedder
from pipeline.search import (
    Document,
    Fts5Words,
    Judge,
    MatrixVectors,
    MemoryDocuments,
    Searcher,
    write_vectors,
    write_words,
)

FORMAT = "1"
BATCH = 256
"""Texts that are embedded between two looks at the disk."""
FLOAT = np.dtype(np.float32)
Hear = Callable[[int, int], object]
"""Is told how many of how many documents have their vectors."""


def open_given(
    given: Sequence[Given], *, embedder: Embedder, home: Path, judge: Judge | None = None, hear: Hear | None = None
) -> Searcher:
    """A searcher over these documents, from the cache below `home` where that is whole. What is judged is what is found.

    Raises `BadRequest` for no documents and `OperatorError` where the cache cannot be written.
    """
    if not given:
        raise BadRequest("corpus", "there are no documents in it.")
    documents = [
        Document(chunk_id=each.document_id, module=each.document_id, title=each.title, text=each.text) for each in given]
    version = content_digest(given)
    folder = _folder(home, embedder, version)
    texts = [f"{each.title}. {each.text}" if each.title else each.text for each in given]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock"):  # another process may be embedding the same file
            words, vectors = _words(folder, documents), _vectors(folder, texts, embedder, hear)
    except OSError as fault:
        raise OperatorError(f"The index cannot be kept in {folder} ({fault}): free space or set VIVIDLY_HOME.") from fault
    return Searcher(MemoryDocuments(documents, embedder=embedder.name, version=version), words, vectors, embedder, judge)


def content_digest(given: Sequence[Given]) -> str:
    """Sixteen hexadecimal digits of the documents in their order, packed or not."""
    digest = hashlib.sha256()
    for each in given:
        for part in (each.document_id, each.title, each.text):
            digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:16]


def index_bytes(searcher: Searcher, *, embedder: Embedder, home: Path) -> int:
    """What the cache of a searcher from here takes up on the disk."""
    return sum(file.stat().st_size for file in _folder(home, embedder, searcher.version).glob("*") if file.is_file())


def _folder(home: Path, embedder: Embedder, version: str) -> Path:
    return home / "evaluation" / hashlib.sha256(f"{FORMAT}|{embedder.name}|{version}".encode()).hexdigest()[:16]


def _words(folder: Path, documents: Sequence[Document]) -> Fts5Words:
    path = folder / "words.sqlite"
    with suppress(sqlite3.DatabaseError, OSError):
        return Fts5Words.open(path)
    write_words(path, documents)
    return Fts5Words.open(path)


def _vectors(folder: Path, texts: Sequence[str], embedder: Embedder, hear: Hear | None) -> MatrixVectors:
    path = folder / "vectors.npy"
    with suppress(ValueError, OSError):
        return MatrixVectors.open(path, rows=len(texts))
    rows = folder / "vectors.part"
    _embed(rows, texts, embedder, hear)
    matrix: NDArray[np.float32] = np.fromfile(rows, dtype=FLOAT).reshape(len(texts), -1)
    write_vectors(path, matrix)
    rows.unlink()
    return MatrixVectors.open(path, rows=len(texts))


def _embed(rows: Path, texts: Sequence[str], embedder: Embedder, hear: Hear | None) -> None:
    """Append the vectors that are missing. What a killed process wrote of a row is cut off first."""
    width = embedder.embed(["width"]).shape[1]
    with rows.open("ab") as file:
        done = min(file.tell() // (width * FLOAT.itemsize), len(texts))
        file.truncate(done * width * FLOAT.itemsize)
        for begin in range(done, len(texts), BATCH):
            file.write(embedder.embed(texts[begin:begin + BATCH]).astype(FLOAT).tobytes())
            file.flush()
            if hear is not None:
                hear(min(begin + BATCH, len(texts)), len(texts))
