"""A set and systems -> a run: every query asked of every system, measured, and compared with the baseline."""

import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.comparison import wilson
from pipeline.errors import BadRequest
from pipeline.evaluation.charges import usd_per_1000_queries
from pipeline.evaluation.comparing import compared, told
from pipeline.evaluation.measures import DEPTH, MEASURES, measured
from pipeline.evaluation.rankers import Ranker
from pipeline.evaluation.results import About, Estimate, Fate, Latency, Outcome, Run, SystemResult, Verdict
from pipeline.evaluation.sets import Query, RetrievalSet
from pipeline.evaluation.statistics import intervals
from pipeline.meter import resident_bytes

SHOWN = 10
"""As many results as a page shows: latency is that of so many."""
TIMED = 50
"""Of how many queries, evenly spread, the latency is taken."""
Hear = Callable[[str, int, int], object]
"""Is told of a system how many queries of how many it has answered."""


def evaluate(
    labelled: RetrievalSet, rankers: Mapping[str, Ranker], *, about: About, baseline: str | None = None, hear: Hear | None = None
) -> Run:
    """The systems over the set, compared with the one named `baseline`. Raises `BadRequest` where there is nothing to do."""
    if not labelled.queries:
        raise BadRequest("queries", "none has a judgement of 1 or more and none is off topic: there is nothing to evaluate.")
    if baseline is not None and baseline not in rankers:
        raise BadRequest("baseline", f"{baseline[:40]!r} is not among the systems: {', '.join(rankers)}.")
    systems = tuple(_priced(_system(name, ranker, labelled, hear), about) for name, ranker in rankers.items())
    comparisons = compared(systems, baseline) if baseline is not None else ()
    verdict = told(systems, comparisons, baseline) if baseline is not None else Verdict(
        fate=Fate.MEASURED, said="Measured; no baseline was named.")
    return Run(
        about=about, set_name=labelled.name, set_digest=labelled.digest, unit=labelled.unit, systems=systems,
        comparisons=comparisons, verdict=verdict, peak_bytes=peak_bytes(), notes=labelled.notes,
    )


@dataclass(frozen=True, kw_only=True)
class _Answer:
    found: tuple[str, ...]
    sureness: float | None
    seconds: float


def _system(name: str, ranker: Ranker, labelled: RetrievalSet, hear: Hear | None) -> SystemResult:
    answers: dict[str, _Answer] = {}
    before = time.process_time()
    for number, query in enumerate(labelled.queries, start=1):
        answers[query.query_id] = _asked(ranker, query.text, DEPTH)
        if hear is not None:
            hear(name, number, len(labelled.queries))
    cpu_seconds = (time.process_time() - before) / len(labelled.queries)
    values = measured(
        {query.query_id: labelled.grades[query.query_id] for query in labelled.on_topic},
        {query_id: answer.found for query_id, answer in answers.items()})
    outcomes = tuple(
        _outcome(query, answers[query.query_id], values.get(query.query_id, {}), labelled.grades[query.query_id])
        for query in labelled.queries)
    return summary(name, outcomes, latency=_latency(ranker, labelled.queries), cpu_seconds=cpu_seconds)


def _priced(system: SystemResult, about: About) -> SystemResult:
    usd = usd_per_1000_queries(
        model=about.embedder, vcpu_seconds=system.cpu_seconds, held_bytes=resident_bytes(), seconds=system.latency.p50 / 1000,
        on=about.at.date())
    return system.model_copy(update={"usd_per_1000_queries": usd})


def summary(name: str, outcomes: Sequence[Outcome], *, latency: Latency, cpu_seconds: float) -> SystemResult:
    """The result of a system from what it made of each query."""
    on_topic = [each for each in outcomes if each.values]
    off_topic = [each for each in outcomes if not each.values]
    kinds = dict.fromkeys(each.kind for each in on_topic if each.kind)
    return SystemResult(
        name=name, measures=estimates(on_topic),
        kinds={kind: estimates([each for each in on_topic if each.kind == kind]) for kind in kinds},
        false_answers=share(sum(each.answered for each in off_topic), len(off_topic)) if off_topic else None,
        refused=share(sum(not each.answered for each in on_topic), len(on_topic)),
        latency=latency, cpu_seconds=cpu_seconds, outcomes=tuple(outcomes),
    )


def estimates(outcomes: Sequence[Outcome]) -> dict[str, Estimate]:
    """By measure, the mean over these queries with its interval; empty of none."""
    if not outcomes:
        return {}
    table = np.array([[each.values[measure] for measure in MEASURES] for each in outcomes])
    means = table.mean(axis=0)
    if len(table) == 1:
        return {name: Estimate(mean=float(means[i]), low=None, high=None, n=1) for i, name in enumerate(MEASURES)}
    low, high = intervals(table)
    return {
        name: Estimate(mean=float(means[i]), low=float(low[i]), high=float(high[i]), n=len(table))
        for i, name in enumerate(MEASURES)
    }


def share(count: int, of: int) -> Estimate:
    """A share with Wilson's interval; of nothing it is zero without bounds."""
    found = wilson(count, of)
    return Estimate(mean=0.0, low=None, high=None, n=0) if found is None else Estimate(
        mean=found.value, low=found.low, high=found.high, n=of)


def peak_bytes() -> int:
    """The most memory that this process ever had in use."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _asked(ranker: Ranker, text: str, limit: int) -> _Answer:
    began = time.perf_counter()
    ranking = ranker(text, limit)
    return _Answer(found=tuple(ranking.documents), sureness=ranking.sureness, seconds=time.perf_counter() - began)


def _outcome(query: Query, answer: _Answer, values: Mapping[str, float], grades: Mapping[str, int]) -> Outcome:
    return Outcome(
        query_id=query.query_id, text=query.text, kind=query.kind, values=values,
        judged={document: grade for document, grade in grades.items() if grade > 0}, found=answer.found[:SHOWN],
        seconds=round(answer.seconds, 6), answered=bool(answer.found),
        sureness=None if answer.sureness is None else round(answer.sureness, 6))


def _latency(ranker: Ranker, queries: Sequence[Query]) -> Latency:
    """Of a few queries, asked again for as many results as a page shows: everything is warm."""
    step = max(1, len(queries) // TIMED)
    seconds = [_asked(ranker, query.text, SHOWN).seconds for query in queries[::step][:TIMED]]
    p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
    return Latency(p50=round(float(p50), 3), p95=round(float(p95), 3))
