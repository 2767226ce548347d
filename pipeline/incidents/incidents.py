"""The store of incidents of one database: pulls logs into it, tells what is there, and takes what people decide."""

import time

from sqlalchemy import Engine

from pipeline.incidents.deciding import Deciding
from pipeline.incidents.detail import Details
from pipeline.incidents.exposing import Exposing
from pipeline.incidents.keeping import Pruned, prune, prune_daily
from pipeline.incidents.pulling import Told, pull
from pipeline.incidents.reading import Reading
from pipeline.incidents.review import review
from pipeline.incidents.ruling import Ruling
from pipeline.incidents.words import Pulled
from pipeline.logs import Source


class Incidents(Reading, Details, Exposing, Deciding, Ruling):
    """Everything about errors from logs. Each call is a transaction of its own; several processes may work at once."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)

    def pull(
        self, source: Source, *, processes: int = 0, told: Told | None = None, review: bool = True, now: float | None = None,
    ) -> Pulled:
        """Store what is new in the source; with `review`, then let every group come into the state that follows, and once a
        day what is too old go.

        With `processes`, a pull of more than a few megabytes is read by so many processes besides this one. `told` hears
        what was brought so far after each piece. Raises what the source raises.
        """
        pulled = pull(self._engine, source, processes=processes, told=told)
        if review and pulled.lines:
            self.review(now=now)
            prune_daily(self._engine, time.time())
        return pulled

    def review(self, *, now: float | None = None) -> int:
        """Let states follow from what was seen: ignored for a time, ongoing after a day; how many groups changed."""
        return review(self._engine, time.time() if now is None else now)

    def prune(self, *, now: float | None = None) -> Pruned:
        """Let go of what is too old; no count changes."""
        return prune(self._engine, time.time() if now is None else now)
