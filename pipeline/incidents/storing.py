"""A folded piece -> tables, with the cursor behind it and what the templates learned, in one transaction.

One process stores at a time. What was folded with other rules than hold now, or with lines that are known already, is
folded again first.
"""

import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, func, insert, select, update

from pipeline.incidents.bulk import INSERT, POSTGRESQL, TABLES, among, put
from pipeline.incidents.folded import COUNTED, FIRST_TRACES, LINES, NEWEST_TRACES, Folded, Rules
from pipeline.incidents.folding import fold
from pipeline.incidents.gathering import NEVER, Gathered, Key
from pipeline.incidents.rulebook import in_force
from pipeline.incidents.words import AUTOMATIC
from pipeline.logs import Piece, Templates
from pipeline.tables import GroupState

STATE, SOURCES, SEEN, WRITERS = (TABLES[name] for name in ("log_state", "log_sources", "log_seen", "log_writers"))
ACTIVITY, NOTES, KEYS, GROUPS = (TABLES[name] for name in ("log_activity", "log_notes", "error_keys", "error_groups"))
CELLS, VALUES, REQUESTS = (TABLES[name] for name in ("error_cells", "error_values", "error_requests"))
OCCURRENCES, TRACES = TABLES["error_occurrences"], TABLES["error_traces"]
MANY_TRACES = 50
ACTIVITY_SUMS = ("lines", "errors", *COUNTED)
TOTALS = ("lines", "errors", "others", "unparsed", "duplicates")


class Overtaken(Exception):
    """Another process has read on in this source."""


class Stored(NamedTuple):
    """What one piece brought."""

    lines: int
    errors: int
    unparsed: int
    duplicates: int
    new_groups: tuple[str, ...]


@contextmanager
def alone(engine: Engine) -> Iterator[tuple[Connection, Any]]:
    """A transaction beside which nobody else writes here, and the row of `log_state`."""
    with engine.connect() as connection, connection.begin():
        if connection.dialect.name != POSTGRESQL:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver would begin only at the first write
        yield connection, connection.execute(select(STATE).with_for_update()).one()


class Storing:
    """The writing side of one process; keeps the templates between pieces as long as nobody else changes them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._templates, self._version = Templates(), -1

    def store(self, name: str, expected: str, piece: Piece, folded: Folded, rules: Rules) -> Stored:
        """Store the piece. Raises `Overtaken` when the source does not stand at the expected cursor any more."""
        try:
            with alone(self._engine) as (connection, state):
                if cursor_of(connection, name) != expected:
                    raise Overtaken
                now = in_force(connection)
                known = _known(connection, folded)
                if known or now != rules:
                    folded = fold(piece, now, frozenset(known))
                return self._write(connection, state, name, folded, now)
        except BaseException:
            self._version = -1  # what was learned in a transaction that did not end is forgotten
            raise

    def _write(self, connection: Connection, state: Any, name: str, folded: Folded, rules: Rules) -> Stored:
        templates = self._learned(state)
        before = templates.version
        targets = {rule.rule_id: rule.fingerprint for rule in rules.groups}
        gathered = Gathered(folded, templates, targets, state.next_occurrence)
        fresh = _write_keys(connection, gathered)
        _write_errors(connection, gathered, folded)
        _write_activity(connection, folded)
        changed: dict[str, Any] = {"next_occurrence": state.next_occurrence + len(folded.hits)}
        if templates.version != before:
            self._version = state.templates_version + 1
            changed |= {"templates": templates.dump(), "templates_version": self._version}
        connection.execute(update(STATE).values(changed))
        _write_source(connection, name, folded)
        return Stored(folded.lines, len(folded.hits), folded.unparsed, folded.duplicates, fresh)

    def _learned(self, state: Any) -> Templates:
        if self._version != state.templates_version:
            self._templates = Templates.load(state.templates) if state.templates else Templates()
            self._version = state.templates_version
        return self._templates


def cursor_of(connection: Connection, name: str) -> str:
    """Where the source stands."""
    return connection.scalar(select(SOURCES.c.cursor).where(SOURCES.c.name == name)) or ""


def make_keys(connection: Connection, keys: list[Key]) -> tuple[str, ...]:
    """Make those that are not there, each with a group of its own; the fingerprints that were new."""
    there = {row.key_id for row in among(connection, KEYS.c.key_id, [key.key_id for key in keys], KEYS.c.key_id)}
    fresh = [key for key in keys if key.key_id not in there]
    for key in fresh:
        group_id = connection.scalar(insert(GROUPS).returning(GROUPS.c.group_id).values(
            fingerprint=key.fingerprint, state=GroupState.NEW, state_by=AUTOMATIC, state_why="", state_at=time.time(),
            until_escalates=False, in_version=""))
        connection.execute(insert(KEYS).values(
            key_id=key.key_id, group_id=group_id, **key._asdict(), first_seen=NEVER, last_seen=-NEVER, count=0))
    return tuple(key.fingerprint for key in fresh)


def _known(connection: Connection, folded: Folded) -> set[int]:
    """The hashes of the piece's ids that stand in their minute already."""
    known: set[int] = set()
    for minute, hashes in among(connection, SEEN.c.minute, folded.seen, SEEN.c.minute, SEEN.c.hashes):
        known |= set(array("q", hashes)) & set(array("q", folded.seen[minute]))
    return known


