"""A variant of a finished run against its baseline: pass, regression, not comparable. The rule: docs/decisions/experiments.md.

What passes is not shown to be worse; that it is better is another question, which the run's verdict answers.
"""

from collections.abc import Callable, Mapping

from pipeline.errors import BadRequest
from pipeline.evaluation import LEAST_QUERIES, Comparison, Fate, Verdict
from pipeline.experiments.reading import Reading
from pipeline.experiments.values import RunView, State, Variant
from pipeline.experiments.variants import named
from pipeline.registry import Evidence
from pipeline.scoring import SCORERS, Kind

TOLERATED: Mapping[str, float] = {"outcome": 0.05, "harmless": 0.0}
"""Measures whose mean may not fall by more than this, shown beyond chance or not: what is declined wrongly, what may harm."""


def gate(view: RunView, variant: str) -> Verdict:
    """The verdict on this variant. Raises `BadRequest` where the run does not have it."""
    named(view.plan.variants, variant)
    own = [each for each in view.results.comparisons if each.system == variant and _decides(each)] if view.results else []
    if found := _incomparable(view, variant, own):
        return Verdict(fate=Fate.INCOMPARABLE, said=found, against=view.plan.baseline)
    worse = [_fell(each, f"beyond chance (p {each.p_holm:.4f}, n {each.n})")
             for each in own if each.significant and not each.better]
    too_far = [_fell(each, f"more than the {TOLERATED[each.measure]} that are tolerated (n {each.n})")
               for each in own if each.difference < -TOLERATED.get(each.measure, float("inf"))]
    if worse or too_far:
        return Verdict(fate=Fate.REGRESSION, said=" ".join(dict.fromkeys([*worse, *too_far])), against=view.plan.baseline)
    seen = [each.detectable for each in own if each.detectable is not None]
    return Verdict(fate=Fate.PASS, against=view.plan.baseline, said=(
        f"{variant} is not shown to be worse than {view.plan.baseline} in any of {len(own)} measures over "
        f"{view.questions} questions" + (f"; a fall of {max(seen):.3f} would have been seen in each." if seen else ".")))


def _decides(one: Comparison) -> bool:
    return SCORERS[one.measure].kind is not Kind.COST


def _incomparable(view: RunView, variant: str, own: list[Comparison]) -> str:
    if variant == view.plan.baseline:
        return f"{variant} is the baseline itself."
    if view.state is not State.DONE or not own:
        return f"The run is not whole: {view.missing} of {len(view.items)} lessons are missing, or not all are scored."
    n = max(each.n for each in own)
    if n < LEAST_QUERIES:
        return f"The run has {n} questions; at least {LEAST_QUERIES} are needed to tell a regression from chance."
    return ""


def _fell(one: Comparison, how: str) -> str:
    return f"{SCORERS[one.measure].title} fell by {-one.difference:.3f}, {how}."


class Proofs:
    """Runs as evidence for versions that are to be promoted (`pipeline.registry.Evidences`)."""

    def __init__(self, runs: Reading, production: Callable[[], Mapping[str, str]]) -> None:
        self._runs = runs
        self._production = production

    def evidence(self, run_id: str, prompts: Mapping[str, str]) -> Evidence:
        """What the run says of these versions together. Raises `BadRequest` when it is not about them."""
        view = self._runs.view(run_id)
        variant = next((each for each in view.plan.variants if _has(each, prompts) and each.name != view.plan.baseline), None)
        if variant is None:
            raise BadRequest("run", f"{run_id!r} did not measure {_told(prompts)} against another version.")
        if fault := _confounded(variant, named(view.plan.variants, view.plan.baseline), prompts, self._production()):
            return Evidence(run_id=run_id, passed=False, said=fault)
        verdict = gate(view, variant.name)
        return Evidence(run_id=run_id, passed=verdict.fate is Fate.PASS, said=verdict.said)


def _has(variant: Variant, prompts: Mapping[str, str]) -> bool:
    return all(variant.prompts.get(name) == version for name, version in prompts.items())


def _confounded(variant: Variant, baseline: Variant, prompts: Mapping[str, str], production: Mapping[str, str]) -> str:
    """Why a difference of the two would not be that of these prompts in production; empty where it would."""
    if variant.model != baseline.model:
        return f"{variant.name} and {baseline.name} were made by different models: the difference is not the prompt's alone."
    also = [name for name, version in variant.prompts.items() if name not in prompts and baseline.prompts.get(name) != version]
    if also:
        return f"{variant.name} differs from {baseline.name} in {', '.join(sorted(also))} too: promote those together."
    past = [name for name, version in production.items() if baseline.prompts.get(name) != version]
    if past:
        return f"Since that run another version of {', '.join(sorted(past))} went into production: run it again."
    return ""


def _told(prompts: Mapping[str, str]) -> str:
    return " and ".join(f"{name}@{version}" for name, version in sorted(prompts.items()))
