"""What the page Retrieval calls things: systems, measures, verdicts, grades, sizes. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from console.words import Colour
from pipeline.evaluation import Comparison, Estimate, Fate

FATES: Mapping[Fate, str] = {
    Fate.MEASURED: "Measured", Fate.BETTER: "Better", Fate.NO_DIFFERENCE: "No difference", Fate.WORSE: "Worse",
    Fate.PASS: "Pass", Fate.REGRESSION: "Regression", Fate.INCOMPARABLE: "Not comparable",
}
COLOURS: Mapping[Fate, Colour] = {
    Fate.MEASURED: "gray", Fate.BETTER: "green", Fate.NO_DIFFERENCE: "gray", Fate.WORSE: "red", Fate.PASS: "green",
    Fate.REGRESSION: "red", Fate.INCOMPARABLE: "orange",
}
GRADES: Mapping[int, str] = {2: "Answers", 1: "Helps", 0: "No"}
"""What a label says of a passage."""
_UNITS = ("bytes", "KB", "MB", "GB")
_KILO = 1_000


def share(value: float) -> str:
    """A measure between 0 and 1, as the literature writes it."""
    return f"{value:.3f}"


def interval(one: Estimate) -> str:
    """The 95 % interval."""
    return f"{share(one.low)} to {share(one.high)}" if one.low is not None and one.high is not None else "too few"


def estimate(one: Estimate | None) -> str:
    """The mean with its interval: "0.812 (0.771 to 0.850)"; a dash for none."""
    return f"{share(one.mean)} ({interval(one)})" if one is not None else "–"


def signed(value: float | None) -> str:
    """A difference with its sign; a dash for none."""
    if value is None:
        return "–"
    size = share(abs(value))
    return size if float(size) == 0 else f"{'−' if value < 0 else '+'}{size}"


def compared(one: Comparison) -> str:
    """What a comparison says, in a sentence."""
    if not one.significant:
        least = f"; the set would have shown {share(one.detectable)}" if one.detectable is not None else ""
        return f"No difference beyond chance (p {probability(one.p_holm)}{least})."
    return f"{'Better' if one.better else 'Worse'} beyond chance (p {probability(one.p_holm)})."


def probability(p: float) -> str:
    """A p as people read it."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def size(count: int | None) -> str:
    """Bytes as people read them; a dash for none."""
    if count is None:
        return "–"
    amount, unit = float(count), 0
    while amount >= _KILO and unit < len(_UNITS) - 1:
        amount, unit = amount / _KILO, unit + 1
    return f"{amount:,.0f} {_UNITS[unit]}" if unit == 0 or amount >= 100 else f"{amount:.1f} {_UNITS[unit]}"


def dollars(usd: Decimal | None) -> str:
    """A small price with the digits that matter; a dash where none is known."""
    return "–" if usd is None else f"${usd:,.2f}" if usd >= 1 else f"${usd:.2g}"


def milliseconds(value: float) -> str:
    """Milliseconds with the digits that matter."""
    return f"{value:.1f} ms" if value < 10 else f"{value:,.0f} ms"
