"""Evaluations as tables for people: the page and the notebook show the same ones. No Streamlit in here."""

from collections.abc import Mapping, Sequence

import pandas as pd

from console.retrieval.wording import compared, dollars, estimate, interval, milliseconds, probability, share, signed
from pipeline.evaluation import PRIMARY, Comparison, Cut, Outcome, Pair, SystemResult, Worst


def systems_frame(systems: Sequence[SystemResult]) -> pd.DataFrame:
    """A row per system: every measure with its interval, and what it took."""
    return pd.DataFrame([
        {"System": one.name, **{name: estimate(found) for name, found in one.measures.items()},
         "False answers": estimate(one.false_answers), "Refused": share(one.refused.mean),
         "p50": milliseconds(one.latency.p50), "p95": milliseconds(one.latency.p95),
         "Processor time": milliseconds(1000 * one.cpu_seconds), "1,000 queries": dollars(one.usd_per_1000_queries)}
        for one in systems
    ])


def kinds_frame(systems: Sequence[SystemResult], measure: str) -> pd.DataFrame:
    """A row per kind of question, a column per system."""
    kinds = list(dict.fromkeys(kind for one in systems for kind in one.kinds))
    rows = []
    for kind in kinds:
        found = {one.name: one.kinds[kind][measure] for one in systems if measure in one.kinds.get(kind, {})}
        if found:
            rows.append({"Kind": kind, "Queries": max(each.n for each in found.values()),
                         **{name: f"{share(each.mean)} ({interval(each)})" for name, each in found.items()}})
    return pd.DataFrame(rows)


def comparisons_frame(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """A row per comparison with the baseline."""
    return pd.DataFrame([
        {"System": one.system, "Against": one.baseline, "Measure": one.measure, "Kind": one.kind or "all", "Queries": one.n,
         "Difference": signed(one.difference), "95 % interval": f"{signed(one.low)} to {signed(one.high)}",
         "p (Holm)": probability(one.p_holm), "Won / even / lost": f"{one.wins} / {one.ties} / {one.losses}",
         "Could have shown": share(one.detectable) if one.detectable is not None else "–", "In words": compared(one)}
        for one in comparisons
    ])


def pairs_frame(pairs: Sequence[Pair], one: str, other: str) -> pd.DataFrame:
    """A row per query in two systems."""
    return pd.DataFrame([
        {"Query": pair.first.text, "Kind": pair.first.kind, one: value(pair.first), other: value(pair.second),
         "Difference": signed(pair.difference), "Id": pair.first.query_id}
        for pair in pairs
    ])


def worst_frame(found: Sequence[Worst]) -> pd.DataFrame:
    """A row per query that came out badly: why, what answers it, and what stood first instead."""
    return pd.DataFrame([
        {"Query": one.outcome.text, "Kind": one.outcome.kind, PRIMARY: share(one.value), "Cause": str(one.cause),
         "Answered by": ", ".join(list(one.outcome.judged)[:2]), "Found first": one.outcome.found[0] if one.outcome.found else ""}
        for one in found
    ])


def trade_off_frame(halves: Mapping[str, Sequence[Cut]]) -> pd.DataFrame:
    """A row per threshold; for each half, the share of off-topic questions that get through and of others that are silenced."""
    known = {name: cuts for name, cuts in halves.items() if cuts}
    return pd.DataFrame([
        {"Threshold": f"{cuts[0].threshold:.2f}",
         **{f"{name}: {what}": f"{part:.0%}" for name, cut in zip(known, cuts, strict=True)
            for what, part in (("off topic, answered", cut.false_answers), ("others, silenced", cut.refused))}}
        for cuts in zip(*known.values(), strict=True)
    ])


def causes_frame(found: Sequence[Worst]) -> pd.DataFrame:
    """A row per cause, the most frequent first: how many questions of each kind."""
    if not found:
        return pd.DataFrame()
    table = pd.crosstab(pd.Series([str(one.cause) for one in found], name="Cause"),
                        pd.Series([one.outcome.kind for one in found], name="Kind"), margins=True, margins_name="All")
    return table.drop(index="All").sort_values("All", ascending=False)


def value(outcome: Outcome) -> str:
    """What a query came to, in the measure that decides; of one that is off topic, whether it was answered."""
    return share(outcome.values[PRIMARY]) if PRIMARY in outcome.values else "answered" if outcome.answered else "not answered"
