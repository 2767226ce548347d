"""Indexes as files: an FTS5 file and a matrix in a folder each, sealed with their digests."""

import hashlib
import shutil
import sqlite3
from collections.abc import Collection
from pathlib import Path

from filelock import FileLock
from pydantic import ValidationError

from pipeline.corpora.indexes import Lists, Source
from pipeline.errors import OperatorError
from pipeline.search import Fts5Words, MatrixVectors, write_vectors, write_words
from pipeline.visuals import Value
from pipeline.whole import whole

FORMAT = "1"
WORDS, VECTORS, SEAL, LOCK = "words.sqlite", "vectors.npy", "seal.json", ".lock"


class Seal(Value):
    """Written last: what the folder is of, and the SHA-256 of each file."""

    format: str
    versions: tuple[str, ...]
    rows: int
    sha256: dict[str, str]


class FileIndexes:
    """Indexes in the folders of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ready(self) -> None:
        """The folder can be made."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise OperatorError(f"The folder of search indexes cannot be made ({fault}): set VIVIDLY_HOME.") from fault

    def open(self, source: Source) -> Lists:
        """Checked, and made when it is missing or damaged."""
        self.ready()
        place, rows = self._folder / source.key, len(source.documents)
        try:
            with FileLock(self._folder / f"{source.key}{LOCK}"):
                if self.fault(source.key) or self._rows(source.key) != rows:
                    _make(place, source)
                try:
                    return _lists(place, rows)
                except (sqlite3.Error, ValueError):  # whole, and of a format that the search no longer reads
                    _make(place, source)
                    return _lists(place, rows)
        except (OSError, sqlite3.Error, ValueError) as fault:
            raise OperatorError(
                f"The search index cannot be kept in {place} ({fault}): free space or set VIVIDLY_HOME.") from fault

    def there(self, key: str) -> bool:
        """The seal is written last and taken away first."""
        return self._seal(key) is not None

    def fault(self, key: str) -> str:
        """Every byte is looked at."""
        seal = self._seal(key)
        if seal is None:
            return "The search index is not made yet: it is made at the first search."
        for name, digest in seal.sha256.items():
            if _sha256(self._folder / key / name) != digest:
                return f"{name} of the search index is damaged: it is made again at the next search."
        return ""

    def size(self, key: str) -> int:
        """Of both files."""
        files = (self._folder / key / name for name in (WORDS, VECTORS))
        return sum(file.stat().st_size for file in files if file.is_file())

    def prune(self, versions: Collection[str]) -> None:
        """Whoever has the files open reads on."""
        for place in self._folder.glob("*/"):
            seal = self._seal(place.name)
            if seal is None or not set(seal.versions) <= set(versions):
                with FileLock(self._folder / f"{place.name}{LOCK}"):
                    shutil.rmtree(place, ignore_errors=True)
                (self._folder / f"{place.name}{LOCK}").unlink(missing_ok=True)

    def _rows(self, key: str) -> int:
        seal = self._seal(key)
        return seal.rows if seal else -1

    def _seal(self, key: str) -> Seal | None:
        try:
            seal = Seal.model_validate_json((self._folder / key / SEAL).read_bytes())
        except (OSError, ValidationError):
            return None
        return seal if seal.format == FORMAT and set(seal.sha256) == {WORDS, VECTORS} else None


def _lists(place: Path, rows: int) -> Lists:
    return Lists(words=Fts5Words.open(place / WORDS), vectors=MatrixVectors.open(place / VECTORS, rows=rows))


def _make(place: Path, source: Source) -> None:
    (place / SEAL).unlink(missing_ok=True)
    write_words(place / WORDS, source.documents)
    write_vectors(place / VECTORS, source.vectors())
    seal = Seal(format=FORMAT, versions=source.versions, rows=len(source.documents),
                sha256={name: _sha256(place / name) for name in (WORDS, VECTORS)})
    with whole(place / SEAL) as unfinished:
        unfinished.write_text(seal.model_dump_json(), encoding="utf-8")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
