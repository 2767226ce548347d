"""Evaluations of prompts as tables for people: the page and the notebook show the same ones. No Streamlit in here."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from console.evaluations.wording import KINDS, SIDES, compared, estimate, signed, title, value
from console.retrieval.wording import probability
from console.words import dollars, duration
from pipeline.evaluation import Comparison
from pipeline.experiments import Agreement, Flip, Line, Preferences
from pipeline.scoring import SCORERS, CalibrationReport, Kind, Reference, Score

Scored = Mapping[tuple[str, str], Mapping[str, Score]]


class Moved(NamedTuple):
    """A question in one variant and in another one, perhaps of another run, in one measure."""

    reference: Reference
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        """Positive where the second has more; None where one of them has no figure."""
        return None if self.before is None or self.after is None else self.after - self.before


def leaderboard(lines: Sequence[Line], baseline: str) -> pd.DataFrame:
    """A column per variant: every measure with its 95 % interval, and what it took."""
    columns = {f"{line.variant} (baseline)" if line.variant == baseline else line.variant: line for line in lines}
    rows = [
        {"Measure": title(name), "Counts as": KINDS[kind_of(name)],
         **{variant: estimate(name, line.measures.get(name)) for variant, line in columns.items()}}
        for name in measured(lines)]
    totals: Mapping[str, Callable[[Line], str]] = {
        "All lessons together": lambda line: "no price" if line.usd is None else dollars(line.usd),
        "A lesson takes": lambda line: duration(line.seconds), "Lessons": lambda line: f"{line.lessons:,}",
        "Missing": lambda line: f"{line.missing:,}", "Failed": lambda line: f"{line.failed:,}"}
    return pd.DataFrame([*rows, *(
        {"Measure": name, "Counts as": "", **{variant: tell(line) for variant, line in columns.items()}}
        for name, tell in totals.items())])


def measured(lines: Sequence[Line]) -> list[str]:
    """The measures that any variant has, in the order of the scorers."""
    return [name for name in SCORERS if any(name in line.measures for line in lines)]


def comparisons_frame(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """A row per comparison with the baseline; what costs decide nothing and stand last."""
    return pd.DataFrame([
        {"Variant": one.system, "Measure": title(one.measure), "Counts as": KINDS[kind_of(one.measure)], "Questions": one.n,
         "Difference": signed(one.measure, one.difference),
         "95 % interval": f"{signed(one.measure, one.low)} to {signed(one.measure, one.high)}",
         "p": probability(one.p), "p (Holm)": probability(one.p_holm), "Better / even / worse": sides(one),
         "Would have been seen": value(one.measure, one.detectable) if one.wins or one.losses else "–", "In words": compared(one)}
        for one in sorted(comparisons, key=lambda one: kind_of(one.measure) is Kind.COST)
    ])


def sides(one: Comparison) -> str:
    """On how many questions the variant did better, the same, worse."""
    return f"{one.wins} / {one.ties} / {one.losses}"


def kind_of(measure: str) -> Kind:
    """What a measure judges."""
    return SCORERS[measure].kind if measure in SCORERS else Kind.QUALITY


def kinds_frame(lines: Sequence[Line], measure: str) -> pd.DataFrame:
    """A row per kind of question, a column per variant."""
    kinds = dict.fromkeys(kind for line in lines for kind in line.kinds if measure in line.kinds[kind])
    return pd.DataFrame([
        {"Kind": kind, "Questions": max(line.kinds[kind][measure].n for line in lines if measure in line.kinds.get(kind, {})),
         **{line.variant: estimate(measure, line.kinds.get(kind, {}).get(measure)) for line in lines}}
        for kind in kinds
    ])


def flips_frame(flips: Sequence[Flip]) -> pd.DataFrame:
    """A row per question that passes in one variant and does not in the other."""
    return pd.DataFrame([
        {"Went": SIDES[one.side], "Question": one.text, "Kind": one.kind, "Variant": one.variant, "Measure": title(one.measure),
         "Before": value(one.measure, one.before), "After": value(one.measure, one.after), "Id": one.question_id}
        for one in flips
    ])


def unscored_frame(lines: Sequence[Line]) -> pd.DataFrame:
    """A row per scorer that could not score some lessons of a variant."""
    return pd.DataFrame([
        {"Measure": title(name), "Variant": line.variant, "Lessons without a figure": count, "Of": line.lessons}
        for line in lines for name, count in line.unscored.items()
    ])


def scores_frame(references: Mapping[str, Reference], scored: Scored) -> pd.DataFrame:
    """A row per question, variant and measure, with the reason: everything, for a file."""
    return pd.DataFrame([
        {"question_id": question_id, "question": references[question_id].question, "kind": references[question_id].kind,
         "variant": variant, "measure": one.name, "value": None if one.value is None else float(one.value), "why": one.why}
        for (question_id, variant), found in scored.items() for one in found.values()
    ], columns=["question_id", "question", "kind", "variant", "measure", "value", "why"])


def moved(
    references: Mapping[str, Reference], before: Mapping[str, float], after: Mapping[str, float], measure: str,
) -> list[Moved]:
    """Every question, the largest loss first; those that one of both has no figure for last."""
    fewer = measure in SCORERS and not SCORERS[measure].higher_is_better
    found = [Moved(one, before.get(name), after.get(name)) for name, one in references.items()]
    return sorted(found, key=lambda one: (one.difference is None, (-1 if fewer else 1) * (one.difference or 0.0)))


def moved_frame(found: Sequence[Moved], measure: str, one: str, other: str) -> pd.DataFrame:
    """A row per question in two variants."""
    return pd.DataFrame([
        {"Question": each.reference.question, "Kind": each.reference.kind, one: value(measure, each.before),
         other: value(measure, each.after), "Difference": signed(measure, each.difference), "Id": each.reference.question_id}
        for each in found
    ])


def strengths_frame(found: Preferences) -> pd.DataFrame:
    """A row per variant: how strong it is found, with its interval."""
    return pd.DataFrame([
        {"Variant": one.variant, "Strength (log-odds)": f"{one.value:+.2f}",
         "95 % interval": f"{one.low:+.2f} to {one.high:+.2f}" if one.low is not None and one.high is not None else "too few",
         "Preferred": one.wins, "No difference": one.ties, "Not preferred": one.losses}
        for one in found.strengths
    ])


def matrix_frame(found: Agreement) -> pd.DataFrame:
    """What the judge said (rows) where people said it (columns), by place in the pair."""
    names = {"one": "the first", "other": "the second", "none": "no difference"}
    counts = {(each.judge, each.people): each.count for each in found.matrix}
    return pd.DataFrame([
        {"The judge said": said, **{f"People said {told}": counts.get((judge, people), 0) for people, told in names.items()}}
        for judge, said in names.items()
    ])


def areas_frame(report: CalibrationReport) -> pd.DataFrame:
    """A row per sign that a claim is supported: how well it tells, on the half it was fitted on and on the other."""
    rows = dict.fromkeys(one.sign for one in report.signs)
    halves = {"tune": "AUC, fitted on", "test": "AUC, held back"}
    return pd.DataFrame([
        {"Sign": sign, **{told: f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
                          for split, told in halves.items() for found in [report.area(sign, split)]}}
        for sign in rows
    ])
