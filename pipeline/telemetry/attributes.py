"""A request, a stage, a call of a model -> the attributes of its span. Words of students only where content is wanted.

Names that begin with `gen_ai` are of OpenTelemetry's semantic conventions for generative AI (in development, 1.37 and later);
the rest is ours.
"""

import json
from collections.abc import Mapping, Sequence

from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as gen_ai
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE

from pipeline.domain import GenerationRequest, Lesson, StageRun, StageStatus, Unit, Usage
from pipeline.guardrails import redacted
from pipeline.ports import Call

Attributes = Mapping[str, str | bool | int | float | Sequence[str]]
PROMPT_VERSION = "vividly.prompt.version"


def of_request(request: GenerationRequest, *, content: bool) -> Attributes:
    """Of the whole request."""
    told: dict[str, str | bool | int | float | Sequence[str]] = {
        gen_ai.GEN_AI_WORKFLOW_NAME: "lesson", "vividly.request_id": request.request_id,
        "vividly.grade_level": request.grade_level, "vividly.seed": request.seed,
        "vividly.modalities": [str(modality) for modality in request.requested_modalities],
    }
    return told | {"vividly.question": redacted(request.student_query).text} if content else told


def of_lesson(lesson: Lesson) -> Attributes:
    """Of what came of it."""
    topic = {"vividly.topic_id": lesson.intent.topic_id} if lesson.intent else {}
    return {"vividly.status": str(lesson.status), "vividly.cache_hit": lesson.cache_hit, **topic}


def of_stage(run: StageRun, *, content: bool) -> Attributes:
    """Of a stage; its usage as quantities by unit."""
    told: dict[str, str | bool | int | float | Sequence[str]] = {
        "vividly.stage": str(run.stage), "vividly.stage.status": str(run.status), "vividly.family": run.family,
        "vividly.model": run.model, "vividly.prompts": list(run.prompts),
    }
    for entry in run.usage:
        told[f"vividly.usage.{entry.unit}"] = float(_counted(run.usage, entry.unit))
    if run.error:
        told["vividly.failed" if run.status is StageStatus.FAILED else "vividly.declined"] = True
        if run.status is StageStatus.FAILED:
            told[ERROR_TYPE] = run.error.partition(":")[0]
        if content:
            told["vividly.reason"] = run.error
    return told


def of_call(call: Call, *, content: bool) -> Attributes:
    """Of one call of a language model."""
    prompt = call.prompt
    told: dict[str, str | bool | int | float | Sequence[str]] = {
        gen_ai.GEN_AI_OPERATION_NAME: "chat", gen_ai.GEN_AI_PROVIDER_NAME: call.family,
        gen_ai.GEN_AI_REQUEST_MODEL: call.model, gen_ai.GEN_AI_REQUEST_MAX_TOKENS: prompt.max_tokens,
        gen_ai.GEN_AI_REQUEST_TEMPERATURE: prompt.temperature, gen_ai.GEN_AI_REQUEST_SEED: prompt.seed,
        gen_ai.GEN_AI_OUTPUT_TYPE: "json" if prompt.schema else "text",
        gen_ai.GEN_AI_PROMPT_NAME: prompt.name, PROMPT_VERSION: prompt.version,
        gen_ai.GEN_AI_USAGE_INPUT_TOKENS: int(_counted(call.usage, Unit.INPUT_TOKEN, Unit.CACHED_INPUT_TOKEN)),
        gen_ai.GEN_AI_USAGE_OUTPUT_TOKENS: int(_counted(call.usage, Unit.OUTPUT_TOKEN)),
    }
    if prompt.stop:
        told[gen_ai.GEN_AI_REQUEST_STOP_SEQUENCES] = list(prompt.stop)
    if call.error:
        told[ERROR_TYPE] = call.error
    return told | _said(call) if content else told


def _said(call: Call) -> dict[str, str]:
    """What was asked and answered, as the conventions write messages."""
    return {
        gen_ai.GEN_AI_SYSTEM_INSTRUCTIONS: json.dumps([_text(call.prompt.system)], ensure_ascii=False),
        gen_ai.GEN_AI_INPUT_MESSAGES: json.dumps([{"role": "user", "parts": [_text(call.prompt.user)]}], ensure_ascii=False),
        gen_ai.GEN_AI_OUTPUT_MESSAGES: json.dumps(
            [{"role": "assistant", "parts": [_text(call.answer)], "finish_reason": "error" if call.error else "stop"}],
            ensure_ascii=False),
    }


def _text(said: str) -> dict[str, str]:
    return {"type": "text", "content": said}


def _counted(usage: Sequence[Usage], *units: Unit) -> float:
    return float(sum(entry.quantity for entry in usage if entry.unit in units))
