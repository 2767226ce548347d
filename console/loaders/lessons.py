"""Requests and lessons: what the console reads about them; submit, cancel and review."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door, wiring
from console.money import Expectation, expected, total
from pipeline.domain import GenerationRequest, Lesson, Modality, Stage
from pipeline.errors import OperatorError
from pipeline.ports import Store
from pipeline.report import Estimate, savings
from pipeline.shelf import files_of
from pipeline.tracking import RequestView, Review

RECENT = 100
RECENT_SECONDS = 3
"""How old the list of requests may be: reading a hundred lessons takes half a second."""


# requests


def watch(request_id: str) -> RequestView | None:
    """The request as it stands, or None when there is none of this id."""
    with door() as parts:
        return parts.record.view(request_id)


@st.cache_resource(ttl=RECENT_SECONDS, show_spinner=False)
def recent() -> Sequence[RequestView]:
    """The newest requests, without their stages; at most three seconds old, and fresh after `look_again`."""
    with door() as parts:
        return parts.record.recent(RECENT)


def look_again() -> None:
    """Read the list of requests anew at the next call."""
    recent.clear()


def submit(request: GenerationRequest) -> None:
    """Put the request into the queue, asked for by whoever is here."""
    with door() as parts:
        parts.lessons.ask(visitor.actor(), request)
    look_again()


def cancel(request_id: str) -> None:
    """Ask the worker to stop."""
    with door() as parts:
        parts.lessons.cancel(visitor.actor(), request_id)
    look_again()


# money and expectations


def spent(view: RequestView) -> Decimal | None:
    """What a decided request cost in USD; None while it runs, or when one of its usages has no price."""
    return _spent(view.request.request_id) if view.status.decided else None


@st.cache_data(max_entries=5000, show_spinner=False)
def _spent(request_id: str) -> Decimal | None:
    view = watch(request_id)
    return total(view.stages) if view else None


def saved(view: RequestView) -> Estimate | None:
    """What the lesson saved by not being a film; None where it saved nothing, or nobody can tell now."""
    try:
        with door() as parts:
            return savings(view.request, view.lesson, view.stages, parts.savings.foresee)
    except OperatorError:
        return None


@st.cache_data(ttl=30, show_spinner=False)
def usual_seconds() -> Mapping[Stage, float]:
    """The median seconds of each stage on this machine; stages never run are absent."""
    with door() as parts:
        return parts.record.stage_seconds()


def expectations() -> Mapping[Modality, Expectation | None]:
    """Per modality what it takes here, from the medians of the record; None where a stage was never measured."""
    measured, threads = usual_seconds(), wiring().settings.threads
    return {modality: expected(modality, measured, threads) for modality in Modality}


# reviews


def reviews(request_id: str) -> Sequence[Review]:
    """What people said about the lesson, newest first."""
    with door() as parts:
        return parts.record.reviews(request_id)


def review(request_id: str, *, rating: int | None = None, note: str = "", approved: bool | None = None) -> None:
    """Add what whoever is here says about the lesson."""
    with door() as parts:
        parts.lessons.review(visitor.actor(), request_id, rating=rating, note=note, approved=approved)


# files and catalogues


def store() -> Store:
    """The files of made lessons."""
    return wiring().store


def file(name: str) -> Path | None:
    """A file of the store, brought here, or None when it is gone."""
    return store().fetch(name)


def lost_files(lesson: Lesson) -> Sequence[str]:
    """The lesson's files that are no longer in the store."""
    files = files_of(lesson)
    kept = store().sizes(files)
    return [name for name in files if name not in kept]


def interests() -> Sequence[str]:
    """The names of the interests that are offered, in their order."""
    with door() as parts:
        return [interest.name for interest in parts.interests.all() if interest.active]
