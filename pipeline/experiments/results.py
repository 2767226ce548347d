"""Scores of a run -> estimates, comparisons, flips and a verdict. Pure: knows no database.

The rule is in docs/decisions/experiments.md: one family of tests over every measure of quality and every variant, another
over costs; costs never decide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np

from pipeline.domain import Status
from pipeline.evaluation import TIE, Column, Comparison, Estimate, Fate, Verdict, intervals, tested
from pipeline.experiments.outcomes import Flip, Line, Results, Side
from pipeline.experiments.values import Item, RunPlan
from pipeline.scoring import SCORERS, Expected, Kind, Reference, Score

PASSES = 0.5
"""From this share on a lesson passes a measure of quality, for the flips."""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One question in one variant, with what scorers said of it."""

    variant: str
    position: int
    reference: Reference
    item: Item
    scores: Sequence[Score]

    @property
    def values(self) -> dict[str, float]:
        """By measure, what was scored."""
        return {each.name: float(each.value) for each in self.scores if each.value is not None}


def results(answered: Sequence[Answered], plan: RunPlan, *, usd: Mapping[str, Decimal | None], at: datetime) -> Results:
    """What the run comes to as far as it is scored; `usd` is what each variant's lessons cost."""
    of = {variant.name: [each for each in answered if each.variant == variant.name] for variant in plan.variants}
    lines = tuple(_line(name, own, usd[name]) for name, own in of.items())
    others = [name for name in of if name != plan.baseline]
    columns = [column for name in others for column in _columns(name, of[plan.baseline], of[name])]
    comparisons = tested(columns, plan.baseline, family=_family)
    flips = tuple(flip for name in others for flip in _flips(of[plan.baseline], of[name]))
    missing = sum(line.missing for line in lines)
    return Results(at=at, lines=lines, comparisons=comparisons, flips=flips, notes=tuple(_notes(lines)),
                   verdict=_verdict(comparisons, plan.baseline, missing=missing, of=len(answered)))


def _family(column: Column) -> tuple[bool, bool]:
    """Costs apart; and where no question differs nothing could be shown, so it does not count as looked at (Tarone, 1990)."""
    return SCORERS[column.measure].kind is Kind.COST, bool(column.differences.any())


def _line(name: str, own: Sequence[Answered], usd: Decimal | None) -> Line:
    decided = [each for each in own if each.item.decided]
    kinds = dict.fromkeys(each.reference.kind for each in own)
    return Line(
        variant=name, measures=_estimates(own), lessons=len(own), missing=len(own) - len(decided),
        kinds={kind: _estimates([each for each in own if each.reference.kind == kind]) for kind in kinds},
        failed=sum(each.item.status is Status.FAILED for each in decided), unscored=_unscored(own), usd=usd,
        seconds=_mean_seconds(own))


def _mean_seconds(own: Sequence[Answered]) -> float:
    known = [each.values["seconds"] for each in own if "seconds" in each.values]
    return round(sum(known) / len(known), 3) if known else 0.0


def _unscored(own: Sequence[Answered]) -> dict[str, int]:
    """Of questions that a lesson is due for, how many a scorer could not score."""
    due = [each for each in own if each.reference.expected is Expected.ANSWER]
    names = dict.fromkeys(score.name for each in due for score in each.scores)
    counted = {name: sum(score.name == name and score.value is None for each in due for score in each.scores) for name in names}
    return {name: count for name, count in counted.items() if count}


def _estimates(own: Sequence[Answered]) -> dict[str, Estimate]:
    values: dict[str, list[float]] = {}
    for each in own:
        for name, value in each.values.items():
            values.setdefault(name, []).append(value)
    return {name: _estimate(values[name]) for name in SCORERS if name in values}


def _estimate(values: Sequence[float]) -> Estimate:
    known = np.asarray(values, dtype=np.float64)
    if len(known) == 1:
        return Estimate(mean=float(known[0]), low=None, high=None, n=1)
    low, high = intervals(known[:, None])
    return Estimate(mean=float(known.mean()), low=float(low[0]), high=float(high[0]), n=len(known))


