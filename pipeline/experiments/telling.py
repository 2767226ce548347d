"""A run, or what it would take, as one JSON object for machines and as lines for people."""

from collections.abc import Iterator
from typing import Any

from pipeline.evaluation import Comparison, Estimate
from pipeline.experiments.opinions import Judged
from pipeline.experiments.outcomes import Line, Results, Side
from pipeline.experiments.values import Foreseen, RunView
from pipeline.scoring import SCORERS, Kind

SHOWN_FLIPS = 10
NAMED, COLUMN = 20, 32
"""Characters of the table's columns."""


def as_json(view: RunView) -> dict[str, Any]:
    """The run as an object; plain values all the way down."""
    results = view.results
    return {
        "run": view.run_id, "state": view.state.value, "why": view.why,
        "dataset": {"name": view.plan.dataset, "digest": view.dataset_digest, "questions": view.questions},
        "plan": view.plan.model_dump(mode="json"), "made_with": dict(view.made_with), "commit": view.commit, "by": view.by,
        "at": view.created_at.isoformat(), "lessons": len(view.items), "decided": view.decided, "missing": view.missing,
        "reused": sum(item.reused for item in view.items),
        "spent_usd": None if view.spent_usd is None else str(view.spent_usd),
        "results": None if results is None else {
            **results.model_dump(mode="json", exclude={"comparisons"}),
            "comparisons": [
                {**each.model_dump(mode="json"), "significant": each.significant, "better": each.better}
                for each in results.comparisons],
        },
    }


def as_text(view: RunView) -> str:
    """The run as lines of plain text."""
    return "\n".join(_lines(view))


def foreseen_text(found: Foreseen) -> str:
    """What a run would take, in a sentence or two."""
    usd = "an unknown price" if found.usd is None else f"about ${found.usd:.6f}"
    time = "an unknown time" if found.seconds is None else f"about {found.seconds:,.0f} s"
    within = "" if found.within_budget is None else f" The budget is expected to pay for {found.within_budget} of them."
    return (f"{found.lessons} lessons, of which {found.known} are known; {found.new} would be made for {usd} in {time} "
            f"({found.because}).{within}")


def judged_text(judged: Judged) -> str:
    """How strong a judge finds the variants, what that cost and what it is worth, in two lines."""
    preferences = judged.preferences
    said = (f"{each.variant} {each.value:+.2f}{_bounds(each.low, each.high)} ({each.wins} won, {each.ties} even, "
            f"{each.losses} lost)" for each in preferences.strengths)
    usd = "an unknown price" if judged.usd is None else f"${judged.usd:.6f}"
    return (f"Preferred by the judge {judged.judge} over {preferences.pairs} pairs, in log-odds: "
            f"{', '.join(said) or 'nothing yet'}; asked for {usd}.\n{judged.agreement.said}")


def _lines(view: RunView) -> Iterator[str]:
    spent = "unpriced" if view.spent_usd is None else f"${view.spent_usd:.6f}"
    yield (f"{view.run_id}: {view.questions} questions of {view.plan.dataset} {view.dataset_digest}, "
           f"{len(view.items)} lessons, {sum(item.reused for item in view.items)} used again, {spent} spent, {view.state}")
    if view.why:
        yield view.why
    if view.results is None:
        return
    yield from _table(view.results)
    yield from (_compared(each) for each in view.results.comparisons)
    for side in Side:
        yield from _flips(view.results, side)
    yield from view.results.notes
    yield view.results.verdict.said


def _table(results: Results) -> Iterator[str]:
    yield "".join([f"{'measure':<{NAMED}}", *(f"{line.variant:>{COLUMN}}" for line in results.lines)])
    for name, scorer in SCORERS.items():
        if any(name in line.measures for line in results.lines):
            yield "".join([f"{scorer.title:<{NAMED}}", *(f"{_cell(line, name):>{COLUMN}}" for line in results.lines)])


def _cell(line: Line, name: str) -> str:
    return "–" if name not in line.measures else _estimate(line.measures[name], places=6 if name == "usd" else 3)


def _estimate(one: Estimate, *, places: int) -> str:
    told = f"{one.mean:.{places}f}"
    return told if one.low is None or one.high is None else f"{told} ({one.low:.{places}f}–{one.high:.{places}f})"


def _compared(one: Comparison) -> str:
    mark = "" if not one.significant else ", better" if one.better else ", worse"
    places = 6 if one.measure == "usd" else 3
    kind = "" if SCORERS[one.measure].kind is not Kind.COST else " (does not decide)"
    seen = "" if one.detectable is None else f", {one.detectable:.{places}f} would have been seen"
    return (f"{one.system} against {one.baseline}, {SCORERS[one.measure].title}{kind}: {one.difference:+.{places}f}"
            f"{_bounds(one.low, one.high, places=places)}, {one.wins} better, {one.ties} equal, {one.losses} worse, "
            f"p {one.p_holm:.4f}{mark}{seen}")


def _bounds(low: float | None, high: float | None, *, places: int = 2) -> str:
    return "" if low is None or high is None else f" ({low:+.{places}f} to {high:+.{places}f})"


def _flips(results: Results, side: Side) -> Iterator[str]:
    chosen = [flip for flip in results.flips if flip.side is side]
    if chosen:
        yield f"{side}: {len(chosen)}"
    for flip in chosen[:SHOWN_FLIPS]:
        yield (f"  {flip.variant}, {SCORERS[flip.measure].title}, {flip.question_id}: {flip.before:.2f} → {flip.after:.2f}  "
               f"{flip.text}")
    if len(chosen) > SHOWN_FLIPS:
        yield f"  … and {len(chosen) - SHOWN_FLIPS} more (--json has all)"
