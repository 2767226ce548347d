"""Anything a caller sends -> a valid request, or one sentence that names the field and the limit."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.domain import GenerationRequest, Modality
from pipeline.errors import BadRequest
from pipeline.plain import one_line

QUERY_CHARACTERS = (5, 500)
INTEREST_CHARACTERS = 100
STUDENT_CHARACTERS = 100
HINT_CHARACTERS = 100
PREFERENCE_CHARACTERS = 100
STYLES = ("standard",)


def parse(fields: Mapping[str, Any], *, request_id: str) -> GenerationRequest:
    """The request. Raises `BadRequest`; modalities that are absent mean video, as they always did."""
    modalities = _modalities(fields.get("requested_modalities"))
    return GenerationRequest(
        request_id=request_id,
        student_query=_text(fields, "student_query", *QUERY_CHARACTERS),
        student_id=_text(fields, "student_id", 1, STUDENT_CHARACTERS),
        grade_level=_grade(fields.get("grade_level")),
        interest=_text(fields, "interest", 0, INTEREST_CHARACTERS) or None,
        requested_modalities=modalities,
        preferred_modality=_preferred(fields.get("preferred_modality"), modalities),
        modality_preferences=_preferences(fields.get("modality_preferences")),
        style=_style(fields.get("style")),
        seed=_seed(fields.get("seed")),
        topic_hint=_text(fields, "topic_hint", 0, HINT_CHARACTERS) or None,
    )


def _text(fields: Mapping[str, Any], name: str, least: int, most: int) -> str:
    value = fields.get(name)
    return "" if value is None and least == 0 else one_line(name, value, least, most)


def _grade(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 12:
        raise BadRequest("grade_level", "must be a whole number from 1 to 12.")
    return value


def _modalities(value: Any) -> tuple[Modality, ...]:
    if value is None:
        return (Modality.VIDEO,)
    allowed = ", ".join(Modality)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise BadRequest("requested_modalities", f"must be a list with one or more of {allowed}.")
    if not value:
        raise BadRequest("requested_modalities", f"must name at least one of {allowed}; the list is empty.")
    unknown = [item for item in value if item not in list(Modality)]
    if unknown:
        raise BadRequest("requested_modalities", f"has the unknown item {unknown[0]!r}; use {allowed}.")
    return tuple(dict.fromkeys(Modality(item) for item in value))


def _preferred(value: Any, requested: Sequence[Modality]) -> Modality:
    if value is None:
        return requested[0]
    if value not in requested:
        raise BadRequest("preferred_modality", f"must be one of the requested: {', '.join(requested)}.")
    return Modality(value)


def _preferences(value: Any) -> dict[Modality, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(name in list(Modality) for name in value):
        raise BadRequest("modality_preferences", f"must name a preference by {', '.join(Modality)}.")
    return {Modality(name): _text(value, name, 1, PREFERENCE_CHARACTERS) for name in value}


def _style(value: Any) -> str:
    if value in (None, ""):
        return STYLES[0]
    if value not in STYLES:
        raise BadRequest("style", f"must be one of {', '.join(STYLES)}.")
    return str(value)


def _seed(value: Any) -> int:
    if value is None:
        return 1
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise BadRequest("seed", "must be a whole number from 0 to 2147483647.")
    return value
