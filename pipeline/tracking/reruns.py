"""New runs of what was run before: from a stage on, with the earlier results; and dead letters that get another chance."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select, update

from pipeline.domain import GenerationRequest, Stage, StageStatus, Status
from pipeline.errors import BadRequest
from pipeline.tables import EventKind
from pipeline.tracking.connected import DEAD, REQUESTS, RESULTS, RUNS, Connected, now, say
from pipeline.tracking.rows import row_of

MISS = {"value": None}
"""What a run that starts after the cache finds in it: the whole point is to make the rest anew."""


class Reruns(Connected):
    """The part of the record about another chance."""

    def accept_rerun(
        self, request: GenerationRequest, *, of: str, first: Stage | None, reuse: Sequence[Stage], asked_by: str | None
    ) -> None:
        """Note a new request that goes on from another: these stages' results are copied, and not billed again.

        Raises `BadRequest` when a result is missing.
        """
        topic = select(REQUESTS.c.topic_id).where(REQUESTS.c.id == of).scalar_subquery() if Stage.NLU in reuse else None
        with self._engine.begin() as connection:
            connection.execute(insert(REQUESTS).values(
                **row_of(request), topic_id=topic, asked_by_id=asked_by, rerun_of=of, rerun_from=first, created_at=now(),
                due_at=self._later(0)))
            say(connection, request.request_id, EventKind.ACCEPTED, rerun_of=of, rerun_from=first)
            say(connection, of, EventKind.RERUN, request_id=request.request_id, rerun_from=first)
            for position, stage in enumerate(reuse):
                _copy(connection, request.request_id, of, stage, position)

    def replayed(self, dead_id: int) -> str:
        """Put the dead letter's request back, as pending; its id. Raises `BadRequest` where that is impossible."""
        with self._engine.begin() as connection:
            request_id = self._settle(connection, dead_id, "replayed_at")
            if request_id is None:
                raise BadRequest("dead_id", f"{dead_id} is a message that can never succeed: discard it.")
            opened = connection.execute(
                update(REQUESTS).where(REQUESTS.c.id == request_id, REQUESTS.c.status == Status.FAILED)
                .values(status=Status.PENDING, error="", result=None, finished_at=None, progress=0.0, worker_id=None,
                        cancel_requested=False, lease=REQUESTS.c.lease + 1, due_at=self._later(0)))
            if opened.rowcount == 0:
                raise BadRequest("dead_id", f"the request of {dead_id} is not failed any more.")
            say(connection, request_id, EventKind.REPLAYED, dead_id=dead_id)
            return request_id

    def discarded(self, dead_id: int) -> None:
        """Nobody will try this again."""
        with self._engine.begin() as connection:
            self._settle(connection, dead_id, "discarded_at")

    def restored(self, dead_id: int) -> None:
        """Somebody may try this again after all. Raises `BadRequest` where nobody discarded it."""
        discarded = (DEAD.c.dead_id == dead_id) & DEAD.c.discarded_at.is_not(None)
        with self._engine.begin() as connection:
            if connection.execute(update(DEAD).where(discarded).values(discarded_at=None)).rowcount == 0:
                raise BadRequest("dead_id", f"there is no discarded dead letter {dead_id}.")

    def _settle(self, connection: Connection, dead_id: int, how: str) -> str | None:
        unsettled = (DEAD.c.dead_id == dead_id) & DEAD.c.replayed_at.is_(None) & DEAD.c.discarded_at.is_(None)
        row = connection.execute(
            update(DEAD).where(unsettled).values({how: now()}).returning(DEAD.c.request_id)).one_or_none()
        if row is None:
            raise BadRequest("dead_id", f"there is no open dead letter {dead_id}.")
        request_id: str | None = row.request_id
        return request_id


def _copy(connection: Connection, request_id: str, of: str, stage: Stage, position: int) -> None:
    kept = select(RESULTS.c.value).where(RESULTS.c.request_id == of, RESULTS.c.stage == stage)
    value = MISS if stage is Stage.CACHE else connection.scalar(kept)
    if value is None or "value" not in value:
        raise BadRequest("from_stage", f"the earlier run has no result of {stage}: start there or before.")
    connection.execute(insert(RESULTS), {"request_id": request_id, "stage": stage, "value": value})
    made = select(RUNS.c.family, RUNS.c.model).where(RUNS.c.request_id == of, RUNS.c.stage == stage)
    maker = connection.execute(made.order_by(RUNS.c.id.desc()).limit(1)).one_or_none()
    connection.execute(insert(RUNS).values(
        request_id=request_id, position=position, stage=stage, status=StageStatus.CACHED, attempts=1, seconds=0.0, error="",
        family=maker.family if maker else "", model=maker.model if maker else "", started_at=now()))
