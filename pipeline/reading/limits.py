"""How much one file may hold, so that a hostile or mistaken one ends in a sentence and not in an empty memory."""

from pathlib import Path

from pipeline.errors import OperatorError

MB = 1024 * 1024
PAGE_FILE = 32 * MB
"""A Markdown or HTML file; the longest textbook has 5 MB of text."""
DOCUMENT = 200 * MB
"""A PDF or EPUB file."""
ARCHIVE = 2048 * MB
"""An archive of a repository, whose pictures are passed over."""
MEMBER = 16 * MB
"""One module or chapter inside an archive."""
KEPT = 256 * MB
"""All text taken from one archive."""
MEMBERS = 50_000
RATIO = 100
"""Text shrinks ten times at most when it is packed; a bomb a thousand times."""
SLACK = 64 * MB
PAGES = 20_000


def check_size(path: Path, most: int) -> None:
    """`OperatorError` when the file is larger than `most` bytes."""
    size = path.stat().st_size
    if size > most:
        raise OperatorError(
            f"{path.name} has {size // MB:,} MB and at most {most // MB:,} MB are read: split it into smaller files."
        )
