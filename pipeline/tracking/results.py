"""What stages come to, to JSON and back: a value by its stage, or why the request was declined."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.domain import Clarification, Frames, Intent, Lesson, Narration, Passage, Script, Stage, Video
from pipeline.errors import ClarificationNeeded, NotInLibrary, OutOfScope, RequestDeclined
from pipeline.ports import Kept

SHAPES: Mapping[Stage, TypeAdapter[Any]] = {
    Stage.NLU: TypeAdapter(Intent),
    Stage.CACHE: TypeAdapter(Lesson | None),
    Stage.RETRIEVAL: TypeAdapter(tuple[Passage, ...]),
    Stage.SCRIPT: TypeAdapter(Script),
    Stage.TTS: TypeAdapter(Narration),
    Stage.IMAGES: TypeAdapter(Frames),
    Stage.VIDEO: TypeAdapter(Video),
}
REFUSALS: Sequence[type[RequestDeclined]] = (NotInLibrary, OutOfScope)


def dump(stage: Stage, kept: Kept) -> dict[str, Any]:
    """The JSON of what the stage came to, with what it asked models."""
    asked = [{"name": p.name, "version": p.version, "system": p.system, "user": p.user, "variables": dict(p.variables)}
             for p in kept.prompts]
    return _dumped(stage, kept) | ({"prompts": asked} if asked else {})


def _dumped(stage: Stage, kept: Kept) -> dict[str, Any]:
    declined = kept.declined
    if declined is None:
        value = tuple(kept.value) if stage is Stage.RETRIEVAL and isinstance(kept.value, Sequence) else kept.value
        return {"value": SHAPES[stage].dump_python(value, mode="json")}
    if isinstance(declined, ClarificationNeeded):
        return {"clarification": declined.clarification.model_dump(mode="json")}
    return {"declined": type(declined).__name__, "reason": str(declined)}


def topic_of(stage: Stage, content: Mapping[str, Any]) -> str | None:
    """The topic that the question was understood to be about; None for other stages, and where it was declined."""
    value = content.get("value") if stage is Stage.NLU else None
    return str(value["topic_id"]) if isinstance(value, Mapping) and value.get("topic_id") else None


def load(stage: Stage, content: Mapping[str, Any]) -> Kept | None:
    """What the stage came to; None where another version wrote it in a form that this one cannot read."""
    try:
        if "value" in content:
            return Kept(value=SHAPES[stage].validate_python(content["value"]))
        if "clarification" in content:
            return Kept(declined=ClarificationNeeded(Clarification.model_validate(content["clarification"])))
    except ValidationError:
        return None
    kinds = {kind.__name__: kind for kind in REFUSALS}
    kind = kinds.get(str(content.get("declined")))
    return Kept(declined=kind(str(content["reason"]))) if kind else None
