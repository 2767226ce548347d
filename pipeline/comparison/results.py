"""The measured lessons of a set -> per-question differences, their means with intervals, and what is missing by name."""

from collections.abc import Mapping, Sequence

from pipeline.comparison.measures import VALUES, WITHOUT, Measure, Result
from pipeline.comparison.statistics import Interval, paired_bootstrap
from pipeline.visuals import Value


class Pair(Value):
    """What came of a question in both variants."""

    number: int
    """Of the question, counted from 1."""
    question: str
    one: Result
    other: Result


class Row(Value):
    """A question with the other variant's number minus the first one's, by measure; None where one of them is missing."""

    number: int
    question: str
    one: Mapping[Measure, float | None]
    other: Mapping[Measure, float | None]
    differences: Mapping[Measure, float | None]


class Summary(Value):
    """One measure over all questions that have it in both variants."""

    measure: Measure
    one: float | None
    other: float | None
    difference: Interval | None
    missing: int


class Missing(Value):
    """A question that does not count for some measures, and why."""

    number: int
    question: str
    measures: tuple[Measure, ...]
    why: str


class Table(Value):
    """Two variants over a set."""

    rows: tuple[Row, ...]
    summaries: tuple[Summary, ...]
    missing: tuple[Missing, ...]


def table(pairs: Sequence[Pair], *, names: tuple[str, str], seed: int) -> Table:
    """The differences `other − one`; `names` are what the two are called where one of them is missing."""
    rows = tuple(_row(pair) for pair in pairs)
    return Table(rows=rows, summaries=tuple(_summary(measure, rows, seed) for measure in Measure),
                 missing=tuple(gap for pair in pairs for gap in _gaps(pair, names)))


def ordered(rows: Sequence[Row], measure: Measure) -> list[Row]:
    """The rows by the size of their difference in this measure, the largest first; those without one last."""
    def size(row: Row) -> tuple[bool, float, int]:
        known = row.differences[measure]
        return known is None, -abs(known or 0.0), row.number

    return sorted(rows, key=size)


def _row(pair: Pair) -> Row:
    one, other = _numbers(pair.one), _numbers(pair.other)
    return Row(number=pair.number, question=pair.question, one=one, other=other,
               differences={measure: _minus(other[measure], one[measure]) for measure in Measure})


def _numbers(result: Result) -> dict[Measure, float | None]:
    known = result.measured
    return {measure: VALUES[measure](known) if known else None for measure in Measure}


def _minus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else round(a - b, 9)


def _summary(measure: Measure, rows: Sequence[Row], seed: int) -> Summary:
    whole = [row for row in rows if row.differences[measure] is not None]
    return Summary(
        measure=measure, one=_mean([row.one[measure] for row in whole]), other=_mean([row.other[measure] for row in whole]),
        difference=paired_bootstrap([known for row in whole if (known := row.differences[measure]) is not None], seed=seed),
        missing=len(rows) - len(whole))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _gaps(pair: Pair, names: tuple[str, str]) -> list[Missing]:
    """Why this question is missing: once for a lesson that is not there, and once per number that a lesson lacks."""
    gaps = []
    for name, result in zip(names, (pair.one, pair.other), strict=True):
        lacking = {Measure(measure): why for measure, why in WITHOUT.items()
                   if result.measured is not None and VALUES[measure](result.measured) is None}
        whole = [(tuple(Measure), result.missing)] if result.measured is None else []
        for measures, why in [*whole, *(((measure,), why) for measure, why in lacking.items())]:
            gaps.append(Missing(number=pair.number, question=pair.question, measures=measures, why=f"{name}: {why}"))
    return gaps
