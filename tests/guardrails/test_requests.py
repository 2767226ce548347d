"""What a student tells about people reaches no provider, no prompt and no row; the lesson says what was left out."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text as sql

from pipeline.domain import GenerationRequest, Status
from pipeline.guardrails import left_out, scrubbed
from pipeline.ports import Prompt
from pipeline.testing import ANSWERS, FakeEmbedder, FakeTextModel, QuietJournal
from pipeline.work import serve
from tests.conftest import Workshop

Open = Callable[..., Workshop]
Ask = Callable[..., GenerationRequest]
TOLD = "Explain Newton's third law, I am Carlos Rivera, carlos.r@gmail.com, 305-555-0144"
SECRETS = ("Carlos", "Rivera", "carlos.r", "0144")


class CuriousEmbedder(FakeEmbedder):
    """Keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def embed(self, texts: Any) -> np.ndarray:
        self.given += texts
        return super().embed(texts)


def holds(said: str) -> list[str]:
    return [secret for secret in SECRETS if secret in said]


def test_no_provider_sees_it(workshop: Open, ask: Ask):
    embedder, model = CuriousEmbedder(), FakeTextModel(ANSWERS)
    shop = workshop(text=model)
    house = shop.wiring.furnish(embedder=embedder, text=model, voice=shop.voice, renderer=shop.renderer,
                                language_models={model.name: model}.__getitem__)
    journal = QuietJournal()
    lesson, _ = Workshop(wiring=shop.wiring, house=house).make(ask(student_query=TOLD, interest="call me at 305-555-0144"), journal)
    assert lesson.status is Status.COMPLETED and lesson.intent and "[e-mail]" in lesson.intent.question
    assert model.prompts and any("[name]" in prompt.user for prompt in model.prompts if isinstance(prompt, Prompt))
    assert holds("\n".join([*embedder.given, *(f"{p.system}{p.user}" for p in model.prompts), lesson.model_dump_json()])) == []
    assert "a name, an e-mail address, a telephone number" in " ".join(lesson.warnings)


def test_nothing_of_it_is_written_down(workshop: Open, ask: Ask):
    shop, request = workshop(), ask(student_query=TOLD)
    shop.record.accept(request)
    serve(request.request_id, shop.house, shop.record)
    view = shop.record.view(request.request_id)
    assert view and view.lesson and view.request.student_query.endswith("I am [name], [e-mail], [phone]")
    assert any("Left out of the question" in warning for warning in view.lesson.warnings)
    with shop.wiring.engine.connect() as connection:
        tables = connection.execute(sql("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        rows = [str(tuple(row)) for table in tables for row in connection.execute(sql(f'SELECT * FROM "{table}"'))]
    assert holds("\n".join(rows)) == []


def test_whoever_may_be_in_danger_gets_help_and_no_lesson(workshop: Open, ask: Ask, caplog: pytest.LogCaptureFixture):
    shop = workshop()
    with caplog.at_level("INFO", logger="pipeline"):
        lesson, _ = shop.make(ask(student_query="quiero suicidarme"))  # before "English only"
    assert lesson.status is Status.OUT_OF_SCOPE and "988" in lesson.reason
    assert shop.text.prompts == []
    line = next(record for record in caplog.records if getattr(record, "action", "") == "text_declined")
    assert (line.guard, line.kind) == ("unsafe", "self_harm") and "suicid" not in json.dumps(line.__dict__, default=str)


def test_a_question_without_details_is_the_very_same_request(ask: Ask):
    request = ask(interest="chess")
    assert scrubbed(request) is request
    assert left_out(request) == ""


def test_a_question_at_its_limit_stays_within_it(ask: Ask):
    request = scrubbed(ask(student_query=f"{'why ' * 121}a@b.co, c@d.de"))
    assert len(request.student_query) <= 500
    assert GenerationRequest.model_validate(request.model_dump()) == request
    assert scrubbed(request) == request
