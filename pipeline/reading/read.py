"""A path -> the `Book` in it: the kind of file decides who reads."""

from collections.abc import Callable, Collection
from pathlib import Path

from pipeline.errors import OperatorError
from pipeline.reading.book import Book, ReadingStep
from pipeline.reading.documents import read_epub, read_html, read_markdown
from pipeline.reading.language import check_language
from pipeline.reading.openstax import read_repository
from pipeline.reading.pdf import read_pdf

Reader = Callable[[Path, str | None, Callable[[ReadingStep], None]], Book]
READERS: dict[str, Reader] = {
    ".zip": read_repository, ".tar": read_repository, ".gz": read_repository, ".tgz": read_repository,
    ".md": read_markdown, ".markdown": read_markdown, ".html": read_html, ".htm": read_html, ".xhtml": read_html,
    ".epub": read_epub, ".pdf": read_pdf,
}
"""Who reads a file, by the end of its name. A folder is a repository."""


def read(
    path: Path, *, name: str | None = None, progress: Callable[[ReadingStep], None] | None = None,
    languages: Collection[str] = ("en",),
) -> Book:
    """The book at a path; `OperatorError` says in one sentence what is wrong with the file.

    `name` becomes the book's key; where a repository holds several books it says which. A book in a language outside
    `languages` is refused.
    """
    book = _reader(path)(path, name, progress or _quietly)
    if not any(module.blocks for module in book.modules):
        raise OperatorError(f"{path.name} has no text to read: choose a book that has.")
    check_language(book.title, book.language, _sample(book), languages)
    return book


def _reader(path: Path) -> Reader:
    if not path.exists():
        raise OperatorError(f"There is no file or folder {path}: check the path.")
    reader = read_repository if path.is_dir() else READERS.get(path.suffix.casefold())
    if reader is None:
        raise OperatorError(f"{path.name} is of no kind that can be read: give a folder or one of {', '.join(sorted(READERS))}.")
    return reader


def _sample(book: Book) -> str:
    """Running text from all over the book, for the language."""
    blocks = [block.text for module in book.modules for block in module.blocks if block.kind == "paragraph"]
    return " ".join(blocks[::max(1, len(blocks) // 200)])


def _quietly(step: ReadingStep) -> None:
    """Nobody watches."""
