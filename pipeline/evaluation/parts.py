"""Of a run that was made: one half of its queries, and what each threshold would have kept out and cost."""

from collections.abc import Sequence

from pipeline.evaluation.comparing import compared, told
from pipeline.evaluation.evaluating import summary
from pipeline.evaluation.results import Fate, Run, SystemResult, Verdict
from pipeline.evaluation.sets import Half, half_of
from pipeline.visuals import Value

STEPS = tuple(step / 50 for step in range(36))
"""Thresholds that are looked at: 0 to 0.7."""


class Cut(Value):
    """A threshold: the share of off-topic queries that it lets through, and of the others that it silences."""

    threshold: float
    false_answers: float
    refused: float


def half_run(run: Run, half: Half, *, baseline: str | None = None) -> Run:
    """The run as if only this half of its queries had been asked. Latency and cost are those of all."""
    systems = tuple(_half(system, half) for system in run.systems)
    comparisons = compared(systems, baseline) if baseline is not None else ()
    verdict = told(systems, comparisons, baseline) if baseline is not None else Verdict(
        fate=Fate.MEASURED, said="Measured; no baseline was named.")
    return run.model_copy(update={
        "systems": systems, "comparisons": comparisons, "verdict": verdict, "set_name": f"{run.set_name} ({half})"})


def trade_off(system: SystemResult) -> tuple[Cut, ...]:
    """What each threshold would do, from the sureness of each query; empty where nothing was off topic or none is known."""
    sure = [(each.sureness, bool(each.values)) for each in system.outcomes]
    known = [(sureness, on_topic) for sureness, on_topic in sure if sureness is not None]
    off = [sureness for sureness, on_topic in known if not on_topic]
    on = [sureness for sureness, on_topic in known if on_topic]
    if not off or not on:
        return ()
    return tuple(Cut(threshold=step, false_answers=1.0 - _below(off, step), refused=_below(on, step)) for step in STEPS)


def _below(sureness: Sequence[float], threshold: float) -> float:
    return sum(each < threshold for each in sureness) / len(sureness)


def _half(system: SystemResult, half: Half) -> SystemResult:
    outcomes = [each for each in system.outcomes if half_of(each.query_id) is half]
    made = summary(system.name, outcomes, latency=system.latency, cpu_seconds=system.cpu_seconds)
    return made.model_copy(update={"usd_per_1000_queries": system.usd_per_1000_queries})
