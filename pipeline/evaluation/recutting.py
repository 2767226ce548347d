"""A corpus as a book again, so that it can be cut in another way: for sweeps over the size of chunks."""

from collections.abc import Sequence
from itertools import groupby

from pipeline.corpora import Chunk
from pipeline.reading import Block, BlockKind, Book, Module, count


def as_book(chunks: Sequence[Chunk], title: str) -> Book:
    """A book with a module for each of the documents that the chunks are of; their sections become headings."""
    modules = [_module(place, list(own)) for place, (_, own) in enumerate(groupby(chunks, key=lambda chunk: chunk.module_key))]
    return Book(key=title, title=title, language="en", licence=chunks[0].licence, attribution=chunks[0].attribution or title,
                source=chunks[0].corpus, revision=chunks[0].version, modules=tuple(modules))


def _module(place: int, chunks: Sequence[Chunk]) -> Module:
    blocks = tuple(
        Block(kind=BlockKind.PARAGRAPH, text=line, section=(chunk.section,) if chunk.section else ())
        for chunk in chunks for line in chunk.text.split("\n") if line.strip())
    return Module(key=chunks[0].module_key, title=chunks[0].title, position=place, blocks=blocks,
                  words_in=sum(count(block.text) for block in blocks))
