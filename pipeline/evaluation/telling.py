"""A run as one JSON object for machines, and as a table for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.evaluation.measures import MEASURES
from pipeline.evaluation.results import FALSE_ANSWERS, PRIMARY, Comparison, Estimate, Run, SystemResult


def as_json(run: Run) -> dict[str, Any]:
    """The run as an object; plain numbers and texts all the way down."""
    return {
        "run": run.run_id,
        "about": run.about.model_dump(mode="json"),
        "set": {"name": run.set_name, "digest": run.set_digest, "unit": run.unit.value, "notes": list(run.notes)},
        "systems": {system.name: _system(system) for system in run.systems},
        "comparisons": [{**each.model_dump(mode="json"), "significant": each.significant} for each in run.comparisons],
        "verdict": {"fate": run.verdict.fate.value, "said": run.verdict.said, "against": run.verdict.against},
        "memory_bytes": run.peak_bytes,
        "index_bytes": run.about.index_bytes,
    }


def _system(system: SystemResult) -> dict[str, Any]:
    return {
        "measures": _measures(system.measures),
        "kinds": {kind: _measures(measures) for kind, measures in system.kinds.items()},
        "latency_ms": system.latency.model_dump(),
        "false_answers": None if system.false_answers is None else system.false_answers.model_dump(),
        "refused": system.refused.model_dump(),
        "cpu_seconds_per_query": system.cpu_seconds,
        "usd_per_1000_queries": None if system.usd_per_1000_queries is None else str(system.usd_per_1000_queries),
    }


def _measures(measures: Mapping[str, Estimate]) -> dict[str, Any]:
    return {name: estimate.model_dump() for name, estimate in measures.items()}


def as_text(run: Run) -> str:
    """The run as tables of plain text."""
    return "\n".join(_lines(run))


def _lines(run: Run) -> Iterator[str]:
    about = run.about
    yield f"{run.set_name} on {about.corpus} {about.corpus_version}, {about.documents:,} {run.unit}s, {about.embedder}"
    wide = max(len("system"), *(len(system.name) for system in run.systems))
    yield "  ".join([f"{'system':<{wide}}", *(f"{name:>21}" for name in MEASURES), f"{'ms p50 / p95':>15}"])
    for system in run.systems:
        if system.measures:
            cells = [f"{_estimate(system.measures[name]):>21}" for name in MEASURES]
            yield "  ".join([f"{system.name:<{wide}}", *cells, f"{system.latency.p50:.1f} / {system.latency.p95:.1f}".rjust(15)])
    yield from _by_kind(run, wide)
    for system in run.systems:
        if system.false_answers is not None:
            yield (f"{system.name}: answered {_estimate(system.false_answers)} of {system.false_answers.n} off-topic queries, "
                   f"refused {_estimate(system.refused)} of {system.refused.n} others")
    yield from (_compared(each) for each in run.comparisons)
    yield from run.notes
    yield run.verdict.said


def _by_kind(run: Run, wide: int) -> Iterator[str]:
    kinds = list(dict.fromkeys(kind for system in run.systems for kind in system.kinds))
    if len(kinds) < 2:
        return
    yield f"{PRIMARY} by kind"
    for kind in kinds:
        n = max(system.kinds[kind][PRIMARY].n for system in run.systems if kind in system.kinds)
        cells = (f"{system.name} {_estimate(system.kinds[kind][PRIMARY])}" for system in run.systems if kind in system.kinds)
        yield f"  {kind} ({n}): " + ", ".join(cells)


def _estimate(one: Estimate) -> str:
    return f"{one.mean:.3f}" if one.low is None or one.high is None else f"{one.mean:.3f} ({one.low:.3f}–{one.high:.3f})"


def _compared(one: Comparison) -> str:
    where = f", {one.kind}" if one.kind else ""
    bounds = "" if one.low is None or one.high is None else f" ({one.low:+.3f} to {one.high:+.3f})"
    mark = "" if not one.significant else ", better" if one.better else ", worse"
    name = "answers off topic" if one.measure == FALSE_ANSWERS else one.measure
    return (f"{one.system} against {one.baseline}, {name}{where}: {one.difference:+.3f}{bounds}, {one.wins} better, "
            f"{one.ties} equal, {one.losses} worse, p {one.p_holm:.4f}{mark}")
