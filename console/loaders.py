"""The console's only door to the pipeline: what it reads; submit, cancel and review. Raises only `PipelineError`."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import streamlit as st

from console.money import Expectation, expected, total
from pipeline.config import read_settings
from pipeline.corpus.interests import read_interests
from pipeline.database import told_plainly
from pipeline.domain import GenerationRequest, Lesson, Modality, Stage
from pipeline.errors import OperatorError
from pipeline.shelf import files_of
from pipeline.store import LocalStore
from pipeline.tracking import RequestView, Review
from pipeline.wiring import Wiring
from pipeline.work import LessonQueue

RECENT = 100
RECENT_SECONDS = 3
"""How old the list of requests may be: reading a hundred lessons takes half a second."""


@st.cache_resource(show_spinner=False)
def _wiring() -> Wiring:
    return Wiring(read_settings())


@st.cache_resource(show_spinner=False)
def _queue() -> LessonQueue:
    return LessonQueue(_wiring().settings, _wiring().record)


@contextmanager
def _door() -> Iterator[Wiring]:
    """The working parts; whatever the database says is told plainly, and the next call starts afresh."""
    wiring = _wiring()
    try:
        with told_plainly():
            yield wiring
    except OperatorError:
        st.cache_resource.clear()
        raise
    except ValueError as fault:  # a row written by another version does not fit the vocabulary
        raise OperatorError("The record has an entry that this version cannot read.") from fault


# requests


def watch(request_id: str) -> RequestView | None:
    """The request as it stands, or None when there is none of this id."""
    with _door() as wiring:
        return wiring.record.view(request_id)


@st.cache_resource(ttl=RECENT_SECONDS, show_spinner=False)
def recent() -> Sequence[RequestView]:
    """The newest requests, without their stages; at most three seconds old, and fresh after `look_again`."""
    with _door() as wiring:
        return wiring.record.recent(RECENT)


def look_again() -> None:
    """Read the list of requests anew at the next call."""
    recent.clear()


def submit(request: GenerationRequest) -> None:
    """Put the request into the queue."""
    with _door():
        _queue().submit(request)
    look_again()


def cancel(request_id: str) -> None:
    """Ask the worker to stop."""
    with _door():
        _queue().cancel(request_id)
    look_again()


# money and expectations


def spent(view: RequestView) -> Decimal | None:
    """What a decided request cost in USD; None while it runs, or when one of its usages has no price."""
    return _spent(view.request.request_id) if view.status.decided else None


@st.cache_data(max_entries=5000, show_spinner=False)
def _spent(request_id: str) -> Decimal | None:
    view = watch(request_id)
    return total(view.stages) if view else None


@st.cache_data(ttl=30, show_spinner=False)
def usual_seconds() -> Mapping[Stage, float]:
    """The median seconds of each stage on this machine; stages never run are absent."""
    with _door() as wiring:
        return wiring.record.stage_seconds()


def expectations() -> Mapping[Modality, Expectation | None]:
    """Per modality what it takes here, from the medians of the record; None where a stage was never measured."""
    measured, threads = usual_seconds(), _wiring().settings.threads
    return {modality: expected(modality, measured, threads) for modality in Modality}


# reviews


def reviews(request_id: str) -> Sequence[Review]:
    """What people said about the lesson, newest first."""
    with _door() as wiring:
        return wiring.record.reviews(request_id)


def review(request_id: str, *, rating: int | None = None, note: str = "", approved: bool | None = None) -> None:
    """Add what a person says about the lesson."""
    with _door() as wiring:
        wiring.record.review(request_id, rating=rating, note=note, approved=approved)


# files and catalogues


def store() -> LocalStore:
    """The files of made lessons."""
    return _wiring().store


def file(name: str) -> Path | None:
    """A file of the store, or None when it is gone."""
    path = store().path(name)
    return path if path.is_file() else None


def lost_files(lesson: Lesson) -> Sequence[str]:
    """The lesson's files that are no longer in the store."""
    return [name for name in files_of(lesson) if file(name) is None]


@st.cache_data(show_spinner=False)
def interests() -> Sequence[str]:
    """The names of the interests that ship, sorted."""
    return sorted(interest.name for interest in read_interests(read_settings().data / "interests" / "interests.toml"))
