"""The errors of a folded piece -> rows: keys, cells, touched requests, occurrences, tracebacks. Knows no database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.incidents.folded import FINGERPRINT, MINUTE, NAME, SAMPLE, TITLE, Folded, Hit, Writer, number_of, plain
from pipeline.incidents.words import Facet
from pipeline.logs import Cause, Templates

Row = tuple[Any, ...]
FACETS = tuple(facet.value for facet in (Facet.SEVERITY, Facet.STAGE, Facet.VERSION, Facet.EXECUTION))
"""What `error_values` tells of."""
NEVER = 1e15
"""The first moment of a key that was not seen yet; its negative is the last one."""


class Key(NamedTuple):
    """What is known of a fingerprint."""

    fingerprint: str
    kind: str
    title: str
    exception: str = ""
    culprit: str = ""
    sample: str = ""

    @property
    def key_id(self) -> int:
        """Its number, the same everywhere."""
        return number_of(self.fingerprint)


class Gathered:
    """Rows, and what new keys are about."""

    def __init__(self, folded: Folded, templates: Templates, rules: Mapping[int, str], first_number: int) -> None:
        self.keys: dict[int, Key] = {}
        self.counts: dict[int, list[float]] = {}
        """Key -> first and last moment, how many."""
        self.occurrences: list[Row] = []
        self.traces: list[Row] = []
        self._cells: dict[tuple[Any, ...], int] = {}
        self._requests: dict[tuple[int, str], list[Any]] = {}
        self._settled: list[tuple[Cause, int]] = [_settled(cause, templates) for cause in folded.causes]
        self._rules = {rule_id: number_of(fingerprint) for rule_id, fingerprint in rules.items()}
        for number, hit in enumerate(folded.hits, first_number):
            self._add(number, hit)
        for place, trace in folded.traces.items():
            number, key_id, _, _, at, *_ = self.occurrences[place]
            self.traces.append((number, key_id, at, trace))

    @property
    def cells(self) -> Sequence[Row]:
        """As in `error_cells`."""
        return [(*cell, count) for cell, count in self._cells.items()]

    def values(self, writers: Mapping[int, Writer]) -> Sequence[Row]:
        """As in `error_values`."""
        return values_of(self.cells, writers)

    @property
    def requests(self) -> Sequence[Row]:
        """As in `error_requests`."""
        return [(*of, *row) for of, row in self._requests.items()]

    def _add(self, number: int, hit: Hit) -> None:
        cause, automatic = self._settled[hit.cause]
        if automatic not in self.keys:
            self.keys[automatic] = _key(cause, hit.message)
        key_id = automatic if hit.rule_id is None else self._rules[hit.rule_id]
        self._count(key_id, hit)
        self.occurrences.append((
            number, key_id, automatic, hit.rule_id, hit.at, hit.writer_id, hit.severity, hit.stage, hit.line_id,
            hit.request_id, hit.student_id, hit.correlation_id, hit.message))

    def _count(self, key_id: int, hit: Hit) -> None:
        at = hit.at
        seen = self.counts.get(key_id)
        if seen is None:
            self.counts[key_id] = [at, at, 1]
        else:
            seen[0], seen[1], seen[2] = min(seen[0], at), max(seen[1], at), seen[2] + 1
        cell = (int(at // MINUTE), key_id, hit.writer_id, hit.severity, hit.stage)
        self._cells[cell] = self._cells.get(cell, 0) + 1
        if hit.request_id:
            row = self._requests.setdefault((key_id, hit.request_id), [hit.student_id, 0, at, at])
            row[:] = row[0] or hit.student_id, row[1] + 1, min(row[2], at), max(row[3], at)


def values_of(cells: Iterable[Row], writers: Mapping[int, Writer]) -> Sequence[Row]:
    """What cells say of `error_values`; a count may be negative, where lines go elsewhere."""
    over: dict[tuple[Any, ...], list[int]] = {}
    for minute, *of, count in cells:  # of many minutes together: there are far fewer of these
        _add(over, tuple(of), count, minute, minute + 1)
    found: dict[tuple[int, str, str], list[int]] = {}
    for (key_id, writer_id, severity, stage), row in over.items():
        writer = writers[writer_id]
        for facet, value in zip(FACETS, (severity, stage, writer.version, writer.execution), strict=True):
            if value:
                _add(found, (key_id, facet, value), *row)
    return [(*of, count, float(begin * MINUTE), float(end * MINUTE)) for of, (count, begin, end) in found.items()]


def _add(sums: dict[Any, list[int]], of: Row, count: int, begin: int, end: int) -> None:
    row = sums.get(of)
    if row is None:
        sums[of] = [count, begin, end]
    else:
        row[:] = row[0] + count, min(row[1], begin), max(row[2], end)


def _settled(cause: Cause, templates: Templates) -> tuple[Cause, int]:
    found = templates.settle(cause)
    return found, number_of(found.fingerprint[:FINGERPRINT])


def _key(cause: Cause, message: str) -> Key:
    return Key(cause.fingerprint[:FINGERPRINT], cause.kind, plain(cause.title, TITLE), plain(cause.exception, NAME),
               plain(cause.culprit, TITLE), message[:SAMPLE])
