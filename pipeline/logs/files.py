"""Files of logs as a source: growing, turned over by renaming or copying, compressed, of lines or one JSON document each."""

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import OperatorError
from pipeline.logs.emit import FOLDER
from pipeline.logs.marks import HEAD, TAIL, Mark, Marks, Stretch
from pipeline.logs.opened import Opened
from pipeline.logs.sources import START
from pipeline.logs.stretches import LONGEST, PIECE, FilePiece, cut, cut_at_end, is_document, last_time

SUFFIXES = (".jsonl", ".json", ".ndjson", ".log", ".txt", ".out", ".err")
GROWING_SECONDS = 2.0
"""So long after its last change a file may be in the middle of a traceback."""
TORN_SECONDS = 600.0
"""So long a line without an end may get one: what a program keeps in its buffer is written in blocks."""
PACKING_SECONDS = 60.0
"""So long a compressed file may be unfinished."""
DAMAGED = "the compressed file is damaged from here on"


_SUFFIX = re.compile(r"\.[a-z]+")


class _Named(NamedTuple):
    path: Path
    name: str


@dataclass(frozen=True, kw_only=True)
class Files:
    """`Source` of the files, and of those in the folders. `whole` says that nobody writes to them any more."""

    paths: Sequence[Path]
    name: str
    whole: bool = False
    overlaps: bool = True
    raw: bool = False
    torn_seconds: float = TORN_SECONDS
    waits: bool = False
    """Whether a file that was written just now is read a moment later."""
    since: float = 0.0
    """Files that nobody wrote to from then on are not opened."""
    piece_bytes: int = PIECE
    now: Callable[[], float] = time.time

    def pieces(self, cursor: str = START) -> Iterator[FilePiece]:
        """What stands behind the cursor, the file that was written last at the end. Raises `OperatorError`."""
        found = self._found()
        marks = Marks(cursor, frozenset(str(file.path) for file in found), self.now())
        for file in found:
            try:
                if self.waits and (left := GROWING_SECONDS - (self.now() - file.path.stat().st_mtime)) > 0:
                    time.sleep(min(left, GROWING_SECONDS))
                with open(file.path, "rb") as content:
                    yield from self._of(file, Opened(file.path, content), marks)
            except FileNotFoundError:
                continue  # turned over just now: next time it is read under its new name
            except OSError as fault:
                raise OperatorError(f"{file.path} cannot be read ({fault.strerror}).") from fault

    def each(self) -> "list[Files]":
        """The files one by one, the one that was written first at the beginning."""
        return [replace(self, paths=[file.path]) for file in self._found()]

    def end(self) -> str:
        """The cursor behind all that is there now."""
        cursor = START
        for piece in self.pieces():
            cursor = piece.cursor
        return cursor

    def _of(self, file: _Named, opened: Opened, marks: Marks) -> Iterator[FilePiece]:
        """Its pieces; the cursor of each has the marks of all files."""
        if opened.packed and marks.finished(opened.packed):
            return
        mark = marks.of(str(file.path), opened.inode, file.name, opened.read_at)
        if opened.damaged and not self._quiet(opened, PACKING_SECONDS):
            return
        for piece, behind in self._behind(mark, opened):
            marks.put(mark, behind)
            mark = behind
            yield piece._replace(cursor=marks.cursor())

    def _behind(self, mark: Mark, opened: Opened) -> Iterator[tuple[FilePiece, Mark]]:
        """What stands behind the mark, in pieces, each with the mark behind it."""
        first, tail_from = opened.read_at(0, HEAD), max(0, mark.offset - TAIL)
        known = Stretch(first[:mark.offset], opened.read_at(tail_from, mark.offset - tail_from))
        document, buffer, block = is_document(first), b"", b"-"
        opened.seek(mark.offset)
        while block:
            block = opened.read(self.piece_bytes)
            buffer += block
            size = cut(buffer, document=document) if block else self._at_end(buffer, opened, document=document)
            if not size and len(buffer) >= LONGEST:
                size = len(buffer)
            ended = opened.packed if not block and size == len(buffer) and self._quiet(opened, PACKING_SECONDS) else ""
            if not opened.begins(known.head):
                return  # it was truncated: what it holds now is for the next time
            if size or ended:
                piece, buffer = self._piece(buffer[:size], mark, opened, document=document), buffer[size:]
                known = known.then(piece.data)
                at = mark.at if document else last_time(piece.data, mark.at)
                mark = mark.moved(known, at=at, met=self.now(), packed=ended)
                yield piece._replace(damage=DAMAGED if ended and opened.damaged else ""), mark

    def _piece(self, data: bytes, mark: Mark, opened: Opened, *, document: bool) -> FilePiece:
        return FilePiece("", data, mark.name, mark.line, mark.at, opened.written, document, self.raw)

    def _at_end(self, buffer: bytes, opened: Opened, *, document: bool) -> int:
        growing = not self._quiet(opened, GROWING_SECONDS)
        torn = not self._quiet(opened, PACKING_SECONDS if opened.packed else self.torn_seconds)
        return cut_at_end(buffer, document=document, growing=growing, torn=torn)

    def _quiet(self, opened: Opened, seconds: float) -> bool:
        """Whether nobody has written to it for so long."""
        return self.whole or self.now() - opened.written >= seconds

    def _found(self) -> list[_Named]:
        """The files, the one that was written first at the beginning; those of a folder by their bare names."""
        listed: dict[_Named, tuple[float, int, str]] = {}
        for path in self.paths:
            if not path.exists():
                raise OperatorError(f"{path} is not there: name a file of logs, or a folder with some.")
            inside = [_Named(file, file.name) for file in path.iterdir() if _is_log(file)] if path.is_dir() else []
            for file in inside or ([] if path.is_dir() else [_Named(path, str(path))]):
                if (said := _stat(file.path)) is not None and said.st_mtime >= self.since:
                    listed[file] = (said.st_mtime, said.st_size, str(file.path))
        return sorted(listed, key=lambda file: listed[file])


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:  # turned over just now
        return None


def _is_log(path: Path) -> bool:
    """Whether a file of a folder is a log, also when it was turned over: `worker.jsonl.1`, `worker.log-20251104.gz`."""
    return path.suffix != ".lock" and any(suffix in SUFFIXES for suffix in _SUFFIX.findall(path.name)) and path.is_file()


def own_logs(home: Path, *, raw: bool = False) -> Files:
    """What the processes of this installation wrote: read once by its place, so that no line has to be remembered."""
    folder = home / FOLDER
    return Files(paths=[folder] if folder.is_dir() else [], name="home", overlaps=False, raw=raw)


def given_files(paths: Sequence[Path], *, whole: bool = False, raw: bool = False) -> Files:
    """Files that somebody named, and folders: they may lack a last line end, and are waited for while they are written."""
    name = "files:" + " ".join(sorted({str(path.absolute()) for path in paths}))
    return Files(paths=paths, name=name, whole=whole, raw=raw, torn_seconds=GROWING_SECONDS, waits=not whole)
