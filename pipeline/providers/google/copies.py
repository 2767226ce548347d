"""Copies of a bucket's files in a folder of this machine: which are known to be equal, and which nobody needs any more."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from pipeline.store import LocalStore

KEPT_SECONDS, SWEEP_SECONDS = 3_600, 300
"""A copy that nobody asked for in so long goes, now and then: in a container the folder is memory."""
Mark = tuple[int, int, int]


class Copies(LocalStore):
    """The folder belongs to one bucket alone; names stay within it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder.resolve()
        self._known: dict[Path, Mark] = {}
        self._swept, self._sweeping = time.monotonic(), threading.Lock()

    def bare(self, name: str) -> str:
        """The name in its one form. Raises `OperatorError` for one that leaves the folder."""
        return self.path(name).relative_to(self.folder).as_posix()

    def known(self, path: Path) -> bool:
        """Whether the copy is the one that was found to be equal; then it is as good as asked for now."""
        equal = path.is_file() and self._known.get(path) == _mark(path)
        if equal:
            os.utime(path, ns=(time.time_ns(), path.stat().st_mtime_ns))
        return equal

    def know(self, path: Path, mark: Mark | None = None) -> None:
        """The copy as it is now, or was at the mark, is equal to what the bucket has."""
        self._known[path] = mark or _mark(path)

    def mark(self, path: Path) -> Mark:
        """What changes when the file does."""
        return _mark(path)

    def sweep(self) -> None:
        """Remove what nobody asked for in an hour."""
        with self._sweeping:
            if time.monotonic() - self._swept < SWEEP_SECONDS:
                return
            self._swept = time.monotonic()
            self.clear(older_than=KEPT_SECONDS)

    def clear(self, *, older_than: float) -> None:
        """Remove what nobody asked for in so many seconds, and all that a killed process left half-made by then."""
        before = time.time() - older_than
        for path in [path for path in self.folder.rglob("*") if path.is_file()]:
            with suppress(FileNotFoundError):  # another process was quicker
                status = path.stat()
                if max(status.st_atime, status.st_mtime) < before:
                    path.unlink()
        self._known = {path: mark for path, mark in self._known.items() if path.exists()}


def _mark(path: Path) -> Mark:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
