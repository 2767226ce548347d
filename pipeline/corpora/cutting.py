"""Book -> pieces, cut along its own structure: modules, then sections, then sentences. Tables and equations stay whole.

Every word of a block is in exactly one piece; what a piece repeats of the one before is its overlap.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.corpora.words import Chunking
from pipeline.reading import Block, BlockKind, Module, count

WHOLE = frozenset({BlockKind.TABLE, BlockKind.EQUATION, BlockKind.CODE})
"""What is never cut, however long it is, and never repeated."""
APART = frozenset({BlockKind.EXAMPLE, BlockKind.NOTE, BlockKind.TABLE})
"""Where one of these begins or ends a piece may end, as at a heading."""
SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’')\]]*\s+(?=\S)")


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What a chunk is made from. `text` begins with the overlap."""

    section: str
    kind: str
    text: str
    overlap: int
    """How many parts of `text.split()` it repeats."""
    words: int
    """As `pipeline.reading.count` counts them, without the overlap."""


@dataclass(frozen=True, kw_only=True)
class _Unit:
    """A sentence, an item, a whole table: what is not cut any further."""

    text: str
    words: int
    kind: BlockKind
    section: tuple[str, ...]
    line: tuple[int, int]
    """Number of its block, and of its line there."""
    begins: bool
    """Whether a piece may well end before it: here a section, an example, a note or a table begins or has ended."""


@dataclass(kw_only=True)
class _Open:
    """The piece that is being filled."""

    repeated: list[_Unit] = field(default_factory=list)
    units: list[_Unit] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(unit.words for unit in (*self.repeated, *self.units))


def cut(module: Module, settings: Chunking) -> list[Piece]:
    """The pieces of a module in reading order."""
    pieces: list[Piece] = []
    being = _Open()
    for unit in _units(module.blocks, settings.size_words):
        if being.units and _ends_before(unit, being, settings.size_words):
            ended, headings = _without_last_headings(being.units)
            if ended:
                pieces.append(_piece(_Open(repeated=being.repeated, units=ended)))
                repeated = [] if unit.begins or headings else _tail(ended, settings, unit)
                being = _Open(repeated=repeated, units=headings)
        being.units.append(unit)
    return [*pieces, _piece(being)] if being.units else pieces


def _ends_before(unit: _Unit, being: _Open, size: int) -> bool:
    """A full piece ends; one that is half full ends where the book itself begins something else."""
    return being.words + unit.words > size or (unit.begins and 2 * being.words >= size)


def _without_last_headings(units: Sequence[_Unit]) -> tuple[list[_Unit], list[_Unit]]:
    """What a piece ends with, and the headings after it: they stand above what follows."""
    end = len(units)
    while end and units[end - 1].kind is BlockKind.HEADING:
        end -= 1
    return list(units[:end]), list(units[end:])


def _tail(units: Sequence[_Unit], settings: Chunking, following: _Unit) -> list[_Unit]:
    """The last whole sentences that fit into the overlap and leave room for what follows."""
    room = min(settings.overlap_words, settings.size_words - following.words)
    kept: list[_Unit] = []
    for unit in reversed(units):
        room -= unit.words
        if room < 0 or unit.kind in WHOLE or unit.kind is BlockKind.HEADING or unit.section != following.section:
            break
        kept.insert(0, unit)
    return kept


def _units(blocks: Sequence[Block], size: int) -> Iterator[_Unit]:
    before: Block | None = None
    for number, block in enumerate(blocks):
        begins = _begins(block, before)
        texts = [(0, block.text)] if block.kind in WHOLE else _sentences(block.text, size)
        for position, (line, text) in enumerate(texts):
            yield _Unit(text=text, words=count(text), kind=block.kind, section=block.section, line=(number, line),
                        begins=begins and position == 0)
        before = block


def _begins(block: Block, before: Block | None) -> bool:
    if before is None or before.kind is BlockKind.HEADING:
        return False
    changed = block.section != before.section or block.kind is BlockKind.HEADING
    return changed or (block.kind is not before.kind and bool(APART & {block.kind, before.kind}))


def _sentences(text: str, size: int) -> Iterator[tuple[int, str]]:
    """Lines, then sentences, and a sentence that is longer than a whole piece by its words; with the line's number."""
    for number, line in enumerate(text.splitlines()):
        start = 0
        for end in (*(found.end() for found in SENTENCE_END.finditer(line)), len(line)):
            words = line[start:end].split()
            start = end
            yield from ((number, " ".join(words[i:i + size])) for i in range(0, len(words), size))


def _piece(being: _Open) -> Piece:
    units = [*being.repeated, *being.units]
    lines: list[str] = []
    for before, unit in zip([None, *units], units, strict=False):
        if before is not None and before.line == unit.line:
            lines[-1] += " " + unit.text
        else:
            lines.append(unit.text)
    words = Counter[BlockKind]()
    for unit in being.units:
        words[unit.kind] += unit.words if unit.kind is not BlockKind.HEADING else 0
    return Piece(
        section=" › ".join(_deepest(being.units)), kind=words.most_common(1)[0][0].value, text="\n".join(lines),
        overlap=sum(len(unit.text.split()) for unit in being.repeated), words=sum(unit.words for unit in being.units))


def _deepest(units: Sequence[_Unit]) -> tuple[str, ...]:
    """The section that most of it is in."""
    words = Counter[tuple[str, ...]]()
    for unit in units:
        words[unit.section] += unit.words
    return words.most_common(1)[0][0]
