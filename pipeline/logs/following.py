"""What a source says from now on, each line once: also where a source reads some of it again to find what came late."""

import time
from collections.abc import Callable, Iterable, Iterator

from pipeline.logs.entry import Entry
from pipeline.logs.sources import START, Source

CLOUD_LOOKS_SECONDS = 5.0
"""Between two looks at Cloud Logging: sixty reads a minute are allowed to a whole project."""
REMEMBERED_SECONDS = 1800.0
"""So long an id is known that is not met any more: three times what Cloud Logging is read again."""


class Following:
    """One source, followed from a cursor on; `source` is asked anew at each look, as a folder may come later."""

    def __init__(self, source: Callable[[], Source], cursor: str = START, *,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._source, self._cursor, self._clock = source, cursor, clock
        self._met: dict[str, float] = {}

    def know(self, entries: Iterable[Entry]) -> None:
        """These were told already."""
        self._met |= {entry.id: self._clock() for entry in entries}

    def look(self) -> Iterator[Entry]:
        """What is new. Raises what the source raises; the next look goes on behind what was told."""
        source = self._source()
        for piece in source.pieces(self._cursor):
            entries = piece.read().entries
            yield from (entry for entry in entries if not source.overlaps or self._is_new(entry.id))
            self._cursor = piece.cursor
        oldest = self._clock() - REMEMBERED_SECONDS
        self._met = {entry_id: at for entry_id, at in self._met.items() if at >= oldest}

    def _is_new(self, entry_id: str) -> bool:
        known = entry_id in self._met
        self._met[entry_id] = self._clock()
        return not known
