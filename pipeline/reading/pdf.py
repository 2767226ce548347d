"""PDF -> a `Book`, page by page: outline entries open modules, lines that stand on most pages are left out."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import Destination

from pipeline.errors import OperatorError
from pipeline.reading.book import BlockKind, Book, ReadingStep, count
from pipeline.reading.inline import tidy
from pipeline.reading.limits import DOCUMENT, PAGES, check_size
from pipeline.reading.parts import Part, modules
from pipeline.reading.pieces import Piece
from pipeline.reading.rules import Fate

PER_MODULE = 10
"""Pages of a module where the file has no outline."""
EDGE = 2
"""Lines at the head and at the foot of a page that may be furniture."""
BROKEN = (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, AssertionError)
"""What a damaged file makes of pypdf."""
HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")


class Opening(NamedTuple):
    """Where a module begins."""

    page: int
    title: str


def read_pdf(path: Path, name: str | None, progress: Callable[[ReadingStep], None]) -> Book:
    """The book in a PDF file."""
    check_size(path, DOCUMENT)
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise OperatorError(f"{path.name} is locked with a password: save it without one and read it again.")
        total = len(reader.pages)
        said = reader.metadata
        title, author = (tidy(said.title), tidy(said.author)) if said else ("", "")
        openings = _openings(reader, title or path.stem)
    except BROKEN as fault:
        raise OperatorError(f"{path.name} is cut off or damaged and cannot be read as PDF: get the file again.") from fault
    if total > PAGES:
        raise OperatorError(f"{path.name} has {total:,} pages and at most {PAGES:,} are read: split it.")
    pages = [_lines(reader, number, progress, total) for number in range(total)]
    title = title or path.stem
    return Book(
        key=name or path.stem, title=title, attribution=f"{title}{f' by {author}' if author else ''}, licence not stated",
        source=path.name, revision=_identity(reader), modules=tuple(modules(_parts(pages, openings))),
    )


def _lines(reader: PdfReader, number: int, progress: Callable[[ReadingStep], None], total: int) -> Sequence[str] | None:
    """The lines of one page; None when the page is damaged."""
    try:
        page: PageObject = reader.pages[number]
        text = page.extract_text()
    except BROKEN:
        return None
    progress(ReadingStep(number + 1, total, f"page {number + 1}"))
    return HYPHEN.sub("", text).split("\n")


def _openings(reader: PdfReader, title: str) -> Sequence[Opening]:
    """The top of the outline, or every tenth page."""
    marks = [entry for entry in reader.outline if isinstance(entry, Destination)]
    found = [(reader.get_destination_page_number(mark), tidy(mark.title)) for mark in marks]
    named = sorted(Opening(page, name) for page, name in found if page is not None and count(name))
    if named:
        return ([] if named[0].page == 0 else [Opening(0, title)]) + named
    return [Opening(page, f"{title}, from page {page + 1}") for page in range(0, len(reader.pages), PER_MODULE)]


def _parts(pages: Sequence[Sequence[str] | None], openings: Sequence[Opening]) -> Iterator[Part]:
    furniture = _furniture(pages)
    bounds = [*(opening.page for opening in openings), len(pages)]
    for opening, end in zip(openings, bounds[1:], strict=True):
        own = [piece for number in range(opening.page, end) for piece in _pieces(pages[number], number, furniture)]
        if own:
            yield Part(opening.title, own)


def _furniture(pages: Sequence[Sequence[str] | None]) -> frozenset[str]:
    """Lines at the edge of more than half the pages, whatever number stands in them."""
    seen = Counter(line for page in pages if page for line in {_shape(line) for line in _edges(page)})
    return frozenset(line for line, times in seen.items() if len(pages) > EDGE and times > len(pages) / 2)


def _edges(page: Sequence[str]) -> Sequence[str]:
    lines = [line for line in page if line.strip()]
    return [*lines[:EDGE], *lines[-EDGE:]]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", tidy(line))


def _pieces(page: Sequence[str] | None, number: int, furniture: frozenset[str]) -> Iterator[Piece]:
    """Paragraphs between empty lines; furniture apart."""
    if page is None:
        yield Piece("", fate=Fate.DAMAGED, what=f"page {number + 1}")
        return
    edges = set(_edges(page))
    kept: list[str] = []
    for line in [*page, ""]:
        if line in edges and _shape(line) in furniture:
            yield Piece(tidy(line), fate=Fate.REPEATED, what=f"page {number + 1}")
        elif line.strip():
            kept.append(line)
        elif kept:
            yield Piece(tidy(" ".join(kept)), BlockKind.PARAGRAPH)
            kept = []


def _identity(reader: PdfReader) -> str:
    """The file's own identity, where it has one."""
    ids = reader.trailer.get("/ID")
    return bytes(ids[0].original_bytes).hex()[:12] if ids else ""
