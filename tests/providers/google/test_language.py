import json
from decimal import Decimal

import pytest

from pipeline.domain import Unit
from pipeline.errors import (
    Hiccup,
    OperatorError,
    OutOfScope,
    PipelineError,
    ProviderResting,
    UnusableOutput,
)
from pipeline.ports import Prompt
from pipeline.providers.google.language import GeminiModel
from pipeline.testing.cloud_faults import CUT, GARBAGE, Fault, quota, refusal
from tests.providers.google.conftest import Cloud

MODEL = "gemini-3.5-flash-lite"
PROMPT = Prompt(name="hook", version="1", system="Be short.", user="Say something.", max_tokens=40, seed=7, stop=("\n",))
SCHEMA = {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["learning", "other"]}}}


def used(cloud: Cloud) -> dict[str, int]:
    return {unit: quantity for (_, unit), quantity in cloud.google.billed.items()}


def counted(usage) -> dict[str, int]:
    return {row.unit.value: int(row.quantity) for row in usage}


def answering(cloud: Cloud, part: dict) -> None:
    """The next stream is made of this."""
    cloud.google.faults.append(Fault(body=json.dumps(part).encode()))


def said(text: str, **candidate: object) -> dict:
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, **candidate}]}


@pytest.fixture
def model(cloud: Cloud) -> GeminiModel:
    return GeminiModel(cloud.account, MODEL)


def test_an_answer_arrives_piece_by_piece_and_is_billed_as_the_service_counts(cloud: Cloud, model: GeminiModel):
    cloud.google.writer = lambda system, user: f"{system} {user}"
    heard: list[str] = []
    paid = model.complete(PROMPT, lambda text: not heard.append(text))
    assert paid.value == "Be short. Say something." == "".join(heard)
    assert len(heard) == 2
    assert counted(paid.usage) == used(cloud) != {}
    assert {(row.provider, row.model) for row in paid.usage} == {("google", MODEL)}


def test_the_call_carries_what_the_prompt_says_and_thinks_as_little_as_it_can(cloud: Cloud, model: GeminiModel):
    model.complete(PROMPT)
    settings = cloud.google.asked[0][2]["generationConfig"]
    assert (settings["seed"], settings["maxOutputTokens"], settings["stopSequences"]) == (7, 40, ["\n"])
    assert list(settings["thinkingConfig"].values()) == ["MINIMAL"]
    GeminiModel(cloud.account, "gemini-2.5-flash").complete(PROMPT)
    assert list(cloud.google.asked[1][2]["generationConfig"]["thinkingConfig"].values()) == [0]
    assert len(cloud.google.asked[0][2]["safetySettings"]) == 4


def test_a_schema_constrains_the_answer_and_what_stands_around_it_is_left_out(cloud: Cloud, model: GeminiModel):
    constrained = Prompt(name="nlu", version="1", system="s", user="u", max_tokens=20, schema=SCHEMA)
    assert json.loads(model.complete(constrained).value) == {"kind": "learning"}
    answering(cloud, said('```json\n{"kind": "other"}\n```', finishReason="STOP"))
    assert model.complete(constrained).value == '{"kind": "other"}'
    answering(cloud, said("I would say learning.", finishReason="STOP"))
    with pytest.raises(UnusableOutput, match="not JSON"):
        model.complete(constrained)


def test_who_stops_listening_pays_for_what_was_read_and_written(cloud: Cloud, model: GeminiModel):
    cloud.google.writer = lambda system, user: "one two three four five six"
    paid = model.complete(PROMPT, lambda text: False)
    assert paid.value in "one two three four five six"
    assert [verb for _, verb, _ in cloud.google.asked] == ["streamGenerateContent", "countTokens", "countTokens"]
    assert counted(paid.usage)["input_token"] > 0 < counted(paid.usage)["output_token"]


