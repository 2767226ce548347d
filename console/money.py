"""What stages cost and what a lesson is expected to cost, in USD; a usage without a price is None, never 0."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from pipeline.allowance import plan
from pipeline.domain import GenerationRequest, Modality, Stage, StageRun, Unit, Usage
from pipeline.prices import Unpriced, cost, skipped_value, today
from pipeline.report import stage_cost, total_cost
from pipeline.visuals import Value

UNNOTICED = (Stage.CACHE, Stage.RETRIEVAL)
"""Stages of milliseconds, without which a lesson is expected to take the same."""


class Expectation(Value):
    """What a lesson of one modality takes on this machine, question to result."""

    seconds: float
    usd: Decimal


def price(run: StageRun) -> Decimal | None:
    """What the stage run cost; None when one of its usages has no price."""
    try:
        return stage_cost(run)
    except Unpriced:
        return None


def total(runs: Sequence[StageRun]) -> Decimal | None:
    """What these runs cost; None when one of their usages has no price."""
    try:
        return total_cost(runs)
    except Unpriced:
        return None


def spent(usage: Sequence[Usage]) -> Decimal | None:
    """What usage of the record cost, of one request or many; None when some of it has no price."""
    try:
        return cost(usage, on=today())
    except Unpriced:
        return None


def text_only_saves() -> Decimal:
    """What a request without video saves, by the planning book."""
    return skipped_value([Stage.VIDEO])


def expected(modality: Modality, usual_seconds: Mapping[Stage, float], vcpus: int) -> Expectation | None:
    """What the modality takes when each stage takes as long as usual, all vCPUs busy; None when one was never measured."""
    request = GenerationRequest(
        request_id="-", student_query="-----", student_id="-", grade_level=1, requested_modalities=(modality,),
        preferred_modality=modality,
    )
    stages = [stage for stage in plan(request) if stage not in UNNOTICED]
    if any(stage not in usual_seconds for stage in stages):
        return None
    seconds = sum(usual_seconds[stage] for stage in stages)
    busy = Decimal(str(round(seconds * vcpus, 3)))
    usage = Usage(provider="embedded", model="expected", unit=Unit.VCPU_SECOND, quantity=busy)
    return Expectation(seconds=seconds, usd=cost([usage], on=today()))
