"""Experiments of one installation: planned, made through the queue or here, stopped, taken up again, scored."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.comparison import Asker, account
from pipeline.domain import GenerationRequest
from pipeline.evaluation import commit
from pipeline.experiments import costing, making, rows, settling
from pipeline.experiments.asking import (
    NameInterest,
    check_questions,
    chosen,
    content_key,
    item_id,
    request_of,
    student_of,
)
from pipeline.experiments.reading import ID_CHARACTERS, Reading
from pipeline.experiments.rows import ITEMS, QUESTIONS, REQUESTS, RUNS
from pipeline.experiments.settling import Hear
from pipeline.experiments.values import Foreseen, RunPlan, RunView, State, Variant
from pipeline.experiments.variants import Versions, check, named, variant_of, variants_of
from pipeline.organisation import Actor, Permission, note, require, utc_now
from pipeline.plain import one_line
from pipeline.scoring import Dataset, Reference, Tools
from pipeline.tracking import Record

NAME_CHARACTERS = 500
ELSEWHERE_SECONDS = 1.0
"""Between looks at a lesson that another process makes."""


class Experiments(Reading):
    """The experiments of one installation, for whoever is allowed."""

    def __init__(
        self, engine: Engine, lessons: Asker, record: Record, *, versions: Versions, name_interest: NameInterest,
        made_with: Callable[[], Mapping[str, str]], root: Path, clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(engine, record)
        self._lessons = lessons
        self._versions = versions
        self._name_interest = name_interest
        self._made_with = made_with
        self._root = root
        self._clock = clock

    # planning

    def variant(self, said: str) -> Variant:
        """`production`, `a=plain:seed=2`, `hook@VERSION+link@VERSION` as a variant. Raises `BadRequest`."""
        return variant_of(said, self._versions)

    def variants(self, said: str) -> tuple[Variant, ...]:
        """The variants of a list with commas. Raises `BadRequest`."""
        return variants_of(said, self._versions)

    def foresee(self, dataset: Dataset, plan: RunPlan) -> Foreseen:
        """What the plan would take, and how much of it was made before; nothing is written. Raises `BadRequest`."""
        requests = self._requests(dataset, plan, run_id="-")
        made_with = self._made_with()
        keys = [content_key(request, made_with) for request in requests.values()]
        with self._engine.connect() as connection:
            known = rows.made_before(connection, keys)
        price = costing.price_of_one(self._engine, self._detail)
        return costing.foreseen(price, lessons=len(keys), known=sum(key in known for key in keys), budget=plan.budget_usd)

    def create(self, actor: Actor, run_id: str, dataset: Dataset, plan: RunPlan) -> RunView:
        """Note a run; nothing is in the queue yet. The same id again is the same run. Raises `BadRequest`, `NotAllowed`."""
        require(actor, Permission.GENERATE)
        one_line("run_id", run_id, 1, ID_CHARACTERS)
        requests, made_with = self._requests(dataset, plan, run_id=run_id), dict(self._made_with())
        name = one_line("name", plan.name or " against ".join(v.name for v in plan.variants), 1, NAME_CHARACTERS)
        references = [
            {"run_id": run_id, "position": position, "question_id": each.question_id, "reference": each.model_dump(mode="json")}
            for position, each in enumerate(chosen(dataset, plan), start=1)]
        facts = {"dataset": dataset.name, "questions": len(references), "variants": [v.name for v in plan.variants]}
        try:
            with Session(self._engine) as session, session.begin():
                session.execute(insert(RUNS).values(
                    run_id=run_id, name=name, dataset=dataset.name, dataset_digest=dataset.version,
                    plan=plan.model_copy(update={"name": name}).model_dump(mode="json"), made_with=made_with,
                    commit_sha=commit(self._root)[:64], run_by=actor.name[:254], author_id=account(actor),
                    created_at=self._clock(), stopped=""))
                session.execute(insert(QUESTIONS), references)
                session.execute(insert(ITEMS), rows.new_items(run_id, requests, made_with, variants=len(plan.variants)))
                note(session, actor, "experiment.planned", "experiment", run_id, None, facts, at=self._clock())
        except IntegrityError:
            if self.find(run_id) is None:
                raise
        return self.view(run_id)

    def _requests(self, dataset: Dataset, plan: RunPlan, *, run_id: str) -> dict[tuple[int, int], GenerationRequest]:
        """What is asked for, by the positions of question and variant. Raises `BadRequest`."""
        check(plan.variants)
        named(plan.variants, plan.baseline)
        references = chosen(dataset, plan)
        check_questions(references, plan.variants, self._name_interest)
        return {
            (position, number): self._request(reference, variant, plan, run_id=run_id, position=position, number=number)
            for position, reference in enumerate(references, start=1)
            for number, variant in enumerate(plan.variants, start=1)}

    def _request(self, reference: Reference, variant: Variant, plan: RunPlan, *, run_id: str, position: int, number: int,
                 attempt: int = 0) -> GenerationRequest:
        return request_of(reference, variant, seed=plan.seed, request_id=item_id(run_id, position, number, attempt),
                          student_id=student_of(run_id, position), name_interest=self._name_interest)

    # making

    def send(self, actor: Actor, run_id: str, *, most: int | None = None) -> int:
        """Put what is not made yet into the queue, as far as the budget goes; how many lessons are left.

        What was made under the same conditions is used again. May be called again after any failure, and is to be while it
        answers more than 0 and the run is not stopped. Raises `NotAllowed`, and `OperatorError` where a price is missing.
        """
        require(actor, Permission.GENERATE)
        return self._maker(actor, self._lessons).send(self.view(run_id), most=most)

    def make(self, actor: Actor, run_id: str, serve: Callable[[str], object], *, hear: Hear | None = None) -> RunView:
        """Make what is missing in this process, one after the other; `serve` makes a request that the record has accepted.

        It can be broken off at any time and taken up by calling it again. Raises as `send` does.
        """
        require(actor, Permission.GENERATE)
        maker = self._maker(actor, making.Direct(self._record))
        while True:
            view = self.view(run_id)
            if hear is not None:
                hear("lessons", view.decided, len(view.items))
            open_ = [item.request_id for item in view.items if item.request_id and not item.decided]
            if open_:
                serve(open_[0])
                if self.view(run_id).decided == view.decided and not making.taken_back(self._record, open_[0]):
                    time.sleep(ELSEWHERE_SECONDS)  # another process makes it
            elif view.state in (State.CANCELLED, State.STOPPED) or not view.missing:
                return view
            else:
                maker.send(view, most=1)

    def cancel(self, actor: Actor, run_id: str) -> None:
        """Stop what is under way, and send nothing more."""
        require(actor, Permission.GENERATE)
        self._mark(actor, self.view(run_id), "experiment.cancelled", cancelled_at=self._clock())
        for item in self.view(run_id).items:
            if item.request_id is not None and not item.decided and not item.reused:
                self._lessons.cancel(actor, item.request_id)

    def again(self, actor: Actor, run_id: str, *, budget_usd: Decimal | None = None) -> RunView:
        """Take it up again, if wanted with another budget: what failed or was cancelled will be asked for anew."""
        require(actor, Permission.GENERATE)
        view = self.view(run_id)
        plan = RunPlan.model_validate({**view.plan.model_dump(), "budget_usd": budget_usd or view.plan.budget_usd})
        lost = select(REQUESTS.c.id).where(REQUESTS.c.status.in_(rows.LOST))
        with self._engine.begin() as connection:
            connection.execute(update(ITEMS).where(ITEMS.c.run_id == run_id, ITEMS.c.request_id.in_(lost)).values(
                request_id=None, reused=False, attempt=ITEMS.c.attempt + 1, scores=None, scored_with=""))
        self._mark(actor, view, "experiment.taken_up", cancelled_at=None, stopped="", plan=plan.model_dump(mode="json"))
        return self.view(run_id)

    def close(self, actor: Actor, run_id: str) -> None:
        """End the voting: from now on everybody sees what was preferred, and no vote changes any more."""
        require(actor, Permission.REVIEW)
        view = self.view(run_id)
        if view.closed_at is None:
            self._mark(actor, view, "experiment.closed", closed_at=self._clock())

    def settle(
        self, actor: Actor, run_id: str, tools: Tools, *, anew: bool = False, hear: Hear | None = None
    ) -> RunView:
        """Score every lesson that is decided and not scored, or all of them anew, and work the results out.

        May be called at any time, and again.
        """
        require(actor, Permission.GENERATE)
        settling.score_items(self._engine, self._record, self.view(run_id), tools, anew=anew, hear=hear)
        return self.tally(run_id)

    def ask_all(self, run_id: str, tools: Tools) -> None:
        """Ask the model of the tools all that `settle` would ask it; nothing is scored."""
        settling.ask_all(self._engine, self._record, self.view(run_id), tools)

    def tally(self, run_id: str) -> RunView:
        """Work the results out anew from the scores that there are."""
        view = self.view(run_id)
        settling.keep_results(self._engine, self._detail, view, at=self._clock())
        return self.view(run_id)

    def _maker(self, actor: Actor, lessons: Asker) -> making.Maker:
        return making.Maker(engine=self._engine, detail=self._detail, lessons=lessons, actor=actor, request=self._again)

    def _again(self, view: RunView, reference: Reference, *, position: int, number: int, attempt: int) -> GenerationRequest:
        return self._request(reference, view.plan.variants[number - 1], view.plan, run_id=view.run_id, position=position,
                             number=number, attempt=attempt)

    def _mark(self, actor: Actor, view: RunView, action: str, **values: Any) -> None:
        with Session(self._engine) as session, session.begin():
            session.execute(update(RUNS).where(RUNS.c.run_id == view.run_id).values(**values))
            note(session, actor, action, "experiment", view.run_id, {"state": view.state}, None, at=self._clock())

