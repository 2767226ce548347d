"""What the page shows, as its address says it, so that a link or a reload shows the same."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

import streamlit as st

from pipeline.domain import Modality, Stage
from pipeline.ledger import BOOK, By, Where
from pipeline.visuals import Value

TAB = "tab"
SPEND, SAVINGS, WHAT_IF, BUDGETS = TABS = ("Spend", "Savings", "What if", "Budgets")
USUAL, CHOSEN = "30d", "days"
DAYS = {"7d": 7, "30d": 30, "90d": 90}
LABELS: Mapping[str, str] = {
    "7d": "Last 7 days", "30d": "Last 30 days", "90d": "Last 90 days", "month": "This month", "before": "Last month",
    "all": "All time", CHOSEN: "Days…",
}
NARROWED = {"form": "modality", "stage": "stage", "organisation": "organisation", "topic": "topic", "model": "model",
            "family": "family"}
"""Parameters that narrow the spend, named as the page Requests names them, and the ledger's words for them."""
CHARACTERS = 200
ONE = timedelta(days=1)
Word = TypeVar("Word", bound=StrEnum)


class Span(NamedTuple):
    """Days from the first to the last, both counting; without a first one, all."""

    first: date | None
    last: date

    @property
    def until(self) -> date:
        """The day after."""
        return self.last + ONE


class Bar(NamedTuple):
    """What was picked in a picture: one key in some days."""

    span: Span
    key: str


class Choices(Value):
    """All of it."""

    when: str
    first: date | None
    last: date
    by: By
    book: str
    where: Where

    @property
    def span(self) -> Span:
        """The days."""
        return Span(self.first, self.last)


def today() -> date:
    """The day, in UTC."""
    return datetime.now(UTC).date()


def choices() -> Choices:
    """What the address says; what it says wrongly does not count."""
    when = _said("when") if _said("when") in LABELS else USUAL
    span = _span(when, today())
    return Choices(when=when, first=span.first, last=span.last, by=_word(By, _said("by")) or By.STAGE,
                   book=_said("book") or BOOK, where=_where())


def bar() -> Bar | None:
    """What was picked; None where nothing that can be read was."""
    first, _, rest = _said("bar").partition("~")
    last, found, key = rest.partition("~")
    begin, end = _day(first), _day(last)
    return Bar(Span(begin, end), key) if found and begin and end and begin <= end else None


def pick(picked: Bar | None) -> None:
    """Show the requests of this bar, or of none; usable as a callback."""
    put("bar", f"{picked.span.first}~{picked.span.last}~{picked.key}" if picked else "")


def narrow(name: str, value: str) -> None:
    """Show only this, or without a value everything; usable as a callback."""
    put(name, value)
    pick(None)


def put(name: str, value: str) -> None:
    """Write it into the address; nothing takes it out."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def narrowed(where: Where) -> Mapping[str, str]:
    """The parameters that narrow to this."""
    return {name: str(value) for name, field in NARROWED.items() if (value := getattr(where, field)) is not None}


def of_savings(where: Where) -> Where:
    """As much of it as savings follow: what was not made has no stage, model or family."""
    return Where(modality=where.modality, organisation=where.organisation, topic=where.topic)


def beyond_savings(where: Where) -> Mapping[str, str]:
    """The parameters that savings do not follow."""
    return narrowed(where.model_copy(update={"modality": None, "organisation": None, "topic": None}))


def of_askers(where: Where) -> Where:
    """Who asked, and for what: all that the share of a form can be told of."""
    return Where(organisation=where.organisation, topic=where.topic)


def _where() -> Where:
    topic = _said("topic") or None
    return Where(stage=_word(Stage, _said("stage")), modality=_word(Modality, _said("form")), model=_said("model") or None,
                 family=_said("family") or None, topic=topic,
                 organisation=None if topic else _said("organisation") or None)


def _span(when: str, now: date) -> Span:
    spans: Mapping[str, Callable[[], Span]] = {
        "month": lambda: Span(now.replace(day=1), now),
        "before": lambda: Span((now.replace(day=1) - ONE).replace(day=1), now.replace(day=1) - ONE),
        "all": lambda: Span(None, now), CHOSEN: lambda: _chosen(now),
    }
    return spans[when]() if when in spans else Span(now - timedelta(days=DAYS[when] - 1), now)


def _chosen(now: date) -> Span:
    """The days in the address; a missing one is today, and the earlier one is the first."""
    days = sorted((_day(_said("from")) or now, _day(_said("to")) or now))
    return Span(days[0], days[1])


def _day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2999 else None  # a day more or less is a day as well


def _word(kind: type[Word], said: str) -> Word | None:
    return kind(said) if said in set(kind) else None


def _said(name: str) -> str:
    """Without what no database takes as text."""
    return "".join(c for c in st.query_params.get(name, "")[:CHARACTERS] if c.isprintable()).strip()
