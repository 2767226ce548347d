"""Folding: what was decided since the last time is added to the roll-ups, a batch in one transaction.

One process folds at a time, and nobody waits for it. A fold that is killed leaves nothing behind. What a request was counted
as, and with what usage, is kept beside it: when it gets another chance (a dead letter that is replayed), all of it is taken
back and added anew.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, text, update

from pipeline.ledger import raw
from pipeline.ledger.cells import Cells, Fact, Kinds, Used, merged
from pipeline.ledger.raw import (
    COUNTED,
    COUNTED_NOW,
    POSTGRESQL,
    REQUESTS,
    RUNS,
    UNCOUNTED,
    UNDECIDED,
    UNFOLDED,
    USAGE,
    among,
)

REQUESTS_AT_ONCE = 1000
ADVISORY_LOCK = 7_266_814
"""Any number that nothing else of ours takes."""

_DECIDED = select(REQUESTS.c.id).where(UNCOUNTED, REQUESTS.c.status.not_in(UNDECIDED))
_LATE = select(RUNS.c.request_id).select_from(
    USAGE.join(RUNS, RUNS.c.id == USAGE.c.stage_run_id).join(REQUESTS, REQUESTS.c.id == RUNS.c.request_id)
).where(UNFOLDED, COUNTED_NOW)
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
        batch.add()
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
        self._kinds = Kinds(connection)
        self._cells = Cells(self._kinds)

    def take_back(self) -> None:
        """Take out of the roll-ups what they hold of requests that were decided anew."""
        again = self._counted(self._new)
        for fact in again:
            self._cells.use(fact, fact.used, -1)
            self._cells.count(fact, -1)
        if again:
            ids = [fact.request_id for fact in again]
            runs = select(RUNS.c.id).where(self._of(RUNS.c.request_id, ids))
            self._connection.execute(update(USAGE).where(USAGE.c.stage_run_id.in_(runs)).values(folded=False))
            self._connection.execute(delete(COUNTED).where(self._of(COUNTED.c.request_id, ids)))

    def add(self) -> None:
        """Add what is new of them, and keep what they were counted as."""
        facts = raw.facts(self._dialect).where(self._of(REQUESTS.c.id, self._new))
        new = [Fact._make((*row, {})) for row in self._connection.execute(facts)]
        late = self._counted(self._late)
        used = self._fresh({fact.request_id: fact.modality for fact in (*new, *late)})
        for fact in new:
            self._cells.count(fact)
        for fact in (*new, *late):
            self._cells.use(fact, used.get(fact.request_id, {}))
        self._keep(new, late, used)
        self._cells.write(self._connection)

    def _fresh(self, forms: Mapping[str, str]) -> dict[str, Used]:
        """What these used and no roll-up holds, by request; it is marked. What is written meanwhile waits for the next batch."""
        used, marked = dict[str, Used](), list[int]()
        rows = raw.entries(self._dialect).where(self._of(RUNS.c.request_id, list(forms)), UNFOLDED)
        for usage_id, request_id, day, millionths, *kind in self._connection.execute(rows).all():
            marked.append(usage_id)
            number = self._kinds.number((forms[request_id], *kind))
            into = used.setdefault(request_id, {}).setdefault(day.isoformat(), {})
            into[number] = into.get(number, 0) + int(millionths)
        self._connection.execute(update(USAGE).where(self._of(USAGE.c.id, marked)).values(folded=True))
        return used

    def _keep(self, new: Sequence[Fact], late: Sequence[Fact], used: Mapping[str, Used]) -> None:
        if new:
            self._connection.execute(insert(COUNTED), [{**fact._asdict(), "used": used.get(fact.request_id, {})} for fact in new])
            self._connection.execute(
                update(REQUESTS).where(self._of(REQUESTS.c.id, self._new)).values(counted_lease=REQUESTS.c.lease))
        if late:
            more = update(COUNTED).where(COUNTED.c.request_id == bindparam("of")).values(used=bindparam("both"))
            self._connection.execute(more, [
                {"of": fact.request_id, "both": merged(fact.used, used.get(fact.request_id, {}))} for fact in late])

    def _counted(self, request_ids: Sequence[str]) -> list[Fact]:
        if not request_ids:
            return []
        kept = select(*(COUNTED.c[name] for name in Fact._fields)).where(self._of(COUNTED.c.request_id, request_ids))
        return [Fact(*row) for row in self._connection.execute(kept)]

    def _of(self, column: Any, ids: Sequence[Any]) -> Any:
        return among(column, ids, self._dialect)
