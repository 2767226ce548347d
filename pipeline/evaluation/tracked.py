"""A run as another record of evaluations is told of it: plain parameters, and every estimate as numbers."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from pipeline.evaluation.results import FALSE_ANSWERS, Estimate, Run, SystemResult, Verdict
from pipeline.ports import Tracked

SLUG_CHARACTERS = 40


def tracked(run: Run) -> Tracked:
    """The recorded run; its systems' estimates are named SYSTEM.MEASURE, with .low, .high and .n."""
    about = run.about
    parameters: dict[str, str | float] = {
        "kind": "retrieval", "run": str(run.run_id), "set": run.set_name, "set_version": run.set_digest, "corpus": about.corpus,
        "corpus_version": about.corpus_version, "documents": about.documents, "embedder": about.embedder, "commit": about.commit,
        "by": about.by, "systems": ", ".join(system.name for system in run.systems),
        **{f"system.{name}": said for name, said in about.settings.items()}}
    metrics: dict[str, str | float] = {}
    for system in run.systems:
        metrics |= _of_system(system)
    return Tracked(name=run_name("retrieval", str(run.run_id), about.at), said=run.verdict.said, parameters=parameters,
                   metrics={**metrics, **decided(run.verdict)})


def run_name(kind: str, run_id: str, at: datetime) -> str:
    """The name of a run elsewhere, of small letters, digits and hyphens: the same for the same run, another one for the same
    number in another database.
    """
    slug = re.sub(r"[^a-z0-9]+", "-", run_id.lower()).strip("-")[:SLUG_CHARACTERS].strip("-")
    digest = hashlib.sha256(f"{run_id} {at.isoformat()}".encode()).hexdigest()[:8]
    return "-".join(part for part in (kind, slug, digest) if part)


def numbers(name: str, one: Estimate) -> dict[str, float]:
    """An estimate as numbers; bounds that nobody knows are left out."""
    bounds = {"low": one.low, "high": one.high}
    return {name: one.mean, f"{name}.n": one.n, **{f"{name}.{end}": bound for end, bound in bounds.items() if bound is not None}}


def decided(verdict: Verdict) -> Mapping[str, str]:
    """The verdict, and what it is against."""
    return {"verdict": verdict.fate.value, "verdict.against": verdict.against}


def _of_system(system: SystemResult) -> dict[str, float]:
    estimates = {**system.measures, "refused": system.refused}
    if system.false_answers is not None:
        estimates[FALSE_ANSWERS] = system.false_answers
    told = {"latency_ms.p50": system.latency.p50, "latency_ms.p95": system.latency.p95}
    for name, one in estimates.items():
        told |= numbers(name, one)
    return {f"{system.name}.{name}": value for name, value in told.items()}
