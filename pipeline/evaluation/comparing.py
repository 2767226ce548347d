"""Systems over the same queries -> where one differs from the other beyond chance, in which measure, for which kind."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.evaluation.measures import MEASURES
from pipeline.evaluation.results import FALSE_ANSWERS, PRIMARY, Comparison, Fate, Outcome, Run, SystemResult, Verdict
from pipeline.evaluation.statistics import Floats, detectable, effect, holm, intervals, randomisation

TIE = 1e-5
"""Values closer than this are the same: a baseline file keeps six decimals."""


class Column(NamedTuple):
    """One comparison before it is tested: per query of the set the difference, and which queries have one."""

    system: str
    measure: str
    kind: str
    differences: Floats
    known: Sequence[bool]
    fewer: bool = False
    """Whether less of the measure is better."""

    @property
    def own(self) -> Floats:
        """The differences of the queries that have one."""
        chosen: Floats = self.differences[np.asarray(self.known, dtype=bool)]
        return chosen


def compared(systems: Sequence[SystemResult], baseline: str) -> tuple[Comparison, ...]:
    """Every other system against the baseline: in every measure over all queries, and in nDCG@10 for each kind.

    The measures over all queries are one family for Holm's correction, the kinds another.
    """
    first = next(each for each in systems if each.name == baseline)
    others = [each for each in systems if each.name != baseline]
    columns = [column for other in others for column in _columns(first.outcomes, other)]
    return tested(columns, baseline, family=lambda column: bool(column.kind))


def tested(columns: Sequence[Column], baseline: str, *, family: Callable[[Column], Hashable]) -> tuple[Comparison, ...]:
    """Each column tested; those of one family are corrected together."""
    if not columns:
        return ()
    chances = randomisation(np.column_stack([column.differences for column in columns]))
    families: dict[Hashable, list[int]] = {}
    for place, column in enumerate(columns):
        families.setdefault(family(column), []).append(place)
    corrected = {
        place: p for places in families.values()
        for place, p in zip(places, holm([chances[place] for place in places]), strict=True)
    }
    return tuple(
        _comparison(column, baseline, chances[place], corrected[place]) for place, column in enumerate(columns))


def _columns(first: Sequence[Outcome], other: SystemResult) -> Iterator[Column]:
    pairs = _pairs(first, other.outcomes)
    on_topic = [bool(before.values) for before, _ in pairs]
    for measure in MEASURES if any(on_topic) else ():
        yield _column(other.name, measure, "", pairs, on_topic)
    for kind in dict.fromkeys(before.kind for before, _ in pairs if before.values and before.kind):
        yield _column(other.name, PRIMARY, kind, pairs, [bool(b.values) and b.kind == kind for b, _ in pairs])
    if not all(on_topic):
        yield _column(other.name, FALSE_ANSWERS, "", pairs, [not known for known in on_topic])._replace(fewer=True)


def _pairs(first: Sequence[Outcome], second: Sequence[Outcome]) -> list[tuple[Outcome, Outcome]]:
    later: Mapping[str, Outcome] = {each.query_id: each for each in second}
    return [(each, later[each.query_id]) for each in first if each.query_id in later]


def _column(system: str, measure: str, kind: str, pairs: Sequence[tuple[Outcome, Outcome]], known: Sequence[bool]) -> Column:
    differences = np.array([
        value(after, measure) - value(before, measure) if here else 0.0
        for (before, after), here in zip(pairs, known, strict=True)
    ])
    differences[np.abs(differences) < TIE] = 0.0
    return Column(system, measure, kind, differences, known)


def value(outcome: Outcome, measure: str) -> float:
    """What the query came to in this measure."""
    return float(outcome.answered) if measure == FALSE_ANSWERS else outcome.values[measure]


def _comparison(column: Column, baseline: str, p: float, p_holm: float) -> Comparison:
    own = column.own
    enough = len(own) > 1
    low, high = intervals(own[:, None]) if enough else (None, None)
    signs = np.sign(own) * (-1 if column.fewer else 1)
    return Comparison(
        system=column.system, baseline=baseline, measure=column.measure, kind=column.kind, n=len(own),
        difference=float(own.mean()), low=None if low is None else float(low[0]), high=None if high is None else float(high[0]),
        p=p, p_holm=p_holm, wins=int((signs > 0).sum()), ties=int((signs == 0).sum()), losses=int((signs < 0).sum()),
        effect=effect(own), detectable=detectable(own), fewer=column.fewer,
    )


def against_better(run: Run, system: str, *, of: Sequence[str]) -> tuple[Comparison, ...]:
    """For each kind, nDCG@10 of the system against whichever of the others is better there; Holm's family are the kinds.

    Whichever is better was chosen on the same queries, which is hard on the system. `KeyError` for a system not in the run.
    """
    subject, others = run.system(system), [run.system(name) for name in of]
    columns = {}
    for kind in subject.kinds:
        best = max(others, key=lambda each: each.kinds[kind][PRIMARY].mean)
        pairs = _pairs(best.outcomes, subject.outcomes)
        columns[best.name, kind] = _column(system, PRIMARY, kind, pairs, [b.kind == kind and bool(b.values) for b, _ in pairs])
    if not columns:
        return ()
    chances = randomisation(np.column_stack([column.differences for column in columns.values()]))
    return tuple(
        _comparison(column, best, p, p_holm)
        for ((best, _), column), p, p_holm in zip(columns.items(), chances, holm(chances), strict=True))


def told(systems: Sequence[SystemResult], comparisons: Sequence[Comparison], baseline: str) -> Verdict:
    """What the comparisons in nDCG@10 over all queries come to, in one sentence."""
    decisive = [each for each in comparisons if each.measure == PRIMARY and not each.kind]
    if not decisive:
        return Verdict(fate=Fate.MEASURED, said=f"Only the baseline {baseline} was measured.", against=baseline)
    sure = sorted((each for each in decisive if each.significant), key=lambda each: -each.difference)
    if sure and sure[0].better:
        return Verdict(fate=Fate.BETTER, said=_sentence(sure[0]), against=baseline)
    if len(sure) == len(decisive):
        return Verdict(fate=Fate.WORSE, said=_sentence(sure[0]), against=baseline)
    best = max(decisive, key=lambda each: each.difference)
    return Verdict(fate=Fate.NO_DIFFERENCE, said=_sentence(best), against=baseline)


def _sentence(one: Comparison) -> str:
    way = "better" if one.better else "worse"
    sure = f"{way} than {one.baseline} beyond chance" if one.significant else f"not shown to differ from {one.baseline}"
    seen = "" if one.detectable is None else f"; {one.n} queries would have shown {one.detectable:.3f}"
    bounds = "" if one.low is None or one.high is None else f" ({one.low:+.3f} to {one.high:+.3f})"
    return f"{one.system} is {sure} in {one.measure}: {one.difference:+.3f}{bounds}, p {one.p_holm:.4f} after Holm{seen}."
