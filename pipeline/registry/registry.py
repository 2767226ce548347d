"""The registry: every prompt with its versions, and the book that a request is made by."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from pipeline.database import told_plainly
from pipeline.domain import GenerationRequest
from pipeline.errors import BadRequest, OperatorError
from pipeline.organisation import Actor, changing, utc_now
from pipeline.prompts import SLOTS, Counter, PromptBook, as_toml, read_texts
from pipeline.registry.splits import Splits
from pipeline.registry.splitting import give, given, is_recorded, open_splits, shares_of
from pipeline.registry.values import PRODUCTION, Entry, Evidences, Version
from pipeline.registry.versions import standing
from pipeline.tables import PromptVersionRow
from pipeline.whole import whole


class Registry(Splits):
    """The prompts of one database. What ships in `shipped` is brought in when the first one is asked for."""

    def __init__(
        self, engine: Engine, *, shipped: Path, evidences: Evidences, second_person: bool = False,
        counter: Callable[[], Counter] | None = None, clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(engine, counter=counter, clock=clock)
        self._evidences = evidences
        self._second_person = second_person
        self.sync(shipped)

    @property
    def second_person(self) -> bool:
        """Whether somebody else has to agree before a version goes into production."""
        return self._second_person

    def entries(self) -> Sequence[Entry]:
        """Every prompt in a line, in the order of the pipeline."""
        with told_plainly(), Session(self._engine) as session:
            labels, splits = standing(session), _splits_by_name(session)
            newest = (select(PromptVersionRow.name, func.max(PromptVersionRow.number).label("number"))
                      .group_by(PromptVersionRow.name).subquery())
            rows = session.scalars(select(PromptVersionRow).join(
                newest, (newest.c.name == PromptVersionRow.name) & (newest.c.number == PromptVersionRow.number)))
            last = {row.name: row for row in rows}
        return [Entry(
            name=name, stage=slot.stage, what=slot.what, production=labels[name][PRODUCTION], labels=labels[name],
            versions=last[name].number, last_author=last[name].author, last_at=last[name].at, split_id=splits.get(name),
        ) for name, slot in SLOTS.items() if PRODUCTION in labels.get(name, {})]

    def production(self) -> PromptBook:
        """The book of the production versions."""
        with told_plainly(), Session(self._engine) as session:
            where = {name: labels[PRODUCTION] for name, labels in standing(session).items() if PRODUCTION in labels}
        return PromptBook({text.name: text for text in self.texts(where)})

    def book(self, request: GenerationRequest) -> PromptBook:
        """What the request is made by: production, under the versions that it pins, or those of its student's arms.

        Raises `OperatorError` for a pinned version that is not there.
        """
        pinned = request.prompts or self._arms(request)
        try:
            return self.production().with_texts(self.texts(pinned))
        except BadRequest as fault:
            raise OperatorError(f"The request pins a prompt that cannot be had: {fault}") from fault

    def export(self, folder: Path, *, label: str = PRODUCTION) -> Sequence[Path]:
        """The versions that the label points at, as files that `read_text` reads back. Raises `BadRequest`."""
        return [_written(folder / f"{name}.toml", as_toml(self.text(name, version)))
                for name, version in self.labelled(label).items()]

    def take(self, actor: Actor, folder: Path, *, message: str) -> Sequence[Version]:
        """The files of a folder as versions; what is there already is not added again. Raises `OperatorError`, `BadRequest`."""
        texts = read_texts(folder)
        if not texts:
            raise BadRequest("folder", f"{folder} holds no prompts: a prompt is a file NAME.toml.")
        for text in texts:
            self.refuse(text)
        parents = {text.name: self._production_of(text.name) for text in texts}
        return [self.save(actor, text, message=message, parent=parents[text.name]) for text in texts]

    def _production_of(self, name: str) -> str | None:
        with told_plainly(), Session(self._engine) as session:
            return standing(session, name).get(name, {}).get(PRODUCTION)

    def _arms(self, request: GenerationRequest) -> Mapping[str, str]:
        """The versions of the student's arms, recorded; none for what is not a student's own request."""
        if request.fresh or request.revision_of:
            return {}
        with told_plainly(), Session(self._engine) as session:
            arms = given(session, request.request_id)
            free = arms or not open_splits(session) or not is_recorded(session, request.request_id)
        if not free:
            with told_plainly(), changing(self._engine) as session:
                arms = give(session, request.request_id, request.student_id, at=self._clock())
        return {name: version for arm in arms for name, version in arm.prompts.items()}


def _splits_by_name(session: Session) -> Mapping[str, int]:
    return {name: row.split_id for row in open_splits(session) for name in shares_of(row).arms[0].prompts}


def _written(path: Path, content: str) -> Path:
    with whole(path) as file:
        file.write_text(content, encoding="utf-8")
    return path
