"""The book of list prices against hand calculations, and against genai-prices, which others maintain."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from genai_prices import Usage as TheirUsage
from genai_prices import calc_price
from genai_prices.data import providers

from pipeline.domain import Unit, Usage
from pipeline.prices import Price, Tier, Unpriced, cost, read_book

DAY = date(2026, 11, 22)
TOKENS = (Unit.INPUT_TOKEN, Unit.CACHED_INPUT_TOKEN, Unit.OUTPUT_TOKEN)
NOT_THEIRS = {"text-embedding-004", "text-embedding-005"}
"""Of our models that count tokens, the ones that genai-prices does not list."""
LEFT_OUT = {
    "gemini-1.0-pro-vision-001", "gemini-1.5-flash", "gemini-1.5-pro", "gemini-2.0-flash", "gemini-2.0-flash-lite",
    "gemini-2.5-flash-lite-preview-tts", "gemini-2.5-flash-preview", "gemini-3.1-flash-live-preview", "gemini-3.8-live",
    "gemini-flash-1.5", "gemini-flash-1.5-8b", "gemini-live-2.5-flash", "gemini-nano-banana-2.1", "gemini-omni-1.1-flash",
    "gemini-omni-flash-preview", "gemini-pro", "gemini-pro-1.5", "gemini-robotics-er-2-preview",
    "gemini-robotics-er-2-streaming-preview", "gemini-3-pro-image-preview", "gemini-3.1-flash-image-preview",
    "gemini-3.1-flash-lite-image",
}
"""Their Gemini models whose tokens our list leaves out: withdrawn, or made for conversation, robots or pictures."""


def call(model: str, fresh: int = 0, cached: int = 0, out: int = 0, tier: str = "standard") -> list[Usage]:
    """One call's tokens as usage."""
    counted = zip(TOKENS, (fresh, cached, out), strict=True)
    return [Usage(provider="google", model=model, unit=unit, quantity=Decimal(n), tier=tier, size=fresh + cached) for unit, n in counted if n]


def ours(model: str, fresh: int, cached: int, out: int, on: date, tier: str = "standard") -> Decimal:
    return cost(call(model, fresh, cached, out, tier), on=on, book="list")


def theirs(model: str, fresh: int, cached: int, out: int, on: date) -> Decimal:
    usage = TheirUsage(input_tokens=fresh + cached, cache_read_tokens=cached, output_tokens=out)
    at = datetime.combine(on, time(12), UTC)
    return calc_price(usage, model_ref=model, provider_id="google", genai_request_timestamp=at).total_price


@pytest.mark.parametrize(("model", "fresh", "cached", "out", "on", "by_hand"), [
    ("gemini-2.5-flash", 3_000, 0, 2_000, DAY, "0.0059"),             # 3 × .0003 + 2 × .0025
    ("gemini-2.5-flash-lite", 2_000, 1_000, 500, DAY, "0.00041"),     # 2 × .0001 + .00001 + .5 × .0004
    ("gemini-2.5-pro", 100_000, 0, 1_000, DAY, "0.135"),              # .1 × 1.25 + .01
    ("gemini-2.5-pro", 200_000, 0, 1_000, DAY, "0.26"),               # not over 200,000 yet
    ("gemini-2.5-pro", 199_001, 1_000, 1_000, DAY, "0.5127525"),      # 200,001 with the cached: 2.50, .25 and 15
    ("gemini-3.1-pro-preview", 300_000, 0, 2_000, DAY, "1.236"),      # .3 × 4 + .002 × 18
    ("gemini-3.6-flash", 10**6, 0, 10**6, date(2026, 12, 31), "4.50"),
    ("gemini-3.6-flash", 10**6, 0, 10**6, date(2027, 1, 1), "9.00"),  # the introductory price is over
    ("gemini-3.5-flash", 6_000, 4_000, 800, DAY, "0.0168"),           # .009 + .0006 + .0072
    ("gemini-embedding-001", 2_048, 0, 0, DAY, "0.0003072"),
    ("gemini-2.5-flash-tts", 900, 0, 1_500, DAY, "0.01545"),          # .00045 + .015
])
def test_worked_examples_agree_with_a_calculation_by_hand_and_with_genai_prices(
    model: str, fresh: int, cached: int, out: int, on: date, by_hand: str,
):
    assert ours(model, fresh, cached, out, on) == Decimal(by_hand) == theirs(model, fresh, cached, out, on)


