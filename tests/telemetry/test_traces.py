"""What a collector is told of a request: one trace, a span for each stage and each call of a model, and no words of students."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipeline.config import read_settings
from pipeline.domain import GenerationRequest, Stage
from pipeline.errors import OperatorError, ProviderUnavailable
from pipeline.telemetry import Telemetry
from pipeline.testing import ANSWERS, FakeTextModel
from pipeline.testing.otlp import Collector, collector
from pipeline.work import serve
from tests.conftest import QUESTION, Workshop

Open = Callable[..., Workshop]
Ask = Callable[..., GenerationRequest]
MAIL = "jo@example.org"


@pytest.fixture
def kept() -> Iterator[Collector]:
    with collector() as listening:
        yield listening


def made(shop: Workshop, request: GenerationRequest, kept: Collector, *, content: bool = False) -> Any:
    telemetry = Telemetry(kept.url, content=content)
    shop.record.accept(request)
    lesson = serve(request.request_id, shop.with_parts(onlooker=telemetry).house, shop.record)
    telemetry.close()
    return lesson


def test_a_request_is_one_trace_with_a_span_for_each_stage_and_each_call(workshop: Open, ask: Ask, kept: Collector):
    shop = workshop()
    request = ask(student_query=f"{QUESTION}, my mail is {MAIL}")
    made(shop, request, kept)
    [root] = kept.named("lesson")
    assert {span.trace_id for span in kept.spans} == {root.trace_id} and root.parent_id == ""
    assert root.attributes["vividly.request_id"] == request.request_id
    assert root.attributes["vividly.status"] == "completed" and not root.failed
    assert {"tts skipped", "images skipped", "video skipped"} <= set(root.events)
    stages = {name: kept.named(name) for name in ("nlu", "cache", "retrieval", "script")}
    assert all(len(spans) == 1 and spans[0].parent_id == root.span_id for spans in stages.values())
    calls = kept.named("chat fake-text")
    assert len(calls) == len(shop.text.prompts) > 0
    parents = {span.span_id: span for spans in stages.values() for span in spans}
    for call, prompt in zip(calls, shop.text.prompts, strict=True):
        told = call.attributes
        assert (told["gen_ai.prompt.name"], told["vividly.prompt.version"]) == (prompt.name, prompt.version)
        assert (told["gen_ai.operation.name"], told["gen_ai.request.model"]) == ("chat", "fake-text")
        assert told["gen_ai.usage.input_tokens"] >= 0 and told["gen_ai.usage.output_tokens"] >= 0
        stage = parents[call.parent_id]
        assert f"{prompt.name}@{prompt.version}" in stage.attributes["vividly.prompts"]
        assert call.begun <= call.ended and stage.begun <= stage.ended


@pytest.mark.parametrize("content", [False, True])
def test_what_was_asked_and_answered_is_told_only_where_it_is_wanted(workshop: Open, ask: Ask, kept: Collector, content: bool):
    made(workshop(), ask(student_query=f"{QUESTION}, my mail is {MAIL}"), kept, content=content)
    everything = repr(kept.spans)
    assert ("third law, my mail is [e-mail]" in everything) is content
    assert ("gen_ai.input.messages" in everything) is content
    assert MAIL not in everything


def test_a_failed_stage_is_a_failed_span_with_the_name_of_its_fault(workshop: Open, ask: Ask, kept: Collector):
    def away(_: object) -> str:
        raise ProviderUnavailable(f"no answer about {QUESTION}")

    made(workshop(text=FakeTextModel({**ANSWERS, "hook": away})), ask(), kept)
    [script], [root] = kept.named(Stage.SCRIPT), kept.named("lesson")
    assert script.failed and script.attributes["error.type"] == "ProviderUnavailable"
    assert root.failed and root.attributes["error.type"] == "ProviderUnavailable"
    assert any(call.failed for call in kept.named("chat fake-text"))
    assert QUESTION not in repr(kept.spans)


@pytest.mark.parametrize("answer", [400, 401])
def test_a_collector_that_refuses_costs_no_lesson(workshop: Open, ask: Ask, kept: Collector, answer: int):
    kept.answer = answer
    assert made(workshop(), ask(), kept).status == "completed"
    assert kept.headers and kept.spans == []


def test_it_is_off_unless_an_endpoint_is_set(workshop: Open):
    with workshop().wiring.onlooker.watch(None) as nobody:  # type: ignore[arg-type]
        assert nobody.stage(None, ()) is None


def test_an_endpoint_that_is_no_web_address_is_refused():
    assert read_settings({"VIVIDLY_OTLP_ENDPOINT": "http://localhost:4318"}).otlp_endpoint == "http://localhost:4318"
    with pytest.raises(OperatorError, match="VIVIDLY_OTLP_ENDPOINT"):
        read_settings({"VIVIDLY_OTLP_ENDPOINT": "localhost:4318"})
