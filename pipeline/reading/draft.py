"""A module while it is being read: whatever a reader meets goes to one named place, and the module is made at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.reading.book import Block, BlockKind, Definition, Exercise, LeftOut, Module, ModuleKind, count
from pipeline.reading.inline import lines

GLIMPSE = 8
"""So many words of a left-out piece are shown, to be found again in the book."""


class Draft:
    """What has been read of a module so far, and the headings that the reader stands under."""

    def __init__(self) -> None:
        self.section: tuple[str, ...] = ()
        self.objectives: list[str] = []
        self.glossary: list[Definition] = []
        self.exercises: list[Exercise] = []
        self._blocks: list[Block] = []
        self._left_out: list[LeftOut] = []

    @contextmanager
    def under(self, *headings: str) -> Iterator[None]:
        """Below these headings as well, for a while; empty ones do not count."""
        outer = self.section
        self.section += tuple(filter(None, headings))
        yield
        self.section = outer

    def add(self, kind: BlockKind, text: str) -> None:
        """A block of running text, each line tidied; signs alone are no block."""
        tidied = lines(text)
        if count(tidied):
            self._blocks.append(Block(kind=kind, text=tidied, section=self.section))

    def leave_out(self, what: str, why: str, text: str) -> None:
        """A piece that no student will find."""
        if words := count(text):
            self._left_out.append(LeftOut(words=words, what=f"{what}: {_glimpse(text)}", why=why))

    def pointer(self, what: str, why: str) -> None:
        """A piece that has no words in this file."""
        self._left_out.append(LeftOut(words=0, what=what, why=why))

    def module(
        self, *, key: str, title: str, position: int, words_in: int, kind: ModuleKind = ModuleKind.SECTION,
        chapter: int | None = None, chapter_title: str = "",
    ) -> Module:
        """The module that came of it."""
        return Module(
            key=key, title=title, position=position, words_in=words_in, kind=kind, chapter=chapter,
            chapter_title=chapter_title, blocks=tuple(self._blocks), left_out=tuple(self._left_out),
            objectives=tuple(self.objectives), glossary=tuple(self.glossary), exercises=tuple(self.exercises),
        )


def _glimpse(text: str) -> str:
    words = text.split()
    return " ".join(words[:GLIMPSE]) + (" …" if len(words) > GLIMPSE else "")
