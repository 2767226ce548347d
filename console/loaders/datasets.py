"""Data sets of questions: those that ship, and what people added to them from requests."""

from collections.abc import Sequence

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door, wiring
from pipeline.corpus.catalogue import TopicCard, read_catalogue
from pipeline.experiments import Added
from pipeline.guardrails import Redacted, redacted
from pipeline.scoring import Dataset, Reference

KEPT_SECONDS = 5
_kept = st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=100)


@_kept
def names() -> Sequence[str]:
    """Every set, the one that ships first."""
    with door() as parts:
        return parts.datasets.names()


@_kept
def read(name: str) -> Dataset:
    """A set as it stands. Raises `BadRequest`."""
    with door() as parts:
        return parts.datasets.read(name)


@_kept
def added(name: str) -> Sequence[Added]:
    """What people added to a set."""
    with door() as parts:
        return parts.datasets.added(name)


@_kept
def holding(request_id: str) -> Sequence[Added]:
    """Where the question of a request was added."""
    with door() as parts:
        return parts.datasets.holding(request_id)


@st.cache_data(ttl=60, show_spinner=False)
def topics() -> Sequence[TopicCard]:
    """The topics of the library. Raises `CorpusDefect`."""
    return read_catalogue(wiring().settings.data / "topics" / "topics.toml")


def without_details(question: str) -> Redacted:
    """The question as it would be kept: without what is personal."""
    return redacted(question)


def add(name: str, reference: Reference, request_id: str | None) -> Reference:
    """Add a question; as it was kept. Raises `BadRequest`, `NotAllowed`."""
    with door() as parts:
        kept = parts.datasets.add(visitor.actor(), name, reference, request_id=request_id)
    _look_again()
    return kept


def remove(name: str, question_id: str) -> None:
    """Take a question out again that somebody added. Raises `BadRequest`, `NotAllowed`."""
    with door() as parts:
        parts.datasets.remove(visitor.actor(), name, question_id)
    _look_again()


def _look_again() -> None:
    for read_before in (names, read, added, holding):
        read_before.clear()
