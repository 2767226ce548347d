"""Costs: what the page reads of the ledger, the savings and the budgets, and what it changes of the last.

What was read is kept for some seconds: moving a slider asks nothing of the database.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import streamlit as st

from console.loaders import books, visitor
from console.loaders.door import door
from console.loaders.requests import topics
from pipeline.domain import Modality, Stage
from pipeline.ledger import (
    NONE,
    Bills,
    Budget,
    BudgetState,
    By,
    CacheSavings,
    Counts,
    Forecast,
    LessonCosts,
    Point,
    Spend,
    Where,
)
from pipeline.ledger.forecast import LOOKED_BACK, forecast
from pipeline.ledger.projection import Figures, planning_figures
from pipeline.ledger.savings import Report, SavedBy
from pipeline.organisation import COMMAND_LINE, OrganizationView, utc_now
from pipeline.prices import read_book

KEPT_SECONDS = 10
ALL = Where()
FEWEST = 3
"""Lessons of a form without which nothing is said about what one costs."""
MADE_BY: Mapping[Modality, Sequence[Stage]] = {
    Modality.TEXT: [Stage.SCRIPT], Modality.AUDIO: [Stage.SCRIPT, Stage.TTS], Modality.IMAGES: [Stage.SCRIPT, Stage.IMAGES],
    Modality.VIDEO: [Stage.SCRIPT, Stage.TTS, Stage.IMAGES, Stage.VIDEO],
}
_kept = st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=200, hash_funcs={Where: repr})


# spent


@_kept
def spend(since: date | None, until: date, *, by: By, book: str, where: Where) -> Spend:
    """What was spent, by one dimension."""
    with door() as parts:
        return parts.ledger.spend(since, until, by=by, book=book, where=where)


@_kept
def over_time(
    since: date | None, until: date, *, by: By, book: str, where: Where, keys: Sequence[str] = (),
) -> Sequence[Point]:
    """What each key came to on each day; of organisations and topics these keys, and all others together."""
    with door() as parts:
        return parts.ledger.over_time(since, until, by=by, book=book, where=where, keys=keys)


@_kept
def bills(since: date, until: date, *, book: str, where: Where) -> Bills:
    """The dearest requests behind a sum."""
    with door() as parts:
        return parts.ledger.bills(since, until, book=book, where=where)


@_kept
def lessons(since: date | None, until: date, *, book: str) -> LessonCosts:
    """What completed lessons cost, by form."""
    with door() as parts:
        return parts.ledger.lessons(since, until, book=book)


@_kept
def shelf(since: date | None, until: date, *, book: str) -> CacheSavings:
    """What the shelf spared."""
    with door() as parts:
        return parts.ledger.cache_savings(since, until, book=book)


@_kept
def counts(since: date | None, until: date, *, where: Where = ALL) -> Counts:
    """How many requests were decided."""
    with door() as parts:
        return parts.ledger.counts(since, until, where=where)


@_kept
def planned(since: date | None, until: date, *, book: str) -> Decimal:
    """What the completed lessons that were made would have cost by the book's plans of today."""
    with door() as parts:
        made = parts.ledger.counts(since, until).completed_by_modality
        shelved = parts.ledger.counts(since, until, cached=True).completed_by_modality
    plans, now = read_book(book), utc_now().date()
    return sum(((number - shelved.get(modality, 0)) * plans.planned(MADE_BY[modality], now) for modality, number in made.items()),
               Decimal(0))


@_kept
def first_day() -> date | None:
    """The first day on which something was used."""
    with door() as parts:
        return parts.ledger.first_day()


# saved, and what may come


@_kept
def saved(since: date | None, until: date, *, by: SavedBy, book: str, where: Where = ALL) -> Report:
    """What was saved by not making something."""
    with door() as parts:
        return parts.savings.report(since, until, by=by, book=book, where=where)


@_kept
def figures(book: str) -> Figures | None:
    """What a lesson costs as text and with its film: as planned, or as measured here. None where too few were made."""
    if not books.prices_usage(book):
        return planning_figures()
    with door() as parts:
        rows = parts.ledger.lessons(book=book).rows
    made = {row.modality: row.mean for row in rows if not row.cached and row.lessons >= FEWEST}
    if Modality.TEXT not in made or Modality.VIDEO not in made:
        return None
    return Figures(text=made[Modality.TEXT], video=made[Modality.VIDEO])


# budgets


class Month(NamedTuple):
    """The month that it is now, by effective cost under the book that budgets are kept in."""

    spent: Decimal
    forecast: Forecast | None


@_kept
def month() -> Month:
    """What this month has cost, and what it is heading for."""
    now = utc_now().date()
    first = now.replace(day=1)
    with door() as parts:
        rows = parts.ledger.spend(min(first, now - timedelta(days=LOOKED_BACK)), now + timedelta(days=1)).rows
        begun = parts.ledger.first_day()
    days = {date.fromisoformat(row.key): row.effective or Decimal(0) for row in rows}
    spent = sum((usd for day, usd in days.items() if day >= first), Decimal(0))
    return Month(spent, forecast(days, spent=spent, now=now, end=(first + timedelta(days=32)).replace(day=1), first=begun))


def budgets() -> Sequence[BudgetState]:
    """How each budget stands."""
    with door() as parts:
        return parts.budgets.state()


def set_budget(period: str, usd: Decimal, organisation: str | None) -> Budget:
    """Set what may be spent in the period."""
    with door() as parts:
        return parts.budgets.set(visitor.actor(), period, usd, organisation=organisation)


def remove_budget(period: str, organisation: str | None) -> None:
    """Take the budget away."""
    with door() as parts:
        parts.budgets.remove(visitor.actor(), period, organisation=organisation)


# names


@_kept
def organisations() -> Mapping[str, str]:
    """The names of all organisations, by id; for downloads too, which are made when no visitor is there to be asked."""
    with door() as parts:
        tops = parts.places.tree(COMMAND_LINE, archived=True)
    return {one.organization_id: one.name for top in tops for one in _within(top)}


def names(by: By) -> Mapping[str, str]:
    """What ids are called, where a dimension has ids."""
    if by is By.ORGANISATION:
        return {**organisations(), NONE: "No organisation"}
    return {**topics(), NONE: "No topic"} if by is By.TOPIC else {}


def _within(place: OrganizationView) -> list[OrganizationView]:
    return [place, *(inner for part in place.organizations for inner in _within(part))]
