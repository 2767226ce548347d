"""Many requests at once: the list, its figures, what happened to one, and what is done to all of a filter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door, wiring
from console.loaders.lessons import expectations, look_again
from pipeline.corpus.catalogue import read_catalogue
from pipeline.domain import Modality, Stage, Status
from pipeline.errors import CorpusDefect, PipelineError
from pipeline.organisation import Permission, require
from pipeline.tracking import Event, Filter, Key, Line, Page, Search, Speed, Step

BULK = 200
"""How many requests one press of a button acts on."""
EXPORTED = 10_000
_AT_ONCE = 1_000
STOPPABLE = (Status.PENDING, Status.RUNNING)
AGAIN = (Status.FAILED, Status.CANCELLED)
Answer = TypeVar("Answer")


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """The figures of a filter."""

    counts: Mapping[Status, int]
    speeds: Sequence[Speed]
    funnel: Sequence[Step]
    dead: int
    looked_through: int | None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a bulk action would act on."""

    ids: Sequence[str]
    usd: Decimal | None
    """What making them is expected to cost; None where a form was never measured here."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a bulk action did."""

    made: Sequence[str]
    """The ids of the requests that were acted on, or of the new ones."""
    refused: Mapping[str, str]
    """Why not, by request id."""


def page(wanted: Filter, *, older: Key | None = None, newer: Key | None = None) -> Page:
    """A part of the list."""
    return _searched(lambda search: search.page(wanted, older=older, newer=newer))


def numbers(wanted: Filter) -> Numbers:
    """The figures of the filter."""
    return _searched(lambda search: Numbers(
        counts=search.counts(wanted), speeds=search.speeds(wanted), funnel=search.funnel(wanted), dead=search.dead(),
        looked_through=search.looked_through(wanted)))


def lines(wanted: Filter) -> list[Line]:
    """All of the filter, the newest 10,000."""
    found: list[Line] = []
    older: Key | None = None
    while len(found) < EXPORTED:
        part = _searched(lambda search, key=older: search.page(wanted, older=key, rows=_AT_ONCE))  # type: ignore[misc]
        found += part.lines
        older = part.older
        if older is None:
            break
    return found[:EXPORTED]


def events(request_id: str) -> Sequence[Event]:
    """What happened to the request, oldest first."""
    with door() as parts:
        return parts.record.events(request_id)


@st.cache_data(show_spinner=False)
def topics() -> Mapping[str, str]:
    """The topics of the catalogue: name by id. Empty where the catalogue cannot be read, which other pages report."""
    try:
        cards = read_catalogue(wiring().settings.data / "topics" / "topics.toml")
    except CorpusDefect:
        return {}
    return {card.topic_id: card.title for card in cards}


def again(request_id: str, from_stage: Stage | None = None) -> str:
    """Run the request anew, from this stage on; the id of the new one."""
    return _changed(lambda: _again(request_id, from_stage))


def clarify(request_id: str, *, option: str | None = None, query: str | None = None) -> str:
    """Answer what the request asked back; the id of the new one."""
    with door() as parts:
        return _changed(lambda: parts.lessons.clarify(visitor.actor(), request_id, option=option, query=query))


def preview_cancel(wanted: Filter) -> Preview:
    """What cancelling the filter would stop."""
    found = _searched(lambda search: search.ids(wanted, statuses=STOPPABLE, limit=BULK))
    return Preview(ids=[request_id for request_id, _ in found], usd=Decimal(0))


def preview_again(wanted: Filter) -> Preview:
    """What running the filter again would make: failed and cancelled requests that nobody ran again."""
    found = _searched(lambda search: search.ids(wanted, statuses=AGAIN, limit=BULK, anew=True))
    return Preview(ids=[request_id for request_id, _ in found], usd=_expected([modality for _, modality in found]))


def cancel_all(ids: Sequence[str]) -> Outcome:
    """Cancel each of these."""
    require(visitor.actor(), Permission.GENERATE)
    with door() as parts:
        return _each(ids, lambda request_id: parts.lessons.cancel(visitor.actor(), request_id))


def again_all(ids: Sequence[str]) -> Outcome:
    """Run each of these anew."""
    require(visitor.actor(), Permission.GENERATE)
    return _each(ids, lambda request_id: _again(request_id, None))


def _again(request_id: str, from_stage: Stage | None) -> str:
    with door() as parts:
        return parts.lessons.again(visitor.actor(), request_id, from_stage)


def _each(ids: Sequence[str], act: Callable[[str], str | None]) -> Outcome:
    made: list[str] = []
    refused: dict[str, str] = {}
    for request_id in ids:
        try:
            made.append(act(request_id) or request_id)
        except PipelineError as fault:
            refused[request_id] = str(fault)
    look_again()
    return Outcome(made=made, refused=refused)


def _expected(modalities: Sequence[Modality]) -> Decimal | None:
    usual, total = expectations(), Decimal(0)
    for modality in modalities:
        expectation = usual[modality]
        if expectation is None:
            return None
        total += expectation.usd
    return total


def _searched(question: Callable[[Search], Answer]) -> Answer:
    with door() as parts:
        return question(Search(parts.engine))


def _changed(change: Callable[[], str]) -> str:
    answer = change()
    look_again()
    return answer
