"""What the page Evaluations calls things: states, measures, sides, and figures in the unit of their measure. Pure."""

from collections.abc import Mapping

from console.retrieval.wording import probability
from console.words import Colour
from pipeline.evaluation import Comparison, Estimate
from pipeline.experiments import Side, State
from pipeline.scoring import SCORERS, Expected, Kind

STATES: Mapping[State, str] = {
    State.PLANNED: "Planned", State.RUNNING: "Running", State.STOPPED: "Out of budget", State.CANCELLED: "Cancelled",
    State.MADE: "To be scored", State.DONE: "Done",
}
STATE_COLOURS: Mapping[State, Colour] = {
    State.PLANNED: "gray", State.RUNNING: "blue", State.STOPPED: "orange", State.CANCELLED: "gray", State.MADE: "violet",
    State.DONE: "green",
}
KINDS: Mapping[Kind, str] = {Kind.QUALITY: "Quality", Kind.SAFETY: "Safety", Kind.COST: "Cost"}
SIDES: Mapping[Side, str] = {Side.GAINED: "Gained", Side.LOST: "Lost"}
EXPECTED: Mapping[Expected, str] = {
    Expected.ANSWER: "to be answered", Expected.CLARIFY: "to be asked back", Expected.DECLINE: "to be declined",
}
_DIGITS: Mapping[str, int] = {"share": 3, "tokens": 0, "seconds": 2, "usd": 6}


def title(measure: str) -> str:
    """What a measure is called."""
    return SCORERS[measure].title if measure in SCORERS else measure


def value(measure: str, amount: float | None) -> str:
    """A figure in the unit of its measure; a dash for none."""
    if amount is None:
        return "–"
    unit = SCORERS[measure].unit if measure in SCORERS else "share"
    told = f"{amount:,.{_DIGITS[unit]}f}"
    return f"${told}" if unit == "usd" else f"{told} s" if unit == "seconds" else told


def signed(measure: str, amount: float | None) -> str:
    """A difference with its sign; a dash for none."""
    if amount is None:
        return "–"
    size = value(measure, abs(amount))
    return size if not any(digit in size for digit in "123456789") else f"{'−' if amount < 0 else '+'}{size}"


def estimate(measure: str, one: Estimate | None) -> str:
    """The mean with its 95 % interval: "0.812 (0.771 to 0.850)"; a dash for none."""
    if one is None:
        return "–"
    bounds = f"{value(measure, one.low)} to {value(measure, one.high)}" if one.low is not None else "too few"
    return f"{value(measure, one.mean)} ({bounds})"


def compared(one: Comparison) -> str:
    """What a comparison says, in a sentence."""
    if not (one.wins or one.losses):
        return "The same on every question."
    if not one.significant:
        least = f"; {value(one.measure, one.detectable)} would have been seen" if one.detectable is not None else ""
        return f"No difference beyond chance{least}."
    return f"{'Better' if one.better else 'Worse'} beyond chance (p {probability(one.p_holm)})."
