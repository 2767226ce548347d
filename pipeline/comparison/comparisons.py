"""The same questions answered in several ways: made, put into the queue, stopped, taken up again."""

import random
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.comparison import rows
from pipeline.comparison.rows import COMPARISONS, ITEMS, REQUESTS, VARIANTS
from pipeline.comparison.variants import Asked, Variant, check, label, request_of
from pipeline.comparison.views import ComparisonLine, ComparisonView
from pipeline.domain import GenerationRequest, Status
from pipeline.errors import BadRequest
from pipeline.organisation import COMMAND_LINE, Actor, Permission, note, require
from pipeline.plain import one_line

NAME_CHARACTERS = 500
ID_CHARACTERS = 64
LISTED = 50
BEHIND_STUDENTS = -10
"""The priority of a set: no student waits behind it."""
_IDS = uuid.UUID("3d0b1f52-6f0a-4c1c-9a57-5b8f1a0c7c11")


class Asker(Protocol):
    """Who asks for lessons and stops them (`pipeline.lessons.Lessons`)."""

    def ask(
        self, actor: Actor, request: GenerationRequest, *, idempotency_key: str | None = None, priority: int = 0,
    ) -> str:
        """Put the request into the queue; its id, or that of the one that came with this key before."""
        ...

    def cancel(self, actor: Actor, request_id: str) -> None:
        """Ask the worker to stop."""
        ...


class Comparisons:
    """The comparisons of one installation, for whoever is allowed."""

    def __init__(self, engine: Engine, lessons: Asker, *, models: Callable[[], Sequence[str]]) -> None:
        self._engine = engine
        self._lessons = lessons
        self._models = models

    def create(
        self, actor: Actor, comparison_id: str, *, name: str = "", questions: Sequence[Asked], variants: Sequence[Variant],
    ) -> ComparisonView:
        """Note a comparison; nothing is in the queue yet. The same id again is the same comparison. Raises `BadRequest`."""
        require(actor, Permission.GENERATE)
        one_line("comparison_id", comparison_id, 1, ID_CHARACTERS)
        check(questions, variants, models=self._models() if any(variant.model for variant in variants) else ())
        named = one_line("name", name or questions[0].question, 1, NAME_CHARACTERS)
        try:
            with Session(self._engine) as session, session.begin():
                session.execute(insert(COMPARISONS).values(
                    comparison_id=comparison_id, name=named, seed=random.Random(comparison_id).randrange(2**31),  # noqa: S311  no secret
                    author_id=account(actor), created_at=datetime.now(UTC)))
                session.execute(insert(VARIANTS), [
                    {"comparison_id": comparison_id, "position": position, **variant.model_dump()}
                    for position, variant in enumerate(variants, start=1)])
                session.execute(insert(ITEMS), rows.item_rows(comparison_id, questions, variants))
                note(session, actor, "comparison.made", "comparison", comparison_id, None,
                     {"questions": len(questions), "variants": [label(variant) for variant in variants]})
        except IntegrityError:
            if self.find(comparison_id) is None:
                raise
        return self.view(comparison_id)

    def send(self, actor: Actor, comparison_id: str, *, most: int | None = None) -> int:
        """Put what is not in the queue yet into it, `most` items at a time; how many are left.

        May be called again after any failure: an item that came through is not asked for twice.
        """
        require(actor, Permission.GENERATE)
        view = self.view(comparison_id)
        if view.cancelled_at is not None:
            return 0
        with self._engine.connect() as connection:
            mine = ITEMS.c.comparison_id == comparison_id
            waiting = connection.execute(
                select(ITEMS).where(mine, ITEMS.c.request_id.is_(None)).order_by(ITEMS.c.item_id)).all()
        for item in waiting[:most]:
            variant, asked = view.variants[item.variant - 1], view.questions[item.question - 1]
            key = f"comparison:{comparison_id}:{item.question}:{item.variant}:{item.attempt}"
            request = request_of(asked, variant, request_id=str(uuid.uuid5(_IDS, key)),
                                 student_id=f"comparison-{item.question}-{comparison_id}"[:100])
            request_id = self._lessons.ask(
                actor, request, idempotency_key=key, priority=BEHIND_STUDENTS if len(view.questions) > 1 else 0)
            with self._engine.begin() as connection:
                connection.execute(update(ITEMS).where(ITEMS.c.item_id == item.item_id).values(request_id=request_id))
        return len(waiting) - len(waiting[:most])

    def cancel(self, actor: Actor, comparison_id: str) -> None:
        """Stop what is under way, and send nothing more."""
        require(actor, Permission.GENERATE)
        view = self.view(comparison_id)
        self._mark(actor, view, "comparison.cancelled", cancelled_at=datetime.now(UTC))
        for item in self.view(comparison_id).items:
            if item.request_id is not None and not item.decided:
                self._lessons.cancel(actor, item.request_id)

    def again(self, actor: Actor, comparison_id: str) -> int:
        """Take it up again: items that failed or were cancelled are asked for anew. How many are to be sent now."""
        require(actor, Permission.GENERATE)
        view = self.view(comparison_id)
        lost = select(REQUESTS.c.id).where(REQUESTS.c.status.in_([Status.FAILED, Status.CANCELLED]))
        mine = ITEMS.c.comparison_id == comparison_id
        with self._engine.begin() as connection:
            connection.execute(update(COMPARISONS).where(COMPARISONS.c.comparison_id == comparison_id).values(cancelled_at=None))
            connection.execute(update(ITEMS).where(mine, ITEMS.c.request_id.in_(lost)).values(
                request_id=None, attempt=ITEMS.c.attempt + 1))
        self._mark(actor, view, "comparison.taken_up")
        return sum(item.request_id is None for item in self.view(comparison_id).items)

    def close(self, actor: Actor, comparison_id: str) -> None:
        """End the voting: from now on everybody sees what was preferred, and no vote changes any more."""
        require(actor, Permission.REVIEW)
        view = self.view(comparison_id)
        if view.closed_at is None:
            self._mark(actor, view, "comparison.closed", closed_at=datetime.now(UTC))

    def find(self, comparison_id: str) -> ComparisonView | None:
        """The comparison as it stands, or None when there is none of this id."""
        with self._engine.connect() as connection:
            return rows.view(connection, comparison_id)

    def view(self, comparison_id: str) -> ComparisonView:
        """The comparison as it stands. Raises `BadRequest` when there is none of this id."""
        found = self.find(comparison_id)
        if found is None:
            raise BadRequest("comparison", f"there is none with the id {comparison_id[:ID_CHARACTERS]!a}.")
        return found

    def newest(self, limit: int = LISTED) -> list[ComparisonLine]:
        """The newest comparisons."""
        return rows.lines(self._engine, limit)

    def _mark(self, actor: Actor, view: ComparisonView, action: str, **values: datetime) -> None:
        with Session(self._engine) as session, session.begin():
            if values:
                session.execute(update(COMPARISONS).where(COMPARISONS.c.comparison_id == view.comparison_id).values(**values))
            note(session, actor, action, "comparison", view.comparison_id, {"state": view.state}, None)


def account(actor: Actor) -> str | None:
    """The account of the actor; the command line has none."""
    return None if actor == COMMAND_LINE else actor.user_id
