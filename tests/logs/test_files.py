"""Files as a source: each line once, whatever happens to the files and whenever a pull is killed."""

import gzip
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import OperatorError
from pipeline.logs.files import DAMAGED, Files
from pipeline.logs.sources import START, Read, Source

LATER = 10_000.0
"""Seconds after the last write: nothing is growing any more."""


def json_line(number: int) -> bytes:
    return json.dumps({"severity": "INFO", "timestamp": "2025-11-04T00:44:21Z", "message": f"line {number}"}).encode() + b"\n"


def text_line(number: int) -> bytes:
    return b"2025-11-04 00:44:21,728 - __main__ - INFO - line %d\n" % number


def traced_line(number: int) -> bytes:
    return (b"2025-11-04 00:44:21,728 - __main__ - ERROR - line %d\nTraceback (most recent call last):\n"
            b'  File "/app/a.py", line 1, in f\nValueError: no %d\n' % (number, number))


def source(folder: Path, *, quiet: float = LATER, piece_bytes: int = 300) -> Files:
    newest = max((path.stat().st_mtime for path in folder.iterdir()), default=0.0)
    return Files(paths=[folder], name="files", now=lambda: newest + quiet, piece_bytes=piece_bytes)


def pull(of: Source, cursor: str, pieces: int | None = None) -> tuple[list[Read], str]:
    """What was read before the pull was killed after so many pieces, and the cursor that was kept with it."""
    reads = []
    for number, piece in enumerate(of.pieces(cursor)):
        if number == pieces:
            break
        reads.append(piece.read())
        cursor = piece.cursor
    return reads, cursor


def messages(reads: list[Read]) -> list[str]:
    return [entry.message for read in reads for entry in read.entries]