def _write_keys(connection: Connection, gathered: Gathered) -> tuple[str, ...]:
    fresh = make_keys(connection, list(gathered.keys.values()))
    rows = {row.key_id: row for row in among(connection, KEYS.c.key_id, gathered.counts, *KEYS.c)}
    put(connection, KEYS, [(*tuple(rows[key_id])[:-3], *counts) for key_id, counts in gathered.counts.items()], sums=("count",))
    return fresh


def _write_errors(connection: Connection, gathered: Gathered, folded: Folded) -> None:
    put(connection, OCCURRENCES, gathered.occurrences)
    put(connection, CELLS, gathered.cells, sums=("count",))
    put(connection, VALUES, gathered.values(folded.writers), sums=("count",))
    put(connection, REQUESTS, gathered.requests, sums=("count",))
    put(connection, TRACES, gathered.traces)
    _thin_traces(connection, {row[1] for row in gathered.traces})


def _thin_traces(connection: Connection, key_ids: set[int]) -> None:
    """Of each key the first and the newest few stay; looked at where there are many."""
    many = select(TRACES.c.key_id).group_by(TRACES.c.key_id).having(func.count() > MANY_TRACES)
    of: dict[int, list[int]] = {}
    for key_id in key_ids & set(connection.scalars(many)):
        mine = select(TRACES.c.occurrence_id).where(TRACES.c.key_id == key_id).order_by(TRACES.c.at, TRACES.c.occurrence_id)
        of[key_id] = list(connection.scalars(mine))
    gone = [number for numbers in of.values() for number in numbers[FIRST_TRACES:-NEWEST_TRACES]]
    for begin in range(0, len(gone), 500):
        connection.execute(TRACES.delete().where(TRACES.c.occurrence_id.in_(gone[begin:begin + 500])))


def _write_activity(connection: Connection, folded: Folded) -> None:
    put(connection, WRITERS, [(writer_id, *writer) for writer_id, writer in folded.writers.items()], sums=())
    put(connection, ACTIVITY, [(*of, *cell) for of, cell in folded.activity.items() if cell[LINES]], sums=ACTIVITY_SUMS)
    if folded.seen:
        connection.execute(insert(SEEN), [{"minute": minute, "hashes": hashes} for minute, hashes in folded.seen.items()])
    put(connection, NOTES, folded.notes)


def _write_source(connection: Connection, name: str, folded: Folded) -> None:
    errors = len(folded.hits)
    brought = (folded.lines, errors, folded.lines - errors - folded.unparsed, folded.unparsed, folded.duplicates)
    adding = INSERT[connection.dialect.name](SOURCES).values(
        name=name, cursor=folded.cursor, last_line=folded.last_at, last_pull=time.time(), fault="",
        **dict(zip(TOTALS, brought, strict=True)))
    new, old = adding.excluded, SOURCES.c
    before = connection.scalar(select(old.last_line).where(old.name == name))
    last = max((at for at in (folded.last_at, before) if at is not None), default=None)
    connection.execute(adding.on_conflict_do_update(index_elements=[old.name], set_={
        **{total: old[total] + new[total] for total in TOTALS},
        "cursor": new.cursor, "last_line": last, "last_pull": new.last_pull, "fault": ""}))
