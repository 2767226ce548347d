"""Lessons of a run -> scores, and scores -> results; both are kept with the run."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Engine, select, update

from pipeline.batches import NotAnswered
from pipeline.experiments import costing, rows
from pipeline.experiments.results import Answered, results
from pipeline.experiments.rows import ITEMS, RUNS
from pipeline.experiments.values import Item, RunView
from pipeline.scoring import SCORERS, Answer, Reference, Tools, score
from pipeline.tracking import Detail, Record

FORMAT = "1"
Hear = Callable[[str, int, int], object]
"""Is told of a piece of work how much of how much is done."""


def score_items(
    engine: Engine, record: Record, view: RunView, tools: Tools, *, anew: bool = False, hear: Hear | None = None
) -> None:
    """Score what is decided and not scored, or all of it anew; scores are kept at once: nothing is paid for twice.

    What a batch has not answered stays without scores.
    """
    with engine.connect() as connection:
        references = rows.references(connection, view.run_id)
    waiting = [item for item in view.items if item.decided and (anew or not item.scored)]
    for number, item in enumerate(waiting, start=1):
        with suppress(NotAnswered):
            _score(engine, record, item, references[item.position], tools, names=view.plan.scorers)
        if hear is not None:
            hear("scores", number, len(waiting))


def ask_all(engine: Engine, record: Record, view: RunView, tools: Tools) -> None:
    """Ask the model of the tools all that scoring would ask it, and keep nothing."""
    with engine.connect() as connection:
        references = rows.references(connection, view.run_id)
    for item in (item for item in view.items if item.decided and not item.scored):
        reference = references[item.position]
        if not _known(engine, item, _digest(reference, tools, view.plan.scorers)):
            _scores(record, item, reference, tools, view.plan.scorers)


def _score(engine: Engine, record: Record, item: Item, reference: Reference, tools: Tools, *, names: Iterable[str]) -> None:
    scored_with = _digest(reference, tools, names)
    known = _known(engine, item, scored_with) or _scores(record, item, reference, tools, names)
    with engine.begin() as connection:
        connection.execute(
            update(ITEMS).where(ITEMS.c.item_id == item.item_id).values(scores=known, scored_with=scored_with))


def _scores(
    record: Record, item: Item, reference: Reference, tools: Tools, names: Iterable[str]
) -> list[Mapping[str, object]] | None:
    made = record.view(item.request_id or "")
    if made is None:  # forgotten since the run was read: it will be asked for again
        return None
    answer = Answer(request=made.request, lesson=made.lesson, runs=made.stages)
    return [each.model_dump(mode="json") for each in score(answer, reference, tools, names=tuple(names) or None)]


def _known(engine: Engine, item: Item, scored_with: str) -> list[Mapping[str, object]] | None:
    """What was said of the same lesson in an earlier run, by the same scorers and judge."""
    same = (ITEMS.c.request_id == item.request_id, ITEMS.c.scored_with == scored_with, ITEMS.c.scores.is_not(None))
    with engine.connect() as connection:
        found: list[Mapping[str, object]] | None = connection.scalar(select(ITEMS.c.scores).where(*same).limit(1))
    return found


def _digest(reference: Reference, tools: Tools, names: Iterable[str]) -> str:
    whole = {
        "format": FORMAT, "reference": reference.model_dump(mode="json"), "names": sorted(names) or list(SCORERS),
        "prompts": tools.prompts.version, "model": tools.model.name if tools.model else None,
        "calibration": tools.calibration.model_dump(mode="json") if tools.calibration else None,
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def keep_results(engine: Engine, detail: Detail, view: RunView, *, at: datetime) -> None:
    """Work the results out from the scores that there are, and keep them with the run."""
    with engine.connect() as connection:
        references, scored = rows.references(connection, view.run_id), rows.scores(connection, view.run_id)
    answered = [
        Answered(variant=item.variant, position=item.position, reference=references[item.position], item=item,
                 scores=scored.get(item.item_id, ()))
        for item in view.items]
    usd = {
        variant.name: costing.spent(detail, [item.request_id for item in view.of(variant.name) if item.request_id])
        for variant in view.plan.variants}
    found = results(answered, view.plan, usd=usd, at=at)
    with engine.begin() as connection:
        connection.execute(update(RUNS).where(RUNS.c.run_id == view.run_id).values(results=found.model_dump(mode="json")))
