"""Data sets of one installation: the questions that ship, and those that people added, such as real requests."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Engine, Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.errors import BadRequest
from pipeline.guardrails import redacted
from pipeline.organisation import Actor, Permission, changing, note, require, utc_now
from pipeline.plain import one_line
from pipeline.scoring import Dataset, Reference, asked
from pipeline.tables import DatasetQuestionRow
from pipeline.visuals import Value

SHIPPED = "lessons"
"""The set that ships; questions can be added to it, and to others by whatever name."""
NAME_CHARACTERS, AUTHOR_CHARACTERS = 60, 254
ROWS = DatasetQuestionRow


class Added(Value):
    """A question that somebody added, and from which request."""

    dataset: str
    reference: Reference
    request_id: str | None
    by: str
    at: datetime


class Datasets:
    """The data sets of one database. `shipped` reads the one that ships."""

    def __init__(self, engine: Engine, *, shipped: Callable[[], Dataset], clock: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._shipped = shipped
        self._clock = clock

    def names(self) -> list[str]:
        """Every set, the one that ships first."""
        with told_plainly(), Session(self._engine) as session:
            found = session.scalars(select(ROWS.dataset).where(ROWS.removed_at.is_(None)).distinct())
            return [SHIPPED, *sorted(set(found) - {SHIPPED})]

    def read(self, name: str) -> Dataset:
        """The set as it stands. Raises `BadRequest` where there is none of this name."""
        rows = tuple(one.reference for one in self.added(name))
        if name == SHIPPED:
            rows = (*self._shipped().rows, *rows)
        if not rows:
            raise BadRequest("dataset", f"there is no {name[:NAME_CHARACTERS]!a}: there are {', '.join(self.names())}.")
        return Dataset(name=name, rows=rows)

    def added(self, name: str) -> list[Added]:
        """What people added to it, the oldest first."""
        with told_plainly(), Session(self._engine) as session:
            return [_added(row) for row in session.scalars(_standing(name).order_by(ROWS.row_id))]

    def holding(self, request_id: str) -> list[Added]:
        """Where the question of a request was added."""
        wanted = select(ROWS).where(ROWS.request_id == request_id, ROWS.removed_at.is_(None)).order_by(ROWS.row_id)
        with told_plainly(), Session(self._engine) as session:
            return [_added(row) for row in session.scalars(wanted)]

    def add(self, actor: Actor, name: str, reference: Reference, *, request_id: str | None = None) -> Reference:
        """Add a question; what is personal in it is left out first. Raises `BadRequest` for one that is there already."""
        require(actor, Permission.PROMPTS)
        name = _name(name)
        kept = _plain(reference)
        if name == SHIPPED:
            _refuse_known(kept, self._shipped().rows, name)
        now = self._clock()
        row = ROWS(dataset=name, question_id=kept.question_id, asked=asked(kept.question), reference=kept.model_dump(mode="json"),
                   request_id=request_id, added_by=actor.name[:AUTHOR_CHARACTERS], added_at=now, removed_by="")
        try:
            with told_plainly(), changing(self._engine) as session:
                _refuse_known(kept, [_added(one).reference for one in session.scalars(_standing(name))], name)
                session.add(row)
                note(session, actor, "dataset.added", "dataset", name, None, {"question": kept.question_id}, at=now)
        except IntegrityError as fault:
            raise BadRequest("request_id", f"there is no request {str(request_id)[:64]!a}.") from fault
        return kept

    def remove(self, actor: Actor, name: str, question_id: str) -> None:
        """Take a question out that somebody added. Raises `BadRequest` for any other."""
        require(actor, Permission.PROMPTS)
        with told_plainly(), changing(self._engine) as session:
            row = session.scalars(_standing(name).where(ROWS.question_id == question_id)).first()
            if row is None:
                raise BadRequest("question_id", f"{question_id[:64]!a} was not added to {name[:NAME_CHARACTERS]!a}.")
            row.removed_at, row.removed_by = self._clock(), actor.name[:AUTHOR_CHARACTERS]
            note(session, actor, "dataset.removed", "dataset", name, {"question": question_id}, None, at=row.removed_at)


def question_id(question: str) -> str:
    """A name for the question that does not change."""
    return f"asked-{hashlib.sha256(asked(question).encode()).hexdigest()[:12]}"


def _name(said: str) -> str:
    name = one_line("dataset", said, 1, NAME_CHARACTERS)
    if not all(character.isalnum() or character in "-_ " for character in name):
        raise BadRequest("dataset", "is named with letters, digits, spaces, - and _.")
    return name


def _plain(reference: Reference) -> Reference:
    """The question on one line and without personal details, under the name that its words give it."""
    text = one_line("question", redacted(reference.question).text, 5, 500)
    try:
        return Reference.model_validate({**reference.model_dump(), "question": text, "question_id": question_id(text)})
    except ValidationError as fault:
        raise BadRequest("question", fault.errors()[0]["msg"]) from fault


def _refuse_known(reference: Reference, rows: Sequence[Reference], name: str) -> None:
    if any(asked(row.question) == asked(reference.question) for row in rows):
        raise BadRequest("question", f"this question is in {name} already.")


def _standing(name: str) -> Select[DatasetQuestionRow]:
    return select(ROWS).where(ROWS.dataset == name, ROWS.removed_at.is_(None))


def _added(row: DatasetQuestionRow) -> Added:
    return Added(dataset=row.dataset, reference=Reference.model_validate(row.reference), request_id=row.request_id,
                 by=row.added_by, at=row.added_at)
