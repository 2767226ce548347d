"""Small books, and an embedder that counts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.reading import Block, BlockKind, Book, Definition, LeftOut, Module, count
from pipeline.testing import FakeEmbedder

TOPICS = {
    "Inertia": "A body at rest stays at rest until a force acts on it. Mass tells how much it resists. ",
    "Friction": "Two surfaces that touch hold each other back. Rough ground holds a sliding crate more than ice does. ",
    "Waves": "A wave carries energy along a rope. Its crest travels, and the rope itself stays where it is. ",
}


class CountingEmbedder(FakeEmbedder):
    """Remembers what it was asked to embed; `fail_after` texts it breaks."""

    def __init__(self, *, fail_after: int = 10**9) -> None:
        self.asked: list[str] = []
        self._fail_after = fail_after

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As the fake one."""
        if len(self.asked) + len(texts) > self._fail_after:
            raise KeyboardInterrupt
        self.asked += texts
        return super().embed(texts)


class OtherEmbedder(FakeEmbedder):
    """Another model."""

    name = "other-embedder"


def a_module(title: str, text: str, *, position: int = 0, chapter: int = 1, sentences: int = 12) -> Module:
    """A section with two headings, a table and an equation; every sentence is numbered, so that no two are alike."""
    parts = [f"{title} {number}: {text}" for number in range(sentences)]
    half = sentences // 2
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, text=" ".join(parts[:half]), section=("What it is",)),
        Block(kind=BlockKind.EQUATION, text=f"F = m a for {title}", section=("What it is",)),
        Block(kind=BlockKind.HEADING, text="How it shows", section=("How it shows",)),
        Block(kind=BlockKind.PARAGRAPH, text=" ".join(parts[half:]), section=("How it shows",)),
        Block(kind=BlockKind.TABLE, text=f"surface | {title}\nice | small\nsand | great", section=("How it shows",)),
    )
    glossary = (Definition(term=title, meaning="what this module is about"),)
    words = sum(count(block.text) for block in blocks) + 6 + len(title.split())
    return Module(key=f"m-{title.casefold()}", title=title, chapter=chapter, chapter_title="Motion", position=position,
                  blocks=blocks, glossary=glossary, left_out=(LeftOut(words=1, what="figure", why="a picture"),), words_in=words)


def a_book(*, title: str = "High School Physics", **changed: str) -> Book:
    """A book of three modules; `changed` gives a module, by its title, another text."""
    modules = tuple(
        a_module(name, changed.get(name, text), position=position) for position, (name, text) in enumerate(TOPICS.items()))
    return Book(key="physics", title=title, language="en", licence="CC BY 4.0", attribution="Somebody, CC BY 4.0",
                source="tests/books.py", modules=modules)
