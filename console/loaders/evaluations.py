"""Evaluations: runs of prompts and of retrieval, what they came to; start, stop and score a run.

What was read is kept for some seconds and shared by everybody who looks.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import streamlit as st

from console.literal import literal
from console.loaders import visitor
from console.loaders.door import door
from pipeline.evaluation import Run as RetrievalRun
from pipeline.evaluation import RunLine as RetrievalLine
from pipeline.evaluation import Verdict
from pipeline.evaluation import send as send_elsewhere
from pipeline.experiments import (
    Foreseen,
    QuestionView,
    RunLine,
    RunPlan,
    RunView,
    State,
    Variant,
    gate,
    tracked,
)
from pipeline.scoring import Reference, Score
from pipeline.wiring import new_request_id

KEPT_SECONDS, MOST_RUNS, GATES = 5, 200, 30
SENT_AT_ONCE = 20
_NEXT = "next_evaluation_id"
_kept = st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=200)
Scored = Mapping[tuple[str, str], Mapping[str, Score]]
"""By question and variant, what each scorer said."""


class Gated(NamedTuple):
    """A variant of a finished run, and how it stands against its baseline."""

    line: RunLine
    variant: str
    verdict: Verdict


# runs


@_kept
def runs() -> Sequence[RunLine]:
    """The newest evaluations of prompts."""
    with door() as parts:
        return parts.experiments.newest(MOST_RUNS)


@_kept
def retrieval_runs() -> Sequence[RetrievalLine]:
    """The newest evaluations of retrieval."""
    with door() as parts:
        return parts.retrieval_runs.all(limit=MOST_RUNS)


@_kept
def retrieval_run(run_id: int) -> RetrievalRun | None:
    """A recorded evaluation of retrieval; None where there is none of this number."""
    if all(line.run_id != run_id for line in retrieval_runs()):
        return None
    with door() as parts:
        return parts.retrieval_runs.one(run_id)


def run(run_id: str) -> RunView | None:
    """The run as it stands at this moment; None where there is none of this id."""
    with door() as parts:
        return parts.experiments.find(run_id)


@_kept
def references(run_id: str) -> Mapping[str, Reference]:
    """The questions of a run, by id, in its order."""
    with door() as parts:
        found = parts.experiments.references(run_id)
    return {found[position].question_id: found[position] for position in sorted(found)}


@_kept
def scored(run_id: str) -> Scored:
    """Every score of the run."""
    with door() as parts:
        view, found = parts.experiments.view(run_id), parts.experiments.scores(run_id)
    return {(item.question_id, item.variant): {one.name: one for one in found.get(item.item_id, ())} for item in view.items}


@_kept
def question(run_id: str, question_id: str) -> QuestionView:
    """One question with what every variant made of it."""
    with door() as parts:
        return parts.experiments.question(run_id, question_id)


@_kept
def gates() -> Sequence[Gated]:
    """The newest finished runs with the verdict on each variant, the newest first."""
    lines = [line for line in runs() if line.state is State.DONE and line.verdict][:GATES]
    with door() as parts:
        views = {line.run_id: parts.experiments.view(line.run_id) for line in lines}
    return [Gated(line, name, gate(views[line.run_id], name))
            for line in lines for name in line.variants if name != line.baseline]


# starting, stopping, scoring


def variants(said: str) -> Sequence[Variant]:
    """The variants of a list with commas. Raises `BadRequest`."""
    with door() as parts:
        return parts.experiments.variants(said)


@_kept
def labels() -> Sequence[str]:
    """Every label that a variant can be made of, production first."""
    with door() as parts:
        entries = parts.registry.entries()
    return ["production", *sorted({name for entry in entries for name in entry.labels} - {"production"})]


def foresee(plan: RunPlan) -> Foreseen:
    """What the plan would take; nothing is written. Raises `BadRequest`."""
    with door() as parts:
        return parts.experiments.foresee(parts.datasets.read(plan.dataset), plan)


def start(plan: RunPlan) -> str:
    """Note a run; its id. Pressing twice makes one. Nothing is in the queue yet."""
    run_id = str(st.session_state.setdefault(_NEXT, new_request_id()))
    with door() as parts:
        parts.experiments.create(visitor.actor(), run_id, parts.datasets.read(plan.dataset), plan)
    st.session_state.pop(_NEXT, None)
    look_again()
    return run_id


def send(run_id: str) -> int:
    """Put some more of the run into the queue, as far as its budget goes; how many lessons are left."""
    with door() as parts:
        return parts.experiments.send(visitor.actor(), run_id, most=SENT_AT_ONCE)


def score(run_id: str) -> None:
    """Score what is decided, with every scorer of the plan that asks no model, and work the results out."""
    with door() as parts:
        view = parts.experiments.settle(visitor.actor(), run_id, parts.scoring_tools())
        sent = send_elsewhere(lambda: parts.tracker, run_id, tracked(view)) if view.state is State.DONE else None
    look_again()
    if sent is not None and sent.fault:
        st.toast(literal(sent.fault), icon=":material/cloud_off:")


def cancel(run_id: str) -> None:
    """Stop what is under way, and send nothing more."""
    with door() as parts:
        parts.experiments.cancel(visitor.actor(), run_id)
    look_again()


def again(run_id: str, budget_usd: Decimal | None) -> None:
    """Take the run up again, if wanted with another budget."""
    with door() as parts:
        parts.experiments.again(visitor.actor(), run_id, budget_usd=budget_usd)
    look_again()


def look_again() -> None:
    """Forget what was read."""
    for kept in (runs, references, scored, question, gates):
        kept.clear()
