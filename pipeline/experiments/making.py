"""Items of a run become requests: those that were made before are used again, the rest is asked for within the budget."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sqlalchemy import Engine, select, update

from pipeline.comparison import BEHIND_STUDENTS, Asker
from pipeline.domain import GenerationRequest
from pipeline.errors import LostLease, OperatorError
from pipeline.experiments import rows
from pipeline.experiments.costing import price_of_one, spent
from pipeline.experiments.rows import ITEMS, RUNS
from pipeline.experiments.values import RunView, State
from pipeline.organisation import Actor
from pipeline.scoring import Reference
from pipeline.tables import EventKind
from pipeline.tracking import Detail, Record

FIRST = 4
"""As many are asked for while nobody knows what one costs, and a budget has to be kept."""


class RequestOf(Protocol):
    """Tells what is asked for in an item."""

    def __call__(self, view: RunView, reference: Reference, *, position: int, number: int, attempt: int) -> GenerationRequest:
        """The request of this question in the variant of this number."""
        ...


class Direct:
    """Puts requests into the record and into no queue: whoever asks makes them."""

    def __init__(self, record: Record) -> None:
        self._record = record

    def ask(self, actor: Actor, request: GenerationRequest, *, idempotency_key: str | None = None, priority: int = 0) -> str:
        """Note the request; its id."""
        self._record.accept(request, idempotency_key=idempotency_key, priority=priority)
        return request.request_id

    def cancel(self, actor: Actor, request_id: str) -> None:
        """Ask whoever makes it to stop."""
        self._record.cancel(request_id)


def taken_back(record: Record, request_id: str) -> bool:
    """Whether the request lay in the hands of a process that is silent, and waits again: a run that was killed goes on."""
    for orphan in record.orphans(machine="", living=bool):
        if orphan.request_id == request_id:
            with suppress(LostLease):  # somebody else was quicker
                record.release(request_id, orphan.lease, EventKind.TAKEN_OVER, worker_id=orphan.worker_id)
            return True
    return False


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An item without a request."""

    item_id: int
    position: int
    variant: int
    attempt: int
    content_key: str


@dataclass(frozen=True, kw_only=True)
class Maker:
    """Asks for what a run lacks."""

    engine: Engine
    detail: Detail
    lessons: Asker
    actor: Actor
    request: RequestOf

    def send(self, view: RunView, *, most: int | None) -> int:
        """Ask for what is missing; how many lessons are left. A run whose budget is used up is stopped."""
        if view.state in (State.CANCELLED, State.STOPPED):
            return 0
        waiting = self._reuse(self._waiting(view.run_id))
        allowed = self._allowed(view)
        if waiting and allowed == 0 and view.under_way == 0:
            self._stop(view, len(waiting))
            return 0
        wanted = [bound for bound in (most, allowed) if bound is not None]
        now = waiting[:min(wanted)] if wanted else waiting
        with self.engine.connect() as connection:
            references = rows.references(connection, view.run_id)
        for item in now:
            self._ask(view, references[item.position], item)
        return len(waiting) - len(now)

    def _ask(self, view: RunView, reference: Reference, item: Waiting) -> None:
        request = self.request(view, reference, position=item.position, number=item.variant, attempt=item.attempt)
        request_id = self.lessons.ask(
            self.actor, request, idempotency_key=f"experiment:{request.request_id}", priority=BEHIND_STUDENTS)
        self._point(item, request_id, reused=False)

    def _waiting(self, run_id: str) -> list[Waiting]:
        fields = (ITEMS.c.item_id, ITEMS.c.position, ITEMS.c.variant, ITEMS.c.attempt, ITEMS.c.content_key)
        wanted = select(*fields).where(ITEMS.c.run_id == run_id, ITEMS.c.request_id.is_(None)).order_by(ITEMS.c.item_id)
        with self.engine.connect() as connection:
            return [Waiting(**row) for row in connection.execute(wanted).mappings()]

    def _reuse(self, waiting: Sequence[Waiting]) -> list[Waiting]:
        """What is left when every item that was made before has its request."""
        with self.engine.connect() as connection:
            known = rows.made_before(connection, [item.content_key for item in waiting])
        for item in waiting:
            if item.content_key in known:
                self._point(item, known[item.content_key], reused=True)
        return [item for item in waiting if item.content_key not in known]

    def _point(self, item: Waiting, request_id: str, *, reused: bool) -> None:
        with self.engine.begin() as connection:
            connection.execute(
                update(ITEMS).where(ITEMS.c.item_id == item.item_id).values(request_id=request_id, reused=reused))

    def _allowed(self, view: RunView) -> int | None:
        """How many more lessons the budget pays for, as far as one can tell; None where there is none to keep."""
        budget = view.plan.budget_usd
        if budget is None:
            return None
        left = budget - self._known(view.spent_usd)
        one = self._price(view)
        if one is None:
            return max(0, FIRST - view.under_way)
        return max(0, int(left / one) - view.under_way) if one else None

    def _price(self, view: RunView) -> Decimal | None:
        """What a lesson costs: of this run, or of others; None while nobody knows."""
        own = [item.request_id for item in view.items if item.decided and not item.reused and item.request_id is not None]
        if own:
            return self._known(spent(self.detail, own)) / len(own)
        price = price_of_one(self.engine, self.detail)
        return self._known(price.usd) if price.lessons else None

    def _known(self, usd: Decimal | None) -> Decimal:
        if usd is None:
            raise OperatorError("A budget cannot be kept where some usage has no price: add it to data/prices, or set no budget.")
        return usd

    def _stop(self, view: RunView, missing: int) -> None:
        said = (f"The budget of ${view.plan.budget_usd} is used up (${view.spent_usd:f} spent): {missing} of {len(view.items)} "
                "lessons are missing. Take the run up again with a higher budget.")
        with self.engine.begin() as connection:
            connection.execute(update(RUNS).where(RUNS.c.run_id == view.run_id).values(stopped=said))
