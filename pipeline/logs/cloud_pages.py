"""Pages of Cloud Logging's entries -> ours, each once, with tracebacks joined that came as one entry for each line.

A traceback may be cut by the end of a page: its lines so far are held back until the next page has told whether it goes on.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from pipeline.logs.calm import Calm, Most
from pipeline.logs.entry import Entry
from pipeline.logs.parsing import from_log_entry, joined
from pipeline.logs.sources import Read, Unparsed

RECENT = 20_000
"""Ids that are remembered, at least: two that are the same stand near each other."""
SHOWN = 500
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)
"""What an entry raises that is not of the form of one."""


class Page(NamedTuple):
    """What was read up to a cursor."""

    cursor: str
    said: Read[Entry]

    def read(self) -> Read[Entry]:
        """Its entries: they are few enough to have been taken apart as they came."""
        return self.said

    def skim(self, most: Most) -> Read[Entry | Calm]:
        """The same."""
        return self.said


class Pages:
    """The pages of one reading, in their order."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._held: list[Entry] = []
        self._fresh: set[str] = set()
        self._older: set[str] = set()

    def read(self, said: Sequence[Any], *, last: bool) -> Read[Entry]:
        """What the next page says, and what was held back of the one before."""
        unparsed: list[Unparsed] = []
        entries = [*self._held, *self._understood(said, unparsed)]
        whole = joined(entries)
        start = len(entries)
        if whole and not last:
            start = next(n for n, entry in enumerate(entries) if entry.id == whole[-1].id)
            whole = whole[:-1]
        given, self._held = entries[:start], entries[start:]
        heads = {entry.id for entry in whole}
        absorbed = [(entry.id, entry.at) for entry in given if entry.id not in heads]
        return Read(whole, unparsed, lines=sum(entry.lines for entry in whole) + len(unparsed), absorbed=absorbed)

    def _understood(self, said: Sequence[Any], unparsed: list[Unparsed]) -> list[Entry]:
        entries, before = [], self._held[-1].at if self._held else 0.0
        for one in said:
            try:
                named = _named(one)
                entry = from_log_entry(named, source=self._source, place=named["insertId"], before=before)
            except MALFORMED as fault:
                unparsed.append(Unparsed(self._source, f"no log entry ({type(fault).__name__})", str(one)[:SHOWN]))
                continue
            before = entry.at
            if self._is_new(entry.id):
                entries.append(entry)
        return entries

    def _is_new(self, entry_id: str) -> bool:
        if entry_id in self._fresh or entry_id in self._older:
            return False
        if len(self._fresh) >= RECENT:
            self._older, self._fresh = self._fresh, set()
        self._fresh.add(entry_id)
        return True


def _named(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """With an id: where the service gave none, one made of all that was said, so that it is known when it comes again."""
    if said.get("insertId"):
        return said
    told = {name: value for name, value in said.items() if name != "receiveTimestamp"}
    return {**said, "insertId": blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=10).hexdigest()}
