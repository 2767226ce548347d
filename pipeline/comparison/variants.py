"""What is compared: questions, and the ways in which each of them is answered."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from pipeline.domain import GenerationRequest, Modality
from pipeline.errors import BadRequest
from pipeline.plain import is_plain
from pipeline.requests import parse
from pipeline.visuals import Text, Value

VARIANTS = range(2, 5)
MOST_QUESTIONS = 200
FIELDS = {"student_query": "the question", "grade_level": "the grade", "interest": "the interest", "seed": "the seed"}
MODEL_CHARACTERS = 200
NO_INTEREST = ""
"""As the interest of a variant: made without one, whatever the question says."""


class Asked(Value):
    """A question as a student would ask it."""

    question: Text
    grade_level: int = 10
    interest: str | None = None


class Variant(Value):
    """One way of answering; what is None is as the question has it."""

    modality: Modality
    grade_level: Annotated[int, Field(ge=1, le=12)] | None = None
    interest: Annotated[str, StringConstraints(max_length=100)] | None = None
    seed: int = 1
    model: Annotated[str, StringConstraints(min_length=1, max_length=MODEL_CHARACTERS)] | None = None
    """The id of a language model."""
    prompts: Mapping[Text, Text] = {}
    """Versions of prompts by name; the others are those in production."""


def ask(question: str, *, grade_level: int, interest: str | None) -> Asked:
    """The question as somebody wrote it. Raises `BadRequest` for what is no text; the rest is checked with its variants."""
    if not question.strip() or not all(is_plain(said) for said in (question, interest or "")):
        raise BadRequest("questions", "must be plain text.")
    return Asked(question=question, grade_level=grade_level, interest=interest or None)


def label(variant: Variant) -> str:
    """The variant in a few words, as a heading: "Video", "Text, grade 8, chess"."""
    parts = [variant.modality.capitalize()]
    if variant.grade_level is not None:
        parts.append(f"grade {variant.grade_level}")
    if variant.interest is not None:
        parts.append(variant.interest or "no interest")
    if variant.seed != 1:
        parts.append(f"seed {variant.seed}")
    if variant.model is not None:
        parts.append(short(variant.model))
    parts += pinned(variant)
    return ", ".join(parts)


def pinned(variant: Variant) -> list[str]:
    """The versions of prompts that it asks for: "hook@1f0c…"."""
    return [f"{name}@{version}" for name, version in sorted(variant.prompts.items())]


def short(model: str) -> str:
    """A language model as people call it: "qwen2.5-coder-0.5b" of "qwen2.5-coder-0.5b-instruct-q4_k_m"."""
    return model.partition("-instruct")[0] or model


def spoken(variant: Variant) -> str:
    """The variant as the subject of a sentence: "the video", "the text for grade 8 about chess"."""
    parts = [f"the {variant.modality}"]
    if variant.grade_level is not None:
        parts.append(f"for grade {variant.grade_level}")
    if variant.interest is not None:
        parts.append(f"about {variant.interest}" if variant.interest else "without an interest")
    if variant.seed != 1:
        parts.append(f"with seed {variant.seed}")
    if variant.model is not None:
        parts.append(f"by {short(variant.model)}")
    if variant.prompts:
        parts.append(f"with {' and '.join(pinned(variant))}")
    return " ".join(parts)


def request_of(asked: Asked, variant: Variant, *, request_id: str, student_id: str) -> GenerationRequest:
    """What one variant of one question asks for, fresh: nothing of it comes from the shelf. Raises `BadRequest`."""
    interest = asked.interest if variant.interest is None else variant.interest
    request = parse({
        "student_query": asked.question, "student_id": student_id, "seed": variant.seed,
        "grade_level": asked.grade_level if variant.grade_level is None else variant.grade_level, "interest": interest,
        "requested_modalities": [variant.modality],
    }, request_id=request_id)
    return request.model_copy(update={"fresh": True, "language_model": variant.model, "prompts": variant.prompts})


def check(questions: Sequence[Asked], variants: Sequence[Variant], *, models: Sequence[str]) -> None:
    """Nothing for what can be compared; else `BadRequest` that names the question or the variant and says why."""
    if len(variants) not in VARIANTS:
        raise BadRequest("variants", f"must be {VARIANTS[0]} to {VARIANTS[-1]}; there are {len(variants)}.")
    names = [label(variant) for variant in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadRequest("variants", f"must differ; {twice!r} stands there twice.")
    unknown = next((variant.model for variant in variants if variant.model not in (None, *models)), None)
    if unknown is not None:
        raise BadRequest("variants", f"ask for the language model {unknown[:MODEL_CHARACTERS]!r}, which is not on this machine; "
                                     f"there are: {', '.join(models) or 'none'}.")
    if not 1 <= len(questions) <= MOST_QUESTIONS:
        raise BadRequest("questions", f"must be 1 to {MOST_QUESTIONS}; there are {len(questions)}.")
    for number, asked in enumerate(questions, start=1):
        for variant in variants:
            _check_one(number, asked, variant)


def _check_one(number: int, asked: Asked, variant: Variant) -> None:
    try:
        request_of(asked, variant, request_id="-", student_id="-")
    except BadRequest as fault:
        said = str(fault).removeprefix(f"{fault.field}: ")
        raise BadRequest("questions", f"number {number}: {FIELDS.get(fault.field, fault.field)} {said}") from fault
