"""Where lessons' files are kept on this machine: whole or not at all, and never outside the store."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import OperatorError, StorageFull
from pipeline.ports import Artifacts
from pipeline.whole import whole

PARTS = "parts"
"""The folder of what lessons have in common: spoken scenes, drawn boards, filmed segments."""
FULL = (errno.ENOSPC, errno.EDQUOT)


class LocalStore:
    """`pipeline.ports.Artifacts` in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def path(self, name: str) -> Path:
        """The path of a stored or future file; its folder is made. Raises `OperatorError` for a name that leaves the store."""
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder):
            raise OperatorError(f"{name!r} is outside the store {self._folder}.")
        with disk_faults(self._folder):
            path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def put(self, name: str, content: bytes) -> Path:
        """Write the file whole or not at all."""
        path = self.path(name)
        with disk_faults(self._folder), whole(path) as unfinished:
            unfinished.write_bytes(content)
        return path


class OwnParts:
    """The store as a request sees it that takes nothing from others: the parts that lessons share stand in its own folder."""

    def __init__(self, store: Artifacts, request_id: str) -> None:
        self._store = store
        self._request_id = request_id

    def path(self, name: str) -> Path:
        """The path of a stored or future file."""
        return self._store.path(self._own(name))

    def put(self, name: str, content: bytes) -> Path:
        """Write the file whole or not at all."""
        return self._store.put(self._own(name), content)

    def _own(self, name: str) -> str:
        shared = name == PARTS or name.startswith(f"{PARTS}/")
        return f"{self._request_id}/{name}" if shared else name


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """Faults of the disk as sentences that say what to do."""
    try:
        yield
    except OSError as fault:
        if fault.errno in FULL:
            raise StorageFull(f"The disk of {folder} is full: free some space and run the request again.") from fault
        raise OperatorError(f"{folder} cannot be written to ({fault.strerror}): set VIVIDLY_HOME.") from fault


def plainly(fault: Exception) -> str:
    """The fault as a sentence: a library that met a full disk says only its number."""
    full = isinstance(fault, OSError) and fault.errno in FULL
    return str(StorageFull()) if full else str(fault)
