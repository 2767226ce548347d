"""Every query about experiments. Frozen values come out, never sessions or rows."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, Select, func, select

from pipeline.database import Base
from pipeline.domain import GenerationRequest, Status
from pipeline.experiments.asking import content_key
from pipeline.experiments.outcomes import Results
from pipeline.experiments.values import Item, RunPlan, RunView, State
from pipeline.experiments.views import RunLine
from pipeline.scoring import Reference, Score
from pipeline.tables import (
    ExperimentChargeRow,
    ExperimentItemRow,
    ExperimentJudgementRow,
    ExperimentQuestionRow,
    ExperimentRow,
    ExperimentVoteRow,
    RequestRow,
)

RUNS, QUESTIONS, ITEMS, JUDGEMENTS, CHARGES, VOTES, REQUESTS = (
    Base.metadata.tables[row.__tablename__]
    for row in (ExperimentRow, ExperimentQuestionRow, ExperimentItemRow, ExperimentJudgementRow, ExperimentChargeRow,
                ExperimentVoteRow, RequestRow))
LOST = (Status.FAILED, Status.CANCELLED)
"""What such a request came to is not used for another run: it may go well the next time."""
Spent = Callable[[Sequence[str]], Decimal | None]
"""What these requests cost together; None where some usage has no price."""


def view(connection: Connection, run_id: str, spent: Spent) -> RunView | None:
    """The run, whole."""
    head = connection.execute(select(RUNS).where(RUNS.c.run_id == run_id)).mappings().one_or_none()
    if head is None:
        return None
    plan = RunPlan.model_validate(head["plan"])
    items = tuple(_item(row, plan) for row in connection.execute(_items(run_id)).mappings())
    own = [item.request_id for item in items if item.request_id is not None and not item.reused]
    return RunView(
        run_id=run_id, plan=plan, by=head["run_by"], created_at=head["created_at"], why=head["stopped"],
        state=state_of(items, cancelled=head["cancelled_at"] is not None, stopped=bool(head["stopped"])),
        dataset_digest=head["dataset_digest"], questions=len({item.position for item in items}), commit=head["commit_sha"],
        made_with=head["made_with"], items=items, spent_usd=spent(own), closed_at=head["closed_at"],
        results=None if head["results"] is None else Results.model_validate(head["results"]))


def _items(run_id: str) -> Select[Any]:
    return (
        select(ITEMS, QUESTIONS.c.question_id, REQUESTS.c.status)
        .select_from(ITEMS.join(QUESTIONS, (QUESTIONS.c.run_id == ITEMS.c.run_id) & (QUESTIONS.c.position == ITEMS.c.position))
                     .outerjoin(REQUESTS, REQUESTS.c.id == ITEMS.c.request_id))
        .where(ITEMS.c.run_id == run_id).order_by(ITEMS.c.item_id))


def _item(row: RowMapping, plan: RunPlan) -> Item:
    return Item(
        item_id=row["item_id"], position=row["position"], question_id=row["question_id"],
        variant=plan.variants[row["variant"] - 1].name, request_id=row["request_id"], status=row["status"],
        reused=row["reused"], scored=row["scores"] is not None)


def state_of(items: Sequence[Item], *, cancelled: bool, stopped: bool) -> State:
    """Where a run stands; one that was cancelled or stopped is so once nothing of it is under way."""
    decided = all(item.decided for item in items)
    if decided and all(item.scored for item in items):
        return State.DONE
    under_way = any(item.request_id is not None and not item.decided for item in items)
    if cancelled and not under_way:
        return State.CANCELLED
    if decided:
        return State.MADE
    if stopped and not under_way:
        return State.STOPPED
    return State.RUNNING if any(item.request_id is not None for item in items) else State.PLANNED


def lines(engine: Engine, limit: int, *, dataset: str | None = None) -> list[RunLine]:
    """The newest runs."""
    newest = select(RUNS).order_by(RUNS.c.created_at.desc(), RUNS.c.run_id).limit(limit)
    if dataset is not None:
        newest = newest.where(RUNS.c.dataset == dataset)
    with engine.connect() as connection:
        heads = connection.execute(newest).mappings().all()
        joined = ITEMS.outerjoin(REQUESTS, REQUESTS.c.id == ITEMS.c.request_id)
        counted = connection.execute(
            select(ITEMS.c.run_id, ITEMS.c.request_id, REQUESTS.c.status, ITEMS.c.scores.is_not(None).label("scored"),
                   ITEMS.c.position)
            .select_from(joined).where(ITEMS.c.run_id.in_([head["run_id"] for head in heads]))).mappings().all()
    of: dict[str, list[RowMapping]] = {}
    for row in counted:
        of.setdefault(row["run_id"], []).append(row)
    return [_line(head, of.get(head["run_id"], [])) for head in heads]


def _line(head: RowMapping, counted: Sequence[RowMapping]) -> RunLine:
    plan = RunPlan.model_validate(head["plan"])
    items = [Item(item_id=0, position=row["position"], question_id="", variant="", request_id=row["request_id"],
                  status=row["status"], reused=False, scored=bool(row["scored"])) for row in counted]
    results = None if head["results"] is None else Results.model_validate(head["results"])
    return RunLine(
        run_id=head["run_id"], name=head["name"], dataset=head["dataset"], dataset_digest=head["dataset_digest"],
        variants=tuple(variant.name for variant in plan.variants), baseline=plan.baseline, by=head["run_by"],
        created_at=head["created_at"],
        state=state_of(items, cancelled=head["cancelled_at"] is not None, stopped=bool(head["stopped"])),
        questions=len({item.position for item in items}), lessons=len(items), decided=sum(item.decided for item in items),
        verdict=results.verdict if results else None, lines=results.lines if results else ())


def references(connection: Connection, run_id: str) -> dict[int, Reference]:
    """The questions of a run by position."""
    rows = connection.execute(
        select(QUESTIONS.c.position, QUESTIONS.c.reference).where(QUESTIONS.c.run_id == run_id).order_by(QUESTIONS.c.position))
    return {row.position: Reference.model_validate(row.reference) for row in rows}


def scores(connection: Connection, run_id: str) -> dict[int, tuple[Score, ...]]:
    """By item, what scorers said of it; one that is not scored is absent."""
    rows = connection.execute(
        select(ITEMS.c.item_id, ITEMS.c.scores).where(ITEMS.c.run_id == run_id, ITEMS.c.scores.is_not(None)))
    return {row.item_id: tuple(Score.model_validate(each) for each in row.scores) for row in rows}


def made_before(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """By content key, the newest request that was made, or is being made, under the same conditions."""
    known = connection.execute(
        select(ITEMS.c.content_key, func.max(ITEMS.c.item_id).label("item_id"))
        .select_from(ITEMS.join(REQUESTS, REQUESTS.c.id == ITEMS.c.request_id))
        .where(ITEMS.c.content_key.in_(set(keys)), REQUESTS.c.status.not_in(LOST)).group_by(ITEMS.c.content_key)).all()
    rows = connection.execute(select(ITEMS.c.item_id, ITEMS.c.request_id).where(ITEMS.c.item_id.in_([r.item_id for r in known])))
    request_of = {row.item_id: row.request_id for row in rows}
    return {row.content_key: request_of[row.item_id] for row in known}


def new_items(
    run_id: str, requests: Mapping[tuple[int, int], GenerationRequest], made_with: Mapping[str, str], *, variants: int
) -> list[dict[str, Any]]:
    """New items by (position, variant). The order of the variants turns with each question, so that none is always first."""
    order = sorted(requests, key=lambda place: (place[0], (place[1] - place[0]) % variants))
    return [
        {"run_id": run_id, "position": position, "variant": variant, "request_id": None, "reused": False, "attempt": 0,
         "content_key": content_key(requests[position, variant], made_with), "scores": None, "scored_with": ""}
        for position, variant in order
    ]
