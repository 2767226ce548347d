"""How far each file was read, and which file that is when names and inodes change under it.

A file is known by what it holds: the hash of its first bytes, with how many those were, and of the bytes before the place
that was reached. Inode and name only choose between files that begin alike. So a renamed, copied, truncated or compressed
file goes on where it stood, and another one that took its name begins at its beginning.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from pydantic import TypeAdapter, ValidationError

from pipeline.errors import OperatorError
from pipeline.visuals import Value

HEAD, TAIL = 1024, 1024
"""Bytes whose hash tells one file from another."""
KEPT_SECONDS = 7 * 86400
"""A file that is gone is remembered so long: it may only be away while it is turned over."""
MOST_KEPT = 1000
NO_CHANCE = 256
"""Bytes; files that agree in so many are one file under another name."""
ReadAt = Callable[[int, int], bytes]
"""Bytes of a file, from an offset on, so many; fewer where it ends."""


class Mark(Value):
    """One file, up to where it was read."""

    name: str
    """Its name when it was first met: what its lines are called by."""
    path: str
    """Where it was last."""
    inode: int
    head: str
    size: int
    """Bytes behind `head`."""
    tail: str
    offset: int
    """In what it holds: of a compressed file, uncompressed."""
    line: int = 1
    """The number of the line there."""
    at: float = 0.0
    """The time of the entry before it."""
    met: float = 0.0
    """When it was last there."""
    packed: str = ""
    """Of a compressed file that was read whole: what it is, unopened."""

    def fits(self, read_at: ReadAt) -> bool:
        """Whether that is the file that it marks."""
        if digest(read_at(0, self.size)) != self.head:
            return False
        start = max(0, self.offset - TAIL)
        return digest(read_at(start, self.offset - start)) == self.tail

    def moved(self, stretch: "Stretch", *, at: float, met: float, packed: str) -> "Mark":
        """Behind the stretch, which was read from its offset on."""
        return self.model_copy(update={
            "head": digest(stretch.head), "size": len(stretch.head), "tail": digest(stretch.tail),
            "offset": self.offset + stretch.length, "line": self.line + stretch.lines, "at": at, "met": met, "packed": packed})


class Stretch(NamedTuple):
    """What a mark knows of the bytes before it, and how many were read since the mark before."""

    head: bytes
    """The first bytes of the file, as far as it was read."""
    tail: bytes
    """The last bytes that were read."""
    length: int = 0
    lines: int = 0

    def then(self, data: bytes) -> "Stretch":
        """With the data read behind it."""
        return Stretch((self.head + data[:HEAD])[:HEAD], (self.tail + data[-TAIL:])[-TAIL:], len(data), _lines(data))


def _lines(data: bytes) -> int:
    """How many lines end in it; `bytes.count` takes ten times as long."""
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\n")))


_MARKS = TypeAdapter(tuple[Mark, ...])


class Marks:
    """The marks of one pull, taken from a cursor and written back into one. Raises `OperatorError` where it is none."""

    def __init__(self, cursor: str, present: frozenset[str], now: float) -> None:
        try:
            known = _MARKS.validate_json(cursor) if cursor else ()
        except ValidationError as fault:
            raise OperatorError("How far the log files were read cannot be understood: that was not written by this "
                                "program.") from fault
        newest = {mark.path: mark for mark in known}
        last = max((mark.met for mark in known), default=0.0)
        self._present, self._now = present, now
        self._marks = [
            mark.model_copy(update={"met": now}) if mark.path in present and newest[mark.path] is mark else mark
            for mark in known if mark.met >= last - KEPT_SECONDS]

    def finished(self, packed: str) -> bool:
        """Whether the compressed file was read whole."""
        return any(mark.packed == packed for mark in self._marks)

    def of(self, path: str, inode: int, name: str, read_at: ReadAt) -> Mark:
        """Where the file was left, or its beginning.

        A mark whose own file is still there counts only for what may be a copy of it: a name of the same family. Files of
        unlike names that begin alike are two files, unless that is too long to be chance.
        """
        def known(mark: Mark) -> bool:
            same = mark.inode == inode or mark.path == path or family(mark.path) == family(path)
            return mark.offset > 0 and (same or (mark.path not in self._present and mark.offset >= NO_CHANCE))

        likely = sorted(filter(known, self._marks), reverse=True,
                        key=lambda mark: (mark.path == path and mark.inode == inode, mark.offset))
        old = next((mark for mark in likely if mark.fits(read_at)), None)
        if old is None:
            return Mark(name=name, path=path, inode=inode, head=digest(b""), size=0, tail=digest(b""), offset=0)
        here = old.model_copy(update={"path": path, "inode": inode, "met": self._now})
        if old.path != path and old.inode != inode and old.path in self._present:
            self._marks.append(here)  # a copy: its original may still ask for the old one
        else:
            self.put(old, here)
        return here

    def put(self, old: Mark, new: Mark) -> None:
        """The file of the old mark is at the new one now."""
        self._marks = [*(mark for mark in self._marks if mark is not old), new]

    def cursor(self) -> str:
        """They as text."""
        return _MARKS.dump_json(tuple(self._marks[-MOST_KEPT:])).decode()


def digest(data: bytes) -> str:
    """A short name of what the bytes are."""
    return blake2b(data, digest_size=12).hexdigest()


def family(path: str) -> str:
    """The name without what turning over adds to it: numbers, days, `.gz`."""
    return path.removesuffix(".gz").rstrip("0123456789-_.T")