class Machine:
    """A folder in which programs write and a daemon turns files over, and a reader who is killed now and then."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log, self.written, self.read, self.cursor = folder, folder / "app.log", 0, list[str](), START

    def append(self, kind: Callable[[int], bytes]) -> None:
        with self.log.open("ab") as file:
            file.write(kind(self.written))
        self.written += 1

    def rename(self) -> None:
        for number in (3, 2, 1):
            for end in ("", ".gz"):
                path = self.folder / f"app.log.{number}{end}"
                if path.exists():
                    path.rename(self.folder / f"app.log.{number + 1}{end}")
        if self.log.exists():
            self.log.rename(self.folder / "app.log.1")

    def copy_and_truncate(self) -> None:
        self.rename_others()
        if self.log.exists():
            shutil.copyfile(self.log, self.folder / "app.log.1")
            os.truncate(self.log, 0)

    def copy_without_truncating_yet(self) -> None:
        self.rename_others()
        if self.log.exists():
            shutil.copyfile(self.log, self.folder / "app.log.1")
            self.pull(None)
            os.truncate(self.log, 0)

    def rename_others(self) -> None:
        kept = self.folder / "kept"
        if self.log.exists():
            self.log.rename(kept)
        self.rename()
        if kept.exists():
            kept.rename(self.log)

    def pack(self) -> None:
        path = self.folder / "app.log.1"
        if path.exists():
            with gzip.open(f"{path}.gz", "wb") as packed:
                packed.write(path.read_bytes())
            path.unlink()

    def pull(self, pieces: int | None) -> None:
        reads, self.cursor = pull(source(self.folder), self.cursor, pieces)
        assert not [unparsed for read in reads for unparsed in read.unparsed]
        self.read += messages(reads)


ACTS = st.lists(st.one_of(
    st.tuples(st.just("append"), st.sampled_from([json_line, text_line, traced_line])),
    st.tuples(st.sampled_from(["rename", "copy_and_truncate", "copy_without_truncating_yet", "pack"])),
    st.tuples(st.just("pull"), st.one_of(st.none(), st.integers(0, 3))),
), max_size=40)


@given(acts=ACTS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_is_lost_or_doubled_while_files_turn_over_and_pulls_are_killed(acts, tmp_path_factory):
    machine = Machine(tmp_path_factory.mktemp("logs"))
    for act in acts:
        name, *given_ = act
        getattr(machine, name)(*given_)
        if any(machine.folder.glob("app.log.4*")):  # before the daemon deletes the oldest, everything was read
            machine.pull(None)
    machine.pull(None)
    assert Counter(machine.read) == Counter(f"line {number}" for number in range(machine.written))


def test_two_pulls_at_once_read_the_same(tmp_path):
    (tmp_path / "a.log").write_bytes(b"".join(map(json_line, range(20))))
    first, second = source(tmp_path).pieces(START), source(tmp_path).pieces(START)
    assert [piece.read() for piece in first] == [piece.read() for piece in second]


def test_the_last_line_waits_for_its_end(tmp_path):
    whole, half = json_line(1), json_line(2)[:30]
    (tmp_path / "a.log").write_bytes(whole + half)
    reads, cursor = pull(source(tmp_path, quiet=5), START)
    assert messages(reads) == ["line 1"]
    (tmp_path / "a.log").write_bytes(whole + json_line(2))
    reads, cursor = pull(source(tmp_path, quiet=5), cursor)
    assert messages(reads) == ["line 2"]


def test_a_line_that_never_ended_is_counted_in_the_end(tmp_path):
    (tmp_path / "a.log").write_bytes(json_line(1) + json_line(2)[:30])
    reads, cursor = pull(source(tmp_path), START)
    assert messages(reads) == ["line 1"] and [unparsed.place for read in reads for unparsed in read.unparsed] == ["a.log:2"]
    assert pull(source(tmp_path), cursor)[0] == []


def test_a_traceback_that_is_being_written_waits_for_its_end(tmp_path):
    traced = traced_line(1)
    (tmp_path / "a.log").write_bytes(text_line(0) + traced[:100])
    reads, cursor = pull(source(tmp_path, quiet=1), START)
    assert messages(reads) == ["line 0"]
    (tmp_path / "a.log").write_bytes(text_line(0) + traced)
    ((entry,),) = [read.entries for read in pull(source(tmp_path), cursor)[0]]
    assert entry.message == "line 1" and entry.trace.endswith("ValueError: no 1") and entry.lines == 4


def test_two_programs_that_begin_with_the_same_words_are_both_read(tmp_path):
    for name in ("worker.log", "api.log"):
        (tmp_path / name).write_bytes(b"Starting\n")
    assert messages(pull(source(tmp_path), START)[0]) == ["Starting", "Starting"]


def test_lines_are_named_by_file_and_number_counted_over_pieces(tmp_path):
    (tmp_path / "a.log").write_bytes(b"".join(map(json_line, range(30))))
    reads, _ = pull(source(tmp_path), START)
    assert len(reads) > 3
    assert [entry.id for read in reads for entry in read.entries] == [f"a.log:{number}" for number in range(1, 31)]


def test_a_line_without_time_takes_the_time_before_it_also_over_pieces(tmp_path):
    (tmp_path / "a.log").write_bytes(text_line(0) + b"".join(b"ERROR: no time %d\n" % number for number in range(60)))
    reads, _ = pull(source(tmp_path), START)
    assert len(reads) > 3 and {entry.at for read in reads for entry in read.entries} == {1762217061.728}


def test_a_damaged_compressed_file_is_read_up_to_the_damage_which_is_counted_once(tmp_path):
    packed = gzip.compress(os.urandom(2000).hex().encode().join([b"2025-11-04 00:44:21 - a\n" * 40, b"\n"]))
    (tmp_path / "a.log.gz").write_bytes(packed[:-900])
    reads, cursor = pull(source(tmp_path), START)
    assert [unparsed.reason for read in reads for unparsed in read.unparsed] == [DAMAGED]
    assert len(messages(reads)) >= 40 and pull(source(tmp_path), cursor)[0] == []
    fresh, _ = pull(source(tmp_path, quiet=1), START)
    assert not [unparsed for read in fresh for unparsed in read.unparsed]  # it may still be written


def test_a_line_of_five_megabytes_is_cut_and_counted(tmp_path):
    (tmp_path / "a.log").write_bytes(json_line(0) + json.dumps({"message": "x" * 5_000_000}).encode() + b"\n" + json_line(2))
    reads, _ = pull(source(tmp_path, piece_bytes=1 << 20), START)
    assert [len(message) for message in messages(reads)] == [6, 16_000, 6]


def test_bytes_without_any_end_are_bounded(tmp_path):
    (tmp_path / "a.log").write_bytes(b"x" * 40_000_000)
    reads, _ = pull(source(tmp_path, piece_bytes=1 << 21), START)
    assert len(reads) == 3 and all(len(entry.message) == 16_000 for read in reads for entry in read.entries)


def test_the_end_is_behind_everything(tmp_path):
    (tmp_path / "a.log").write_bytes(json_line(0))
    cursor = source(tmp_path).end()
    with (tmp_path / "a.log").open("ab") as file:
        file.write(json_line(1))
    assert messages(pull(source(tmp_path), cursor)[0]) == ["line 1"]


def test_what_is_not_there_and_a_foreign_cursor_are_said(tmp_path):
    with pytest.raises(OperatorError, match="is not there"):
        list(Files(paths=[tmp_path / "nothing.log"], name="x").pieces())
    with pytest.raises(OperatorError, match="not written by this"):
        list(source(tmp_path).pieces('{"page": 3}'))
