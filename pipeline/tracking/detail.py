"""What the record tells beside its views: bills of many requests at once, and the prompts and passages of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import func, select

from pipeline.domain import Passage, Stage, Usage
from pipeline.tracking.connected import REQUESTS, RESULTS, RUNS, USAGE, Connected, day_of
from pipeline.tracking.results import SHAPES
from pipeline.visuals import Value

NEWEST_RUNS, NEWEST_USAGE, NEWEST_RESULTS = 5_000, 20_000, 200


class Asked(Value):
    """A prompt as a model got it."""

    stage: Stage
    name: str
    version: str
    system: str
    user: str
    variables: Mapping[str, Any] = {}
    """What was filled in; empty where an older version wrote it down."""


class Asking(Value):
    """A request that asked a model with a prompt, and what it asked with it first."""

    request_id: str
    question: str
    at: datetime
    asked: Asked


class Detail(Connected):
    """Questions that only some pages ask."""

    def bills(self, request_ids: Sequence[str]) -> dict[str, list[Usage]]:
        """What each of these requests used, in one query; one that used nothing has no bill."""
        u = USAGE.c
        by = (RUNS.c.request_id, u.provider, u.model, u.unit, u.tier, u.size, day_of(u.recorded_at, self._engine.dialect.name))
        used = (
            select(*by[:-1], by[-1].label("day"), func.sum(u.quantity).label("quantity"))
            .join(USAGE, u.stage_run_id == RUNS.c.id).where(RUNS.c.request_id.in_(request_ids)).group_by(*by))
        bills: dict[str, list[Usage]] = {request_id: [] for request_id in request_ids}
        with self._engine.connect() as connection:
            for row in connection.execute(used):
                bills[row.request_id].append(Usage(
                    provider=row.provider, model=row.model, unit=row.unit, quantity=row.quantity, tier=row.tier, size=row.size,
                    day=row.day))
        return bills

    def prompts(self, request_id: str) -> list[Asked]:
        """What the stages that came to something asked their models, in order."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(RESULTS.c.stage, RESULTS.c.value["prompts"]).where(RESULTS.c.request_id == request_id)).all()
        found = {stage: prompts for stage, prompts in rows if prompts}
        return [Asked.model_validate({"stage": stage, **one}) for stage in Stage for one in found.get(stage, ())]

    def askings(self, name: str) -> list[Asking]:
        """The newest requests that asked something with the prompt of this name, one line each, the newest first."""
        wanted = (
            select(REQUESTS.c.id, REQUESTS.c.student_query, REQUESTS.c.created_at, RESULTS.c.stage, RESULTS.c.value["prompts"])
            .join(REQUESTS, REQUESTS.c.id == RESULTS.c.request_id).where(RESULTS.c.stage.in_((Stage.NLU, Stage.SCRIPT)))
            .order_by(REQUESTS.c.created_at.desc(), REQUESTS.c.id).limit(NEWEST_RESULTS))
        found = []
        with self._engine.connect() as connection:
            for request_id, question, at, stage, prompts in connection.execute(wanted):
                first = next((one for one in prompts or () if one["name"] == name), None)
                if first is not None:
                    asked = Asked.model_validate({"stage": stage, **first})
                    found.append(Asking(request_id=request_id, question=question, at=at, asked=asked))
        return found

    def passages(self, request_id: str) -> tuple[Passage, ...]:
        """What the search found for the request; empty before it searched, and where another version wrote it."""
        kept = select(RESULTS.c.value).where(RESULTS.c.request_id == request_id, RESULTS.c.stage == Stage.RETRIEVAL)
        with self._engine.connect() as connection:
            content = connection.scalar(kept)
        try:
            found: tuple[Passage, ...] = SHAPES[Stage.RETRIEVAL].validate_python((content or {}).get("value") or ())
        except ValidationError:
            return ()
        return found

    def families(self) -> list[str]:
        """The providers' families of the newest stage runs."""
        newest = select(RUNS.c.family).order_by(RUNS.c.id.desc()).limit(NEWEST_RUNS).subquery()
        with self._engine.connect() as connection:
            return sorted(filter(None, connection.scalars(select(newest.c.family).distinct())))

    def models(self) -> list[str]:
        """The models of the newest usage."""
        newest = select(USAGE.c.model).order_by(USAGE.c.id.desc()).limit(NEWEST_USAGE).subquery()
        with self._engine.connect() as connection:
            return sorted(connection.scalars(select(newest.c.model).distinct()))
