"""What the answer took: tokens, seconds, dollars. Dollars stay exact until somebody averages them."""

from collections import Counter
from decimal import Decimal

from pipeline.domain import StageStatus, Unit
from pipeline.prices import Unpriced
from pipeline.scoring.values import Answer, Finding, Reference, Tools, cannot, found

TOKENS = (Unit.INPUT_TOKEN, Unit.CACHED_INPUT_TOKEN, Unit.OUTPUT_TOKEN)
WORKED = (StageStatus.COMPLETED, StageStatus.FAILED)
NOTHING = "No stage of it is on record."


def score_tokens(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """Tokens in and out, those read from a warm prefix included."""
    if not answer.runs:
        return cannot(NOTHING)
    counted: Counter[Unit] = Counter()
    for usage in (usage for run in answer.runs for usage in run.usage if usage.unit in TOKENS):
        counted[usage.unit] += int(usage.quantity)
    told = ", ".join(f"{count} {unit.replace('_', ' ')}s" for unit, count in counted.items())
    return found(Decimal(counted.total()), told.capitalize() or "No language model was asked.")


def score_seconds(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """The seconds of the stages that did something."""
    worked = [run for run in answer.runs if run.status in WORKED]
    if not worked:
        return cannot("No stage worked for it: it came from the shelf." if answer.runs else NOTHING)
    slowest = max(worked, key=lambda run: run.seconds)
    seconds = sum((Decimal(str(run.seconds)) for run in worked), Decimal(0))
    return found(seconds, f"The longest stage is {slowest.stage} with {slowest.seconds:g} s.")


def score_usd(answer: Answer, reference: Reference, tools: Tools) -> Finding:
    """What the stages cost at the prices of their days; no figure where something has no price."""
    if not answer.runs:
        return cannot(NOTHING)
    try:
        return found(tools.price(answer.runs), f"The sum of {len(answer.runs)} stages at the prices of their days.")
    except Unpriced as fault:
        return cannot(str(fault))
