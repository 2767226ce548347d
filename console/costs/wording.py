"""What the page calls things: keys of a dimension, days, amounts that may be unknown."""

from collections.abc import Mapping
from decimal import Decimal

from console import words
from console.costs.address import Span
from console.loaders import costs
from pipeline.domain import Unit
from pipeline.ledger import By, UnpricedUsage
from pipeline.report import Basis, Estimate

DIMENSIONS: Mapping[By, str] = {
    By.DAY: "Day", By.STAGE: "Stage", By.MODALITY: "Form", By.MODEL: "Model", By.FAMILY: "Family",
    By.ORGANISATION: "Organisation", By.TOPIC: "Topic",
}
PARAMETERS: Mapping[By, str] = {
    By.STAGE: "stage", By.MODALITY: "form", By.MODEL: "model", By.FAMILY: "family", By.ORGANISATION: "organisation",
    By.TOPIC: "topic",
}
"""The parameter of the address that narrows to one key."""
UNITS: Mapping[Unit, str] = {
    Unit.INPUT_TOKEN: "input tokens", Unit.CACHED_INPUT_TOKEN: "cached input tokens", Unit.OUTPUT_TOKEN: "output tokens",
    Unit.TOKEN_HOUR: "token-hours kept", Unit.CHARACTER: "characters", Unit.IMAGE: "images", Unit.VIDEO_SECOND: "seconds of film",
    Unit.VCPU_SECOND: "vCPU-seconds", Unit.GIB_SECOND: "GiB-seconds", Unit.BYTE_STORED: "bytes stored",
    Unit.BYTE_DELIVERED: "bytes delivered",
}
FOLLOWED = ("Spend follows all of this. Savings follow form, organisation and topic; the share of text only follows organisation "
            "and topic; the shelf and the cost of a lesson are of all requests.")
"""What narrows what."""
_OF = {parameter: by for by, parameter in PARAMETERS.items()}


def key_name(by: By, key: str) -> str:
    """What the key is called."""
    fixed: Mapping[By, Mapping[str, str]] = {
        By.STAGE: {str(stage): name for stage, name in words.STAGES.items()},
        By.MODALITY: {str(modality): name for modality, name in words.MODALITIES.items()},
    }
    return fixed.get(by, costs.names(by)).get(key, key)


def parameter_name(parameter: str, value: str) -> str:
    """A narrowing in words: "Stage: Film"."""
    by = _OF[parameter]
    return f"{DIMENSIONS[by]}: {key_name(by, value)}"


def days(span: Span) -> str:
    """The days as people write them: "3 Nov 2026", "3 – 9 Nov 2026", "all time until 9 Nov 2026"."""
    last = f"{span.last.day} {span.last:%b %Y}"
    if span.first is None:
        return f"all time until {last}"
    if span.first == span.last:
        return last
    begin = f"{span.first.day}"
    if (span.first.month, span.first.year) != (span.last.month, span.last.year):
        begin += f" {span.first:%b}" if span.first.year == span.last.year else f" {span.first:%b %Y}"
    return f"{begin} – {last}"


def usd(amount: Decimal | None) -> str:
    """An amount, or that it cannot be told."""
    return "not told" if amount is None else words.dollars(amount)


def interval(estimate: Estimate) -> str:
    """Between what an estimate lies, or what it rests on."""
    if estimate.basis is Basis.PLANNING or estimate.low is None or estimate.high is None:
        return "planning assumption"
    return f"95 %: {usd(estimate.low)} to {usd(estimate.high)}"


def unpriced(usage: UnpricedUsage) -> str:
    """What has no price, by name."""
    tier = "" if usage.tier == "standard" else f" in a {usage.tier}"
    return f"{plain(usage.quantity)} {UNITS[usage.unit]} of {usage.provider} ({usage.model}){tier}, first on {usage.first}"


def plain(quantity: Decimal) -> str:
    """A number without a power of ten or idle zeros."""
    whole = quantity == quantity.to_integral_value()
    return f"{quantity:,.0f}" if whole else f"{quantity.normalize():,f}"
