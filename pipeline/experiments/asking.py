"""A question in a variant -> the request that is made, and the key under which the same request is known again."""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping, Sequence

from pipeline.domain import GenerationRequest
from pipeline.errors import BadRequest
from pipeline.experiments.values import RunPlan, Variant
from pipeline.requests import parse
from pipeline.scoring import Dataset, Reference

FORMAT = "1"
_IDS = uuid.UUID("8f6e7d0a-51a5-4cf3-9a39-1d1d0f0b5a77")
NameInterest = Callable[[str], str]
"""What a student calls the interest of this id. Raises `BadRequest` where there is none."""


def chosen(dataset: Dataset, plan: RunPlan) -> tuple[Reference, ...]:
    """The questions of the plan: all, or so many spread evenly over the set, so that no subject is left out."""
    rows = dataset.rows
    count = len(rows) if plan.questions is None else plan.questions
    if count > len(rows):
        raise BadRequest("questions", f"must be at most {len(rows)}: {dataset.name} has no more.")
    return tuple(rows[place * len(rows) // count] for place in range(count))


def request_of(
    reference: Reference, variant: Variant, *, seed: int, request_id: str, student_id: str, name_interest: NameInterest
) -> GenerationRequest:
    """A text with these prompts, made fresh: its bill is the bill of making it. Raises `BadRequest`."""
    request = parse({
        "student_query": reference.question, "student_id": student_id, "grade_level": reference.grade,
        "interest": name_interest(reference.interest) if reference.interest else None, "requested_modalities": ["text"],
        "seed": seed if variant.seed is None else variant.seed,
    }, request_id=request_id)
    return request.model_copy(update={"fresh": True, "language_model": variant.model, "prompts": dict(variant.prompts)})


def content_key(request: GenerationRequest, made_with: Mapping[str, str]) -> str:
    """A digest of everything that a text depends on: question, grade, interest, seed, prompts, model, settings."""
    whole = {
        "format": FORMAT, "question": request.student_query, "grade": request.grade_level, "interest": request.interest,
        "seed": request.seed, "prompts": dict(request.prompts), "model": request.language_model, "made_with": dict(made_with),
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def item_id(run_id: str, position: int, variant: int, attempt: int) -> str:
    """The id of the request of an item: the same again for the same try, so that none is asked for twice."""
    return str(uuid.uuid5(_IDS, f"experiment:{run_id}:{position}:{variant}:{attempt}"))


def student_of(run_id: str, position: int) -> str:
    """Who asks: somebody of their own for each question, so that no student's limits hold a run up."""
    return f"experiment-{position}-{run_id}"[:100]


def check_questions(references: Sequence[Reference], variants: Sequence[Variant], name_interest: NameInterest) -> None:
    """Nothing where each question can be asked for; else `BadRequest` that names it."""
    for reference in references:
        try:
            request_of(reference, variants[0], seed=1, request_id="-", student_id="-", name_interest=name_interest)
        except BadRequest as fault:
            raise BadRequest("dataset", f"the question {reference.question_id!r} cannot be asked: {fault}") from fault
