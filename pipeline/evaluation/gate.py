"""A run against what was accepted before: pass, regression, or not comparable. The rule is in docs/decisions/evaluation.md."""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from pipeline.errors import BadRequest
from pipeline.evaluation.comparing import compared
from pipeline.evaluation.results import FALSE_ANSWERS, PRIMARY, Comparison, Fate, Outcome, Run, SystemResult, Verdict
from pipeline.visuals import Value
from pipeline.whole import whole

LEAST_QUERIES = 30
"""Fewer cannot tell a regression from chance."""
TOLERATED = 0.02
"""A fall of the mean nDCG@10 by more than this is a regression, shown beyond chance or not."""
CODES: Mapping[Fate, int] = {Fate.PASS: 0, Fate.REGRESSION: 1, Fate.INCOMPARABLE: 3}
"""Exit codes; 2 is bad usage."""
ACCEPTED = "accepted"


class Kept(Value):
    """What a query came to when the baseline was accepted."""

    kind: str
    values: Mapping[str, float]
    answered: bool


class Baseline(Value):
    """What later runs of the gate are measured against."""

    name: str
    """Of the run or the file, for the verdict."""
    set_digest: str
    corpus: str
    corpus_version: str
    embedder: str
    system: str
    commit: str
    queries: Mapping[str, Kept]


def gate(run: Run, baseline: Baseline, *, system: str) -> Verdict:
    """The verdict on one system of the run. `BadRequest` where the run does not have the system."""
    if found := incomparable(run, baseline):
        return Verdict(fate=Fate.INCOMPARABLE, said=found, against=baseline.name)
    now = _system(run, system)
    comparisons = compared((_as_system(baseline, now), now), ACCEPTED)
    worse = [each for each in comparisons if not each.better and each.significant]
    if worse:
        return Verdict(fate=Fate.REGRESSION, said=" ".join(_sentence(each) for each in worse), against=baseline.name)
    first = next((each for each in comparisons if each.measure == PRIMARY and not each.kind), None)
    if first is not None and first.difference < -TOLERATED:
        return Verdict(fate=Fate.REGRESSION, against=baseline.name, said=(
            f"{PRIMARY} fell by {-first.difference:.3f}, more than the {TOLERATED} that are tolerated, though chance is not "
            f"ruled out (p {first.p_holm:.3f})."))
    return Verdict(fate=Fate.PASS, said=_passed(first), against=baseline.name)


def incomparable(run: Run, baseline: Baseline) -> str:
    """Why the two cannot be compared, in one sentence; empty where they can."""
    if run.about.corpus != baseline.corpus:
        return f"The baseline is of the corpus {baseline.corpus}, this run of {run.about.corpus}."
    if run.set_digest != baseline.set_digest:
        return "The baseline is of other queries or judgements: accept a new one with --accept."
    on_topic = sum(bool(each.values) for each in baseline.queries.values())
    if on_topic < LEAST_QUERIES:
        return f"The set has {on_topic} queries that something answers; at least {LEAST_QUERIES} are needed to tell anything."
    return ""


def of_run(run: Run, system: str) -> Baseline:
    """The baseline that this run makes. `BadRequest` where it does not have the system."""
    kept = {
        each.query_id: Kept(
            kind=each.kind, values={name: round(value, 6) for name, value in each.values.items()}, answered=each.answered)
        for each in _system(run, system).outcomes
    }
    about = run.about
    name = f"run {run.run_id}" if run.run_id is not None else "this run"
    return Baseline(
        name=name, set_digest=run.set_digest, corpus=about.corpus, corpus_version=about.corpus_version,
        embedder=about.embedder, system=system, commit=about.commit, queries=kept)


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file. Raises `BadRequest`."""
    try:
        return Baseline.model_validate({**json.loads(path.read_text(encoding="utf-8")), "name": path.name})
    except (OSError, ValueError, TypeError, RecursionError, ValidationError) as fault:
        raise BadRequest("baseline", f"{path} is no baseline: write one with --accept.") from fault


def write_baseline(baseline: Baseline, path: Path) -> None:
    """Write it, a line for each query, so that a change can be read."""
    head = json.dumps(baseline.model_dump(mode="json", exclude={"name", "queries"}), indent=1)
    lines = ",\n".join(f"  {json.dumps(key)}: {kept.model_dump_json()}" for key, kept in baseline.queries.items())
    with whole(path) as unfinished:
        unfinished.write_text(head.removesuffix("\n}") + f',\n "name": "",\n "queries": {{\n{lines}\n }}\n}}\n', encoding="utf-8")


def _system(run: Run, name: str) -> SystemResult:
    found = next((each for each in run.systems if each.name == name), None)
    if found is None:
        raise BadRequest("system", f"{name[:40]!r} is not in the run: {', '.join(each.name for each in run.systems)}.")
    return found


def _as_system(baseline: Baseline, like: SystemResult) -> SystemResult:
    outcomes = tuple(
        Outcome(query_id=query_id, text="", kind=kept.kind, values=kept.values, judged={}, found=(), seconds=0.0,
                answered=kept.answered)
        for query_id, kept in baseline.queries.items())
    return like.model_copy(update={"name": ACCEPTED, "outcomes": outcomes})


def _sentence(one: Comparison) -> str:
    where = f" for {one.kind}" if one.kind else ""
    way = "rose" if one.measure == FALSE_ANSWERS else "fell"
    return f"{one.measure}{where} {way} by {abs(one.difference):.3f} beyond chance (p {one.p_holm:.4f}, n {one.n})."


def _passed(first: Comparison | None) -> str:
    if first is None:
        return "Nothing became worse."
    seen = f"; {first.n} queries would have shown {first.detectable:.3f}" if first.detectable else ""
    return f"{PRIMARY} differs by {first.difference:+.3f} (p {first.p_holm:.3f}){seen}."
