"""What stands before prompts, kept by the service: made once, prolonged, lost and given up; billed as the list says."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.domain import Unit, Usage
from pipeline.ports import Prompt
from pipeline.prices import Unpriced, cost, today
from pipeline.prompts import read_prompts
from pipeline.providers.google.caching import LEAST_TOKENS, Heads
from pipeline.providers.google.language import GeminiModel
from pipeline.testing.cloud_faults import refusal
from tests.providers.google.conftest import Cloud

MODEL = "gemini-2.5-flash"
LONG = "Be a careful teacher. " * 400
PROMPT = Prompt(name="hook", version="1", system=LONG, user="Say something.", max_tokens=40)
TOKENS = 2_200  # of LONG, as the stand-in counts
MINUTES = 30.0


class Clock:
    """A clock that is set by hand, for the service and for whoever asks it."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(cloud: Cloud) -> Clock:
    cloud.google.kept.clock = Clock()
    return cloud.google.kept.clock


@pytest.fixture
def model(cloud: Cloud, clock: Clock) -> Iterator[GeminiModel]:
    model = GeminiModel(cloud.account, MODEL, cache_minutes=MINUTES)
    model.heads = Heads(model._client, MODEL, MINUTES, clock=clock)
    yield model
    model.heads.close()


def verbs(cloud: Cloud) -> list[str]:
    return [verb.rpartition("/")[2] for _, verb, _ in cloud.google.asked]


def billed(usage: list[Usage]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in usage:
        sums[row.unit.value] = sums.get(row.unit.value, Decimal(0)) + row.quantity
    return sums


def test_a_long_head_is_made_once_and_read_at_a_tenth_of_the_price(cloud: Cloud, model: GeminiModel):
    usage = [row for _ in range(3) for row in model.complete(PROMPT).usage]
    assert verbs(cloud) == ["countTokens", "cachedContents", *["streamGenerateContent"] * 3]
    assert all("systemInstruction" not in body and body["cachedContent"] for _, verb, body in cloud.google.asked if "stream" in verb)
    used = billed(usage)
    assert {unit: int(used[unit]) for unit in ("input_token", "cached_input_token", "output_token")} == {
        unit: quantity for (_, unit), quantity in cloud.google.billed.items()}
    assert used["token_hour"] == Decimal(TOKENS) / 2 == Decimal(str(cloud.google.kept.token_seconds)) / 3600
    by_hand = ((TOKENS + 3 * 4) * Decimal("0.30") + 3 * TOKENS * Decimal("0.03") + 3 * Decimal("2.50") + TOKENS / Decimal(2)) / 10**6
    assert cost(usage, on=today()) == by_hand


def test_margins_go_by_what_is_kept_too(cloud: Cloud, model: GeminiModel):
    assert model.margin(PROMPT).value == pytest.approx(0.9)
    assert cloud.google.asked[-1][2]["cachedContent"]
    assert cloud.google.asked[-1][2]["generationConfig"]["maxOutputTokens"] == 1


def test_it_is_prolonged_before_its_time_is_over_and_that_is_billed(cloud: Cloud, model: GeminiModel, clock: Clock):
    model.complete(PROMPT)
    clock.seconds = MINUTES * 60 * 0.8
    hours = billed(list(model.complete(PROMPT).usage))["token_hour"]
    assert (hours, cloud.google.kept.made) == (Decimal(TOKENS) / 2, 1)
    clock.seconds += MINUTES * 60
    model.complete(PROMPT)
    assert cloud.google.kept.made == 2  # its time was over


def test_what_the_service_has_lost_is_asked_whole_and_made_again(cloud: Cloud, model: GeminiModel):
    model.complete(PROMPT)
    cloud.google.kept.texts.clear()
    used = billed(list(model.complete(PROMPT).usage))
    assert int(used["input_token"]) == TOKENS + 4 and "cached_input_token" not in used
    model.complete(PROMPT)
    assert cloud.google.kept.made == 2


def test_a_head_that_cannot_be_made_leaves_the_call_as_it_is(cloud: Cloud, model: GeminiModel):
    cloud.google.faults += [None, refusal(403)]
    assert model.complete(PROMPT).value == "So."
    model.complete(PROMPT)
    assert verbs(cloud).count("cachedContents") == 1  # not tried again at every call


def test_it_is_given_up_at_the_end(cloud: Cloud, model: GeminiModel):
    model.complete(PROMPT)
    assert model.heads
    model.heads.close()
    assert cloud.google.kept.texts == {}


def test_short_heads_are_never_kept_and_none_that_ships_is_long(cloud: Cloud, model: GeminiModel, settings):
    model.complete(replace(PROMPT, system="Be short."))
    assert verbs(cloud) == ["streamGenerateContent"]
    book = read_prompts(settings.data / "prompts")
    longest = max(len(book.text(name).system) for name in ("nlu", "hook", "link", "support", "answered", "grounded", "prefer"))
    assert longest < LEAST_TOKENS  # characters, of which a token has four


def test_a_model_whose_keeping_has_no_price_is_an_error():
    kept = Usage(provider="google", model="gemini-3.5-flash-lite", unit=Unit.TOKEN_HOUR, quantity=Decimal(1))
    with pytest.raises(Unpriced, match="token_hour"):
        cost([kept], on=today())
