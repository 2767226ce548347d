"""Folding: what was decided since the last time is added to the roll-ups, a batch in one transaction.

One process folds at a time, and nobody waits for it. A fold that is killed leaves nothing behind. What a request was counted
as is kept beside it: when it gets another chance (a dead letter that is replayed), all of it is taken back and added anew.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    FromClause,
    Select,
    Table,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.ledger import raw
from pipeline.ledger.raw import (
    COUNTED,
    KEPT_APART,
    POSTGRESQL,
    REQUEST_CELLS,
    REQUESTS,
    RUNS,
    UNCOUNTED,
    UNDECIDED,
    UNFOLDED,
    USAGE,
    USAGE_CELLS,
    among,
)
from pipeline.tables import Cube

REQUESTS_AT_ONCE = 1000
ADVISORY_LOCK = 7_266_814
"""Any number that nothing else of ours takes."""
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, POSTGRESQL: postgresql.insert}

_DECIDED = select(REQUESTS.c.id).where(UNCOUNTED, REQUESTS.c.status.not_in(UNDECIDED))
_LATE = select(RUNS.c.request_id).select_from(
    USAGE.join(RUNS, RUNS.c.id == USAGE.c.stage_run_id).join(REQUESTS, REQUESTS.c.id == RUNS.c.request_id)
).where(UNFOLDED, ~UNCOUNTED)
"""Requests that were counted before: corrections, files that were delivered."""


def fold(engine: Engine, *, seconds: float | None = None, at_once: int = REQUESTS_AT_ONCE) -> int:
    """Fold until nothing is left, or for about so many seconds; the number of requests that were looked at."""
    end = None if seconds is None else time.monotonic() + seconds
    folded = 0
    while (some := _fold_some(engine, at_once)) > 0:
        folded += some
        if some < at_once or (end is not None and time.monotonic() >= end):
            break
    return folded


def _fold_some(engine: Engine, at_once: int) -> int:
    with engine.connect() as connection:  # without a lock: nearly always there is nothing to do
        if not any(connection.scalar(waiting.limit(1)) for waiting in (_DECIDED, _LATE)):
            return 0
    with _alone(engine) as connection:
        if connection is None:
            return 0
        batch = _Batch(connection, at_once)
        batch.take_back()
        batch.count()
        batch.add_usage()
        return batch.size


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection | None]:
    """A transaction beside which nobody else folds; None where somebody does."""
    with engine.connect() as connection:
        if connection.dialect.name == POSTGRESQL:
            with connection.begin():
                lock = text("SELECT pg_try_advisory_xact_lock(:key)")
                yield connection if connection.scalar(lock, {"key": ADVISORY_LOCK}) else None
        else:
            with connection.begin():
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver would begin only at the first write
                yield connection


class _Batch:
    """Requests to count, and requests with usage to fold; of the first, the rows stay locked until the end."""

    def __init__(self, connection: Connection, at_once: int) -> None:
        self._connection, self._dialect = connection, connection.dialect.name
        self._new = list(connection.scalars(_DECIDED.limit(at_once).with_for_update(skip_locked=True)))
        left = at_once - len(self._new)
        self._late = list(connection.scalars(_LATE.distinct().limit(left))) if left else []
        self.size = len(self._new) + len(self._late)

    def take_back(self) -> None:
        """Take out of the roll-ups what they hold of requests that were decided anew."""
        again = list(self._connection.scalars(select(COUNTED.c.request_id).where(self._of(COUNTED.c.request_id, self._new))))
        if not again:
            return
        held = self._usage_of(again, folded=True)
        self._add_usage(held, sign=-1)
        self._mark(held, folded=False)
        self._add_requests(again, sign=-1)
        self._connection.execute(delete(COUNTED).where(self._of(COUNTED.c.request_id, again)))

    def count(self) -> None:
        """Count the new ones."""
        if not self._new:
            return
        self._connection.execute(insert(COUNTED).from_select(
            [column.name for column in COUNTED.c], raw.facts(self._dialect).where(self._of(REQUESTS.c.id, self._new))))
        self._add_requests(self._new)
        self._connection.execute(
            update(REQUESTS).where(self._of(REQUESTS.c.id, self._new)).values(counted_lease=REQUESTS.c.lease))

    def add_usage(self) -> None:
        """Add what they used and what is not added yet. What is written meanwhile waits for the next batch."""
        fresh = self._usage_of([*self._new, *self._late], folded=False)
        self._add_usage(fresh)
        self._mark(fresh, folded=True)

    def _usage_of(self, request_ids: Sequence[str], *, folded: bool) -> list[int]:
        mine = select(USAGE.c.id).select_from(USAGE.join(RUNS, RUNS.c.id == USAGE.c.stage_run_id)).where(
            self._of(RUNS.c.request_id, request_ids), USAGE.c.folded if folded else UNFOLDED)
        return list(self._connection.scalars(mine))

    def _mark(self, usage_ids: Sequence[int], *, folded: bool) -> None:
        if usage_ids:
            self._connection.execute(update(USAGE).where(self._of(USAGE.c.id, usage_ids)).values(folded=folded))

    def _add_usage(self, usage_ids: Sequence[int], sign: int = 1) -> None:
        """Add these to every cube; the rows are looked up and added up once."""
        if not usage_ids:
            return
        rows = raw.usage(self._dialect).where(self._of(USAGE.c.id, usage_ids)).subquery()
        apart = [rows.c[name] for name in ("day", "organization_id", "topic_id", *KEPT_APART)]
        fine = select(*apart, (func.sum(rows.c.millionths) * sign).label("millionths")).group_by(*apart)
        once = fine.cte("fine").prefix_with("MATERIALIZED")
        self._add(USAGE_CELLS, union_all(*(_usage_cells(once, cube) for cube in Cube)).subquery())

    def _add_requests(self, request_ids: Sequence[str], sign: int = 1) -> None:
        mine = self._of(COUNTED.c.request_id, request_ids)
        self._add(REQUEST_CELLS, union_all(*(raw.requests(COUNTED, cube, sign).where(mine) for cube in Cube)).subquery())

    def _add(self, table: Table, rows: FromClause) -> None:
        """Add to the cells that are there, and make those that are not."""
        keys, names = [rows.c[column.name] for column in table.primary_key], _values(table)
        added = select(*keys, *(func.sum(rows.c[name]) for name in names)).where(text("true")).group_by(*keys)
        fresh = INSERT[self._dialect](table).from_select([column.name for column in table.c], added)
        sums = {name: table.c[name] + fresh.excluded[name] for name in names}
        self._connection.execute(fresh.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums))

    def _of(self, column: Any, ids: Sequence[Any]) -> Any:
        return among(column, ids, self._dialect)


def _usage_cells(rows: FromClause, cube: Cube) -> Select[Any]:
    apart = [rows.c[name] for name in KEPT_APART]
    return select(literal(cube.value).label("cube"), rows.c.day, raw.member(rows, cube).label("member"), *apart,
                  rows.c.millionths)


def _values(table: Table) -> list[str]:
    return [column.name for column in table.c if not column.primary_key]
