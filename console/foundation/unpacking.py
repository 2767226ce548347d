"""Uploaded files -> a folder of Python files. Nothing is imported or run, and nothing lands outside the folder."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pipeline.doctor import CannotLook

PACKED_MIB, UNPACKED_MIB, FILES = 5, 8, 2000
PACKED_BYTES, UNPACKED_BYTES = PACKED_MIB << 20, UNPACKED_MIB << 20
LIMITS = f"At most {PACKED_MIB} MB, {UNPACKED_MIB} MB unpacked, {FILES:,} files."
_BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Compressions that are undone piece by piece; of the others one piece can fill the memory."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError, ValueError)
"""What the zip library raises over a broken, encrypted or exotic archive."""


class Upload(NamedTuple):
    """One uploaded file."""

    name: str
    content: bytes


def unpack(uploads: Sequence[Upload], folder: Path) -> Path:
    """Write the Python files of the uploads into the folder; where to examine. Raises `CannotLook` in one sentence."""
    if sum(len(upload.content) for upload in uploads) > PACKED_BYTES:
        raise CannotLook(f"The upload is larger than {PACKED_MIB} MB.")
    written = 0
    for name, content in _limited(_files(uploads)):
        _write(folder, name, content)
        written += 1
    if not written:
        raise CannotLook("There is no Python file in the upload.")
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _files(uploads: Sequence[Upload]) -> Iterator[tuple[str, bytes]]:
    for upload in uploads:
        if upload.name.lower().endswith(".zip"):
            yield from _zipped(upload)
        elif upload.name.endswith(".py"):
            yield upload.name, upload.content
        else:
            raise CannotLook(f"{upload.name[:80]!r} is neither a .py nor a .zip file.")


def _limited(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The files as long as all of them together stay within the limits."""
    total = 0
    for number, (name, content) in enumerate(files, start=1):
        total += len(content)
        if number > FILES:
            raise CannotLook(f"The upload holds more than {FILES:,} files.")
        if total > UNPACKED_BYTES:
            raise CannotLook(f"The upload is larger than {UNPACKED_MIB} MB when unpacked.")
        yield name, content


def _zipped(upload: Upload) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(upload.content)) as archive:
            entries = archive.infolist()
            _check(entries)
            for entry in entries:
                if entry.filename.endswith(".py") and not _is_shadow(entry.filename):
                    yield entry.filename, archive.read(entry)
    except _DAMAGED as fault:
        raise CannotLook(f"{upload.name[:80]!r} cannot be unpacked: it is damaged, encrypted or no zip file.") from fault


def _is_shadow(name: str) -> bool:
    """Whether a Mac put it there beside the real file."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith("._")


def _check(entries: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse by what the archive says of itself: the zip library reads no more of an entry than its stated size."""
    if len(entries) > FILES:
        raise CannotLook(f"The zip holds {len(entries):,} files; {FILES:,} are allowed.")
    if sum(entry.file_size for entry in entries) > UNPACKED_BYTES:
        raise CannotLook(f"The zip is larger than {UNPACKED_MIB} MB when unpacked.")
    for entry in entries:
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise CannotLook(f"The zip holds a symbolic link ({entry.filename[:80]!r}), which is refused.")
        if entry.compress_type not in _BOUNDED:
            raise CannotLook("The zip is packed in a way that is refused: pack it with the usual compression (deflate).")
        _parts(entry.filename)


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a relative path that stays inside; anything else is refused."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    inside = parts and parts[0] != "/" and ".." not in parts and ":" not in parts[0] and name.isprintable()
    if not inside:
        raise CannotLook(f"The path {name[:80]!r} in the upload leads outside of it, which is refused.")
    return parts


def _write(folder: Path, name: str, content: bytes) -> None:
    path = folder.joinpath(*_parts(name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
    except OSError as fault:
        if isinstance(fault, FileExistsError) and fault.filename == str(path):
            raise CannotLook(f"Two files of the upload are named {name[:80]!r}: put them into folders of one zip.") from fault
        raise CannotLook(f"{name[:80]!r} cannot be unpacked: the path is too long, or a file is in its way.") from fault
