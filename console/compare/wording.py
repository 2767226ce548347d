"""The measures of a comparison in words and figures."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from console import words
from pipeline.comparison import Interval, Measure, Measured, duration

NAMES: Mapping[Measure, str] = {
    Measure.USD: "Cost", Measure.SECONDS: "Time to make", Measure.READING: "Grades off", Measure.GROUNDING: "Supported",
    Measure.TERMS: "Key terms", Measure.WORDS: "Words",
}
HELP: Mapping[Measure, str] = {
    Measure.USD: "Usage × price book of the day; every lesson is made anew.",
    Measure.SECONDS: "The seconds of its stages. Waiting is not counted.",
    Measure.READING: "How far the reading grade of its words is from the grade that was asked for, in either direction.",
    Measure.GROUNDING: "The share of the connecting sentences that rest on the library.",
    Measure.TERMS: "The share of the topic's key terms that its words cover.",
    Measure.WORDS: "What the student reads; of audio, images and video, what the narration says.",
}
_PLAIN: Mapping[Measure, Callable[[float], str]] = {
    Measure.USD: lambda value: words.dollars(Decimal(repr(value))), Measure.SECONDS: duration,
    Measure.READING: lambda value: f"{value:.1f}", Measure.GROUNDING: lambda value: f"{value:.0%}",
    Measure.TERMS: lambda value: f"{value:.0%}", Measure.WORDS: lambda value: f"{value:,.0f}",
}
_POINTS = (Measure.GROUNDING, Measure.TERMS)


def figure(measure: Measure, value: float | None) -> str:
    """The number as people read it; a dash for none."""
    return "–" if value is None else _PLAIN[measure](value)


def signed(measure: Measure, value: float | None) -> str:
    """A difference with its sign; shares differ in percentage points."""
    if value is None:
        return "–"
    size = f"{abs(value) * 100:.0f} pp" if measure in _POINTS else _PLAIN[measure](abs(value))
    known = any(digit in "123456789" for digit in size)
    return size if not known else f"{'−' if value < 0 else '+'}{size}"


def bounds(measure: Measure, interval: Interval | None) -> str:
    """The 95 % interval of a difference."""
    if interval is None or interval.low is None or interval.high is None:
        return "too few"
    return f"{signed(measure, interval.low)} to {signed(measure, interval.high)}"


def counted(measured: Measured) -> str:
    """Key terms as a count: "7 of 8"."""
    return f"{len(measured.covered)} of {len(measured.terms)}" if measured.terms else "–"
