"""What a book is once it was read: modules of blocks, what was kept apart, what was left out and why.

A word is what stands between white space in the readable text and has a letter or a digit; a formula counts as it is
written out.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from pydantic import NonNegativeInt, PositiveInt

from pipeline.visuals import Text, Value

SIGN = re.compile(r"(?<!\S)[^\w\s]+(?!\S)")
"""What stands between white space and is no word."""


class ModuleKind(StrEnum):
    """What part a module plays in its book."""

    SECTION = "section"
    INTRODUCTION = "introduction"
    PREFACE = "preface"
    APPENDIX = "appendix"


class BlockKind(StrEnum):
    """What a block is. Tables and equations are never cut."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST = "list"
    TABLE = "table"
    EQUATION = "equation"
    NOTE = "note"
    EXAMPLE = "example"
    FIGURE = "figure"
    CODE = "code"


class Block(Value):
    """One piece of running text, and the headings above it inside its module, outermost first."""

    kind: BlockKind
    text: Text
    section: tuple[str, ...] = ()


class LeftOut(Value):
    """A piece of the book that no student will find, what it is, and why; 0 words where a file only points elsewhere."""

    words: NonNegativeInt
    what: Text
    why: Text


class Definition(Value):
    """A term of the glossary."""

    term: Text
    meaning: Text


class Exercise(Value):
    """A question of the book. The solution is empty when the book gives none; it is never among the blocks."""

    problem: Text
    solution: str = ""
    kind: str = ""


class Module(Value):
    """The smallest part of a book with a title of its own."""

    key: Text
    title: Text
    chapter: PositiveInt | None = None
    chapter_title: str = ""
    position: NonNegativeInt
    kind: ModuleKind = ModuleKind.SECTION
    blocks: tuple[Block, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    words_in: NonNegativeInt
    objectives: tuple[str, ...] = ()
    glossary: tuple[Definition, ...] = ()
    exercises: tuple[Exercise, ...] = ()

    @property
    def words_in_blocks(self) -> int:
        """Words that a student can find."""
        return sum(count(block.text) for block in self.blocks)

    @property
    def words_left_out(self) -> int:
        """Words that were left out, each piece with its reason."""
        return sum(piece.words for piece in self.left_out)

    @property
    def words_apart(self) -> int:
        """Words of objectives, glossary and exercises."""
        apart = [*self.objectives, *(f"{entry.term} {entry.meaning}" for entry in self.glossary),
                 *(f"{exercise.problem} {exercise.solution}" for exercise in self.exercises)]
        return sum(map(count, apart))

    @property
    def words_lost(self) -> int:
        """Words that came in and are in no named place; 0 in a book that was read well."""
        return self.words_in - self.words_in_blocks - self.words_left_out - self.words_apart


class Book(Value):
    """A whole book, its licence, and where it is from. `language` is a language tag such as `en`, empty when unknown."""

    key: Text
    title: Text
    language: str = ""
    licence: str = ""
    licence_url: str = ""
    attribution: Text
    noncommercial: bool = False
    source: Text
    revision: str = ""
    modules: tuple[Module, ...]


class ReadingStep(NamedTuple):
    """How far the reading is; `total` is 0 where it is not known."""

    done: int
    total: int
    what: str


def count(text: str) -> int:
    """The words of a text."""
    return len(text.split()) - len(SIGN.findall(text))
