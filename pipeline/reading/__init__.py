"""Files of many kinds -> one tree: `read` makes a `Book` of OpenStax CNXML, Markdown, HTML, EPUB or PDF.

It knows no database and no model, follows no link and runs nothing that a file contains.
"""

from pipeline.reading.book import (
    Block,
    BlockKind,
    Book,
    Definition,
    Exercise,
    LeftOut,
    Module,
    ModuleKind,
    ReadingStep,
    count,
)
from pipeline.reading.read import read

__all__ = [
    "Block", "BlockKind", "Book", "Definition", "Exercise", "LeftOut", "Module", "ModuleKind", "ReadingStep", "count", "read",
]
