"""Where lessons' files are kept on this machine: whole or not at all, and never outside the store."""

import errno
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath

from pipeline.errors import OperatorError, PipelineError, StorageFull
from pipeline.ports import Artifacts
from pipeline.whole import whole

PARTS = "parts"
"""The folder of what lessons have in common: spoken scenes, drawn boards, filmed segments."""
FULL = (errno.ENOSPC, errno.EDQUOT)
TYPES = {".vtt": "text/vtt", ".wav": "audio/wav", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".mp4": "video/mp4",
         ".png": "image/png"}


def media_type(name: str) -> str:
    """What lessons are made of by its name; anything else is bytes, which no browser runs."""
    return TYPES.get(PurePath(name).suffix, "application/octet-stream")


def needed(store: Artifacts, name: str) -> Path:
    """The kept file at its path. Raises `PipelineError` where there is none."""
    path = store.fetch(name)
    if path is None:
        raise PipelineError(f"{name} is no longer in the store: make the lesson again.")
    return path


class LocalStore:
    """`pipeline.ports.Store` in one folder: what stands there is kept."""

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

    def publish(self, name: str) -> None:
        """It is where it is kept."""

    def fetch(self, name: str) -> Path | None:
        """The file, or None where there is none."""
        path = self.path(name)
        return path if path.is_file() else None

    def sizes(self, names: Collection[str]) -> Mapping[str, int]:
        """The bytes of those that are there."""
        found = {name: self.fetch(name) for name in names}
        return {name: path.stat().st_size for name, path in found.items() if path}

    def link(self, name: str) -> str | None:
        """None: this process hands it out."""
        return None


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

    def publish(self, name: str) -> None:
        """Keep the file that stands at its path."""
        self._store.publish(self._own(name))

    def fetch(self, name: str) -> Path | None:
        """The kept file, or None."""
        return self._store.fetch(self._own(name))

    def sizes(self, names: Collection[str]) -> Mapping[str, int]:
        """The bytes of those that are kept."""
        found = self._store.sizes([self._own(name) for name in names])
        return {name: found[self._own(name)] for name in names if self._own(name) in found}

    def _own(self, name: str) -> str:
        shared = name == PARTS or name.startswith(f"{PARTS}/")
        return f"{self._request_id}/{name}" if shared else name


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """Faults of the disk as sentences that say what to do."""
    try:
        with room(folder):
            yield
    except OSError as fault:
        raise OperatorError(f"{folder} cannot be written to ({fault.strerror}): set VIVIDLY_HOME.") from fault


@contextmanager
def room(folder: Path) -> Iterator[None]:
    """A full disk as a sentence that says what to do; other faults, which may be the network's, as they are."""
    try:
        yield
    except OSError as fault:
        if fault.errno in FULL:
            raise StorageFull(f"The disk of {folder} is full: free some space and run the request again.") from fault
        raise


def plainly(fault: Exception) -> str:
    """The fault as a sentence: a library that met a full disk says only its number."""
    full = isinstance(fault, OSError) and fault.errno in FULL
    return str(StorageFull()) if full else str(fault)