def test_cached_and_thinking_tokens_are_counted_as_what_they_are(cloud: Cloud, model: GeminiModel):
    answering(cloud, said("So.", finishReason="STOP") | {"usageMetadata": {
        "promptTokenCount": 100, "cachedContentTokenCount": 60, "candidatesTokenCount": 5, "thoughtsTokenCount": 7}})
    usage = {row.unit: row for row in model.complete(PROMPT).usage}
    assert {unit: row.quantity for unit, row in usage.items()} == {
        Unit.INPUT_TOKEN: Decimal(40), Unit.CACHED_INPUT_TOKEN: Decimal(60), Unit.OUTPUT_TOKEN: Decimal(12)}
    assert {row.size for row in usage.values()} == {100}


@pytest.mark.parametrize("margin", [-0.8, 0.0, 0.6])
def test_the_margin_is_that_of_the_likeliest_words(cloud: Cloud, model: GeminiModel, margin: float):
    cloud.google.margin = margin
    assert model.margin(PROMPT).value == pytest.approx(margin)
    settings = cloud.google.asked[0][2]["generationConfig"]
    assert (settings["maxOutputTokens"], settings["responseLogprobs"]) == (1, True)


@pytest.mark.parametrize(("fault", "kind", "words"), [
    (quota("7s"), ProviderResting, "quota"), (refusal(500), Hiccup, "500"),
    (refusal(503), Hiccup, "503"), (GARBAGE, Hiccup, "does not answer"),
    (CUT, Hiccup, "does not answer"), (refusal(401), OperatorError, "gcloud auth application-default login"),
    (refusal(403, reason="SERVICE_DISABLED"), OperatorError,
     "gcloud services enable aiplatform.googleapis.com --project vividly-test"),
    (refusal(403), OperatorError, "roles/aiplatform.user"), (refusal(404), OperatorError, "GOOGLE_CLOUD_LOCATION"),
    (refusal(400, "bad schema"), OperatorError, "bad schema"),
])
def test_what_goes_wrong_says_who_must_act(cloud: Cloud, model: GeminiModel, fault: Fault, kind: type, words: str):
    cloud.google.faults.append(fault)
    with pytest.raises(kind, match=words) as told:
        model.complete(PROMPT)
    assert type(told.value) is kind
    assert len(cloud.google.asked) == 1, "every call is tried once"


def test_a_service_that_says_how_long_is_left_alone_that_long(cloud: Cloud, model: GeminiModel):
    cloud.google.faults += [quota("7s"), quota()]
    for seconds in (7.0, 20.0):
        with pytest.raises(ProviderResting) as told:
            model.complete(PROMPT)
        assert told.value.seconds == seconds


@pytest.mark.parametrize("blocked", [
    {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}},
    said("", finishReason="SAFETY") | {"usageMetadata": {"promptTokenCount": 9}},
])
def test_what_google_blocks_is_declined_with_the_reason_and_paid(cloud: Cloud, model: GeminiModel, blocked: dict):
    answering(cloud, blocked)
    with pytest.raises(OutOfScope, match=r"SAFETY|PROHIBITED_CONTENT") as told:
        model.complete(PROMPT)
    assert counted(told.value.usage) == {"input_token": 9}


@pytest.mark.parametrize("finish", ["RECITATION", "OTHER", None])
def test_an_answer_that_ends_early_is_not_used_and_is_paid(cloud: Cloud, model: GeminiModel, finish: str | None):
    ended = {"finishReason": finish} if finish else {}
    answering(cloud, said("Half a", **ended) | {"usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3}})
    with pytest.raises(UnusableOutput) as told:
        model.complete(PROMPT)
    assert isinstance(told.value, PipelineError)
    assert counted(told.value.usage) == {"input_token": 9, "output_token": 3}


def test_a_model_that_keeps_its_likelihoods_to_itself_is_named(cloud: Cloud, model: GeminiModel):
    cloud.google.faults.append(Fault(body=json.dumps(said("yes", finishReason="STOP")).encode()))
    with pytest.raises(UnusableOutput, match=MODEL):
        model.margin(PROMPT)
