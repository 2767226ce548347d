"""Copies of an SQLite database, made before it is changed."""

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import URL

from pipeline.database.engine import sqlite_file
from pipeline.errors import OperatorError

KEPT = 3


def copy_database(url: URL, revision: str) -> Path | None:
    """Copy the file, with what is still in its journal, into `copies/` beside it; the copy, or None for a server.

    The newest three are kept. Raises `OperatorError` when there is no room; nothing has changed then.
    """
    file = sqlite_file(url)
    if file is None or not file.is_file():
        return None
    folder = file.parent / "copies"
    copy = folder / f"{file.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}-at-{revision}{file.suffix}"
    part = copy.with_suffix(".part")
    try:
        folder.mkdir(exist_ok=True)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        part.replace(copy)
    except (OSError, sqlite3.Error) as fault:
        with suppress(OSError):
            part.unlink()
        raise OperatorError(f"The database was not changed, because it could not be copied first ({fault}).") from fault
    for old in sorted(folder.glob(f"{file.stem}-*{file.suffix}"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return copy