@pytest.mark.parametrize(("model", "unit", "quantity", "by_hand"), [
    ("chirp", Unit.CHARACTER, 900, "0.027"),
    ("veo-3.1-generate-001", Unit.VIDEO_SECOND, 60, "24.00"),
    ("veo-3.1-fast-generate-001", Unit.VIDEO_SECOND, 60, "6.00"),
    ("veo-3.1-lite-generate-001", Unit.VIDEO_SECOND, 60, "3.00"),
    ("veo-3.1-lite-generate-001@1080p", Unit.VIDEO_SECOND, 60, "4.80"),
    ("gemini-2.5-flash-image", Unit.IMAGE, 5, "0.195"),
    ("text-embedding-005", Unit.CHARACTER, 10**6, "0.025"),
    ("any", Unit.BYTE_DELIVERED, 100 * 2**20, "0.01171875"),          # 100 MiB at .12
])
def test_what_is_not_counted_in_tokens_agrees_with_a_calculation_by_hand(model: str, unit: Unit, quantity: int, by_hand: str):
    usage = Usage(provider="google", model=model, unit=unit, quantity=Decimal(quantity))
    assert cost([usage], on=DAY, book="list") == Decimal(by_hand)


def test_a_batch_of_calls_costs_half_of_them():
    assert ours("gemini-2.5-flash", 3_000, 0, 2_000, DAY, tier="batch") == Decimal("0.00295")
    assert ours("gemini-2.5-pro", 300_000, 0, 1_000, DAY, tier="batch") == Decimal("0.3825")


def test_what_the_list_does_not_know_has_no_price():
    with pytest.raises(Unpriced, match="gemini-2.5-flash-of-tomorrow"):
        ours("gemini-2.5-flash-of-tomorrow", 1, 0, 0, DAY)


def models() -> dict[str, list[Price]]:
    """Our models that count tokens, with their rows."""
    found: dict[str, list[Price]] = {}
    for price in read_book("list").prices:
        if price.provider == "google" and price.tier is Tier.STANDARD and price.unit in TOKENS:
            found.setdefault(price.model, []).append(price)
    return found


def days(rows: list[Price]) -> set[date]:
    """Days before, at and after every change, and a few between."""
    changes = {day for row in rows for day in (row.starts, row.ends) if day} - {min(row.starts for row in rows)}
    return {day + timedelta(days=n) for day in changes for n in (-1, 0, 1)} | {DAY, date(2026, 1, 10), date(2027, 2, 1)}


def differences(model: str, rows: list[Price]) -> Iterator[str]:
    units = {row.unit for row in rows}
    for day in sorted(days(rows)):
        for fresh in (1_000, 200_000, 200_001, 300_000):
            cached = 700 if Unit.CACHED_INPUT_TOKEN in units else 0
            counts = (fresh - cached, cached, 90 if Unit.OUTPUT_TOKEN in units else 0)
            here, there = ours(model, *counts, day), theirs(model, *counts, day)
            if here != there:
                yield f"{model} on {day}, {fresh} tokens in: {here} here, {there} in genai-prices"


@pytest.mark.parametrize("model", sorted(set(models()) - NOT_THEIRS))
def test_every_gemini_row_agrees_with_genai_prices_on_every_day_that_matters(model: str):
    assert list(differences(model, models()[model])) == []


def test_the_models_that_only_one_of_both_knows_are_these():
    for model in NOT_THEIRS:
        with pytest.raises(LookupError):
            theirs(model, 1, 0, 0, DAY)
    google = next(provider for provider in providers if provider.id == "google")
    known = {model.id for model in google.models if model.id.startswith("gemini")}
    assert known - set(models()) == LEFT_OUT
