"""Comparisons: what the page reads about them; make, send, stop, take up again; blind votes."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door, wiring
from console.loaders.lessons import expectations, look_again, watch
from console.money import Expectation
from pipeline.comparison import (
    UNDECIDED,
    Asked,
    Ballot,
    ComparisonLine,
    ComparisonView,
    Result,
    Two,
    Variant,
    Verdict,
    key_terms,
    measure,
    read_evaluation,
)
from pipeline.models import Kind, listing
from pipeline.tables import Choice
from pipeline.wiring import new_request_id

SENT_AT_ONCE = 20
_NEXT = "next_comparison_id"


@dataclass(frozen=True, kw_only=True)
class Makers:
    """What lessons are made with here, as far as a variant could differ in it."""

    family: str
    models: Sequence[str]
    """The ids of the language models that are here, the usual one first; empty where that one is not."""
    absent: Sequence[str]
    """Those of the catalogue that would have to be fetched."""
    prompts: str
    """The version of all prompts that are in production."""


def find(comparison_id: str) -> ComparisonView | None:
    """The comparison as it stands, or None when there is none of this id."""
    with door() as parts:
        return parts.comparisons.find(comparison_id)


def newest() -> Sequence[ComparisonLine]:
    """The newest comparisons."""
    with door() as parts:
        return parts.comparisons.newest()


def create(*, name: str, questions: Sequence[Asked], variants: Sequence[Variant]) -> str:
    """Note the comparison; its id. Pressing twice makes one."""
    comparison_id = str(st.session_state.setdefault(_NEXT, new_request_id()))
    with door() as parts:
        parts.comparisons.create(visitor.actor(), comparison_id, name=name, questions=questions, variants=variants)
    st.session_state.pop(_NEXT, None)
    return comparison_id


def send(comparison_id: str) -> int:
    """Put some of what is not in the queue yet into it; how many are left."""
    with door() as parts:
        left = parts.comparisons.send(visitor.actor(), comparison_id, most=SENT_AT_ONCE)
    look_again()
    return left


def cancel(comparison_id: str) -> None:
    """Stop what is under way, and send nothing more."""
    with door() as parts:
        parts.comparisons.cancel(visitor.actor(), comparison_id)
    look_again()


def again(comparison_id: str) -> int:
    """Take it up again; how many items are to be sent."""
    with door() as parts:
        return parts.comparisons.again(visitor.actor(), comparison_id)


# results


def result(request_id: str | None) -> Result:
    """What came of a request; a decided one is measured once."""
    if request_id is None:
        return Result(missing="it is not in the queue")
    view = watch(request_id)
    if view is None:
        return Result(missing="its request is not in the record any more")
    return _measured(request_id) if view.status.decided else Result(missing=UNDECIDED)


def results(view: ComparisonView) -> dict[tuple[int, int], Result]:
    """What came of every item, by question and variant."""
    return {
        (item.question, item.variant): _measured(item.request_id) if item.request_id and item.decided else
        Result(missing=UNDECIDED if item.request_id else "it is not in the queue")
        for item in view.items
    }


@st.cache_data(max_entries=5000, show_spinner=False)
def _measured(request_id: str) -> Result:
    view, corpus = watch(request_id), wiring().settings.data / "corpus"
    return measure(view, lambda topic: key_terms(corpus, topic)) if view else Result(missing="its request is gone")


# votes


def ballot(comparison_id: str, question: int, two: Two) -> Ballot:
    """The visitor's ballot; its order is drawn the first time."""
    with door() as parts:
        return parts.voting.ballot(visitor.actor(), comparison_id, question, two)


def ballots(comparison_id: str, two: Two) -> Sequence[Ballot]:
    """The visitor's ballots."""
    with door() as parts:
        return parts.voting.ballots(visitor.actor(), comparison_id, two)


def vote(comparison_id: str, ballot: Ballot, choice: Choice, why: str) -> None:
    """Fill the visitor's ballot in."""
    with door() as parts:
        parts.voting.vote(visitor.actor(), comparison_id, ballot, choice, why)


def close(comparison_id: str) -> None:
    """End the voting."""
    with door() as parts:
        parts.comparisons.close(visitor.actor(), comparison_id)


def verdicts(comparison_id: str, two: Two) -> Sequence[Verdict]:
    """The votes of a closed comparison, decoded."""
    with door() as parts:
        return parts.voting.verdicts(comparison_id, two)


# what can be asked


def evaluation(count: int) -> Sequence[Asked]:
    """So many questions of the evaluation set."""
    return read_evaluation(wiring().settings.data / "evaluation" / "intents.jsonl", count)


def expected(questions: int, variants: Sequence[Variant]) -> Expectation | None:
    """What making all of it takes on this machine, one after the other; None where a form or model was never measured."""
    usual = expectations()
    known = [each for variant in variants if variant.model is None and (each := usual[variant.modality]) is not None]
    if len(known) < len(variants):
        return None
    return Expectation(seconds=questions * sum(each.seconds for each in known),
                       usd=questions * sum((each.usd for each in known), start=known[0].usd * 0))


@st.cache_data(ttl=60, show_spinner=False)
def makers() -> Makers:
    """What lessons are made with here."""
    settings, here = wiring().settings, wiring().language_models()
    with door() as parts:
        prompts = parts.registry.production().version
    known = [row.id for row in listing(settings) if row.kind is Kind.LANGUAGE_MODEL]
    return Makers(family=settings.family, models=here, absent=[model for model in known if model not in here],
                  prompts=prompts)