def _pairs(first: Sequence[Answered], second: Sequence[Answered]) -> list[tuple[Answered, Answered]]:
    later = {each.position: each for each in second}
    return [(each, later[each.position]) for each in first]


def _columns(name: str, first: Sequence[Answered], second: Sequence[Answered]) -> Iterator[Column]:
    pairs = _pairs(first, second)
    for measure, scorer in SCORERS.items():
        known = [measure in before.values and measure in after.values for before, after in pairs]
        if not any(known):
            continue
        differences = np.array([
            after.values[measure] - before.values[measure] if here else 0.0
            for (before, after), here in zip(pairs, known, strict=True)])
        differences[np.abs(differences) < TIE] = 0.0
        yield Column(name, measure, "", differences, known, fewer=not scorer.higher_is_better)


def _flips(first: Sequence[Answered], second: Sequence[Answered]) -> Iterator[Flip]:
    for before, after in _pairs(first, second):
        for measure, scorer in SCORERS.items():
            if scorer.kind is Kind.COST or measure not in before.values or measure not in after.values:
                continue
            was, now = before.values[measure], after.values[measure]
            if (was >= PASSES) != (now >= PASSES):
                yield Flip(variant=after.variant, measure=measure, question_id=after.reference.question_id,
                           text=after.reference.question, kind=after.reference.kind, before=was, after=now,
                           side=Side.GAINED if now > was else Side.LOST)


def _notes(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if line.failed:
            yield f"{line.failed} of {line.lessons} lessons of {line.variant} failed: they count as zero in quality."
        for name, count in line.unscored.items():
            yield f"{SCORERS[name].title} could not be scored for {count} lessons of {line.variant}."


def _verdict(comparisons: Sequence[Comparison], baseline: str, *, missing: int, of: int) -> Verdict:
    if missing:
        return Verdict(fate=Fate.MEASURED, against=baseline,
                       said=f"{missing} of {of} lessons are missing: there is no verdict before all are there.")
    decisive = [each for each in comparisons if SCORERS[each.measure].kind is not Kind.COST]
    if not decisive:
        return Verdict(fate=Fate.MEASURED, against=baseline, said=f"Only {baseline} was measured.")
    told = {name: _told([each for each in decisive if each.system == name]) for name in dict.fromkeys(c.system for c in decisive)}
    for fate in (Fate.BETTER, Fate.NO_DIFFERENCE, Fate.WORSE):
        if chosen := [one for one in told.values() if one.fate is fate]:
            return Verdict(fate=fate, said=" ".join(one.said for one in chosen), against=baseline)
    raise AssertionError("every comparison has a fate")


def _told(own: Sequence[Comparison]) -> Verdict:
    """One variant against the baseline: better, or worse, where all that is beyond chance points one way."""
    better = [each for each in own if each.significant and each.better]
    worse = [each for each in own if each.significant and not each.better]
    first = own[0]
    parts = [f"better in {_named(better)}"] * bool(better) + [f"worse in {_named(worse)}"] * bool(worse)
    if not parts:
        least = min(own, key=lambda each: each.p_holm)
        return Verdict(fate=Fate.NO_DIFFERENCE, against=first.baseline, said=(
            f"{first.system} is not shown to differ from {first.baseline}: the nearest is {_named([least])}."))
    fate = Fate.NO_DIFFERENCE if len(parts) == 2 else Fate.BETTER if better else Fate.WORSE
    return Verdict(fate=fate, said=f"{first.system} is {' and '.join(parts)} than {first.baseline}.", against=first.baseline)


def _named(found: Sequence[Comparison]) -> str:
    return ", ".join(_figure(each) for each in sorted(found, key=lambda each: each.p_holm))


def _figure(one: Comparison) -> str:
    bounds = "" if one.low is None or one.high is None else f", {one.low:+.3f} to {one.high:+.3f}"
    return f"{SCORERS[one.measure].title} ({one.difference:+.3f}{bounds}; n {one.n}, p {one.p_holm:.4f} after Holm)"
