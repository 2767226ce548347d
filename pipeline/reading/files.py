"""The files of a repository, wherever they lie: a folder, a zip or a tar archive, read in place and never unpacked to disk."""

import gzip
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, cast

from pipeline.errors import OperatorError
from pipeline.reading.limits import ARCHIVE, KEPT, MEMBER, MEMBERS, RATIO, SLACK, check_size

GZIP = b"\x1f\x8b"
COMMIT = re.compile(r"[0-9a-f]{40}")
NAMED = re.compile(r"@([0-9a-f]{7,40})\b|-([0-9a-f]{40})\b")
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What the standard library raises for archives that are cut off, damaged or encrypted."""


class Files(NamedTuple):
    """Names, how to read one, and the commit that they are of (empty when unknown)."""

    names: tuple[str, ...]
    read: Callable[[str], bytes]
    revision: str


def open_files(path: Path, wanted: Callable[[str], bool]) -> Files:
    """The wanted files at a path; `OperatorError` when an archive is damaged, climbs out or is a bomb."""
    if path.is_dir():
        return _folder(path, wanted)
    check_size(path, ARCHIVE)
    try:
        return _zip(path, wanted) if zipfile.is_zipfile(path) else _tar(path, wanted)
    except DAMAGED as fault:
        raise damaged(path.name) from fault


def damaged(name: str) -> OperatorError:
    """The error for an archive that cannot be read to its end."""
    return OperatorError(f"{name} is cut off or damaged and nothing of it was kept: get the archive again.")


def bomb(name: str) -> OperatorError:
    """The error for an archive that would fill the memory."""
    return OperatorError(f"{name} unpacks to far more than a book and was refused: get the archive again.")


def _folder(path: Path, wanted: Callable[[str], bool]) -> Files:
    home = path.resolve()
    names = sorted(
        name for file in home.rglob("*") if wanted(name := file.relative_to(home).as_posix()) and file.is_file()
    )

    def read(name: str) -> bytes:
        file = (home / name).resolve()
        if not file.is_relative_to(home):
            raise OperatorError(f"{name} is a link that leads out of {path.name}: replace it by the file itself.")
        check_size(file, MEMBER)
        return file.read_bytes()

    return Files(tuple(names), read, _head(home / ".git"))


def _head(git: Path) -> str:
    """The commit that a checkout is at, without asking git."""
    head = _line(git / "HEAD").removeprefix("ref: ")
    if COMMIT.fullmatch(head) or not head:
        return head
    packed = re.search(rf"^([0-9a-f]{{40}}) {re.escape(head)}$", _line(git / "packed-refs"), re.MULTILINE)
    return _line(git / head) or (packed[1] if packed else "")


def _line(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def _zip(path: Path, wanted: Callable[[str], bool]) -> Files:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS:
            raise OperatorError(f"{path.name} has {len(members):,} files and at most {MEMBERS:,} are read: split it.")
        kept = _Kept(path.name)
        for member in members:
            safe = _inside(member.filename, path.name)
            if wanted(safe) and not member.is_dir():
                with archive.open(member) as file:
                    kept.add(safe, file)
        commit = archive.comment.decode("ascii", "replace")
    return _in_memory(path, kept.files, commit)


def _tar(path: Path, wanted: Callable[[str], bool]) -> Files:
    kept = _Kept(path.name)
    most = RATIO * path.stat().st_size + SLACK
    with _unpacked(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
        for number, member in enumerate(archive):
            if number > MEMBERS or member.offset_data + member.size > most:
                raise bomb(path.name)
            safe = _inside(member.name, path.name)
            if wanted(safe) and member.isreg():
                kept.add(safe, cast(IO[bytes], archive.extractfile(member)))
        commit = archive.pax_headers.get("comment", "")
        if len(stream.read(SLACK + 1)) > SLACK:  # to its end: only there a cut-off archive shows itself
            raise bomb(path.name)
    return _in_memory(path, kept.files, commit)


def _unpacked(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        zipped = file.read(2) == GZIP
    return cast(IO[bytes], gzip.open(path)) if zipped else path.open("rb")


def _inside(name: str, archive: str) -> str:
    """The member's name; `OperatorError` when it would leave the archive."""
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or re.match(r"[A-Za-z]:", name):
        raise OperatorError(f"{archive} holds a path that climbs out of it and was refused: get it from another place.")
    return parts.as_posix()


class _Kept:
    """What was taken out of an archive, up to what a book can hold."""

    def __init__(self, archive: str) -> None:
        self.files: dict[str, bytes] = {}
        self._archive = archive
        self._left = KEPT

    def add(self, name: str, file: IO[bytes]) -> None:
        data = file.read(MEMBER + 1)
        self._left -= len(data)
        if len(data) > MEMBER or self._left < 0:
            raise bomb(self._archive)
        self.files[name] = data


def _in_memory(path: Path, kept: Mapping[str, bytes], commit: str) -> Files:
    named = NAMED.search(path.name)
    fallback = (named[1] or named[2]) if named else ""
    return Files(tuple(sorted(kept)), kept.__getitem__, commit if COMMIT.fullmatch(commit) else fallback)
