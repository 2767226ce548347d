"""The price books, as far as the page has to know about them: which there are, and whether they can be used."""

from collections.abc import Mapping

from pipeline.errors import PipelineError
from pipeline.prices import book_names, read_book


def faults() -> Mapping[str, str]:
    """The price books by name, each with what is wrong with it; empty where nothing is."""
    return {name: fault(name) for name in book_names()}


def fault(book: str) -> str:
    """Why the book cannot be used, in a sentence; empty where it can."""
    try:
        read_book(book)
    except PipelineError as found:
        return str(found)
    return ""


def prices_usage(book: str) -> bool:
    """Whether it has prices of usage, and not plans alone. Raises `OperatorError`."""
    return bool(read_book(book).prices)
