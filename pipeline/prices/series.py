"""The rows of one key by their days: which one holds on a day, and where two hold at once or none does."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

from pipeline.prices.rows import Dated

Row = TypeVar("Row", bound=Dated)


def by_key(rows: Iterable[Row]) -> Mapping[object, list[Row]]:
    """The rows of each key: one of them holds on a day."""
    found: dict[object, list[Row]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found


class Series(Generic[Row]):
    """Rows in order of their first days. A row without an end ends where the next begins."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows, key=lambda row: row.starts)
        self._starts = [row.starts for row in self._rows]

    def on(self, day: date) -> Row | None:
        """The row that holds on the day."""
        at = bisect_right(self._starts, day) - 1
        if at < 0:
            return None
        row = self._rows[at]
        return row if row.ends is None or day < row.ends else None


def overlaps(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of neighbours that both hold on some day, the earlier first."""
    for earlier, later in pairwise(sorted(rows, key=lambda row: row.starts)):
        if earlier.starts == later.starts or (earlier.ends is not None and earlier.ends > later.starts):
            yield earlier, later


def gaps(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Pairs of neighbours between which there are days without a row."""
    for earlier, later in pairwise(sorted(rows, key=lambda row: row.starts)):
        if earlier.ends is not None and earlier.ends < later.starts:
            yield earlier, later
