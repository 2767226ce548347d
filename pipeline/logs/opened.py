"""One file of logs while it is open: its bytes, compressed or not, and whether it is still the one that was opened."""

import gzip
import os
import zlib
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.logs.marks import HEAD, digest

_TORN = (EOFError, zlib.error, gzip.BadGzipFile)


class Opened:
    """The file; `file` is closed by whoever opened it."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        said = os.fstat(file.fileno())
        self.inode, self.written = said.st_ino, said.st_mtime
        self.packed = _packed(file, said.st_size) if path.suffix == ".gz" else ""
        """What the compressed file is, unopened; empty where it is not compressed."""
        self.damaged = False
        """Whether the compressed bytes end before they should, or are none."""
        self._file = file
        self._content = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if self.packed else file

    def seek(self, offset: int) -> None:
        """Go there."""
        if self.packed:
            self.read_at(offset, 0)
        else:
            self._content.seek(offset)

    def read(self, size: int) -> bytes:
        """The next bytes; none at the end, or where it is damaged."""
        try:
            return self._content.read(size)
        except _TORN:
            self.damaged = True
            return b""

    def read_at(self, offset: int, size: int) -> bytes:
        """The bytes there; fewer where it ends."""
        if not self.packed:
            return os.pread(self._file.fileno(), size, offset)
        try:
            self._content.seek(offset)
        except _TORN:
            self.damaged = True
            return b""
        return self.read(size)

    def begins(self, head: bytes) -> bool:
        """Whether it still begins so, and was not truncated and written anew meanwhile."""
        return bool(self.packed) or os.pread(self._file.fileno(), len(head), 0) == head


def _packed(file: BinaryIO, size: int) -> str:
    ends = os.pread(file.fileno(), HEAD, 0) + os.pread(file.fileno(), HEAD, max(0, size - HEAD))
    return f"{size}:{digest(ends)}"
