"""The overview: today until this minute, the same weekday a week ago until the same minute, and how things stand now.

Everybody who looks shares what was read: today is at most ten seconds old, the other day does not change any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import streamlit as st

from console.loaders import costs, deployments, incidents
from console.loaders.door import door
from console.loaders.workers import Floor
from console.loaders.workers import floor as look_around
from console.overview.day import Day
from console.overview.errors import NewErrors, fresh
from pipeline.deployments import Alarm
from pipeline.domain import Status
from pipeline.ledger import BOOK, BudgetState, By, Where
from pipeline.ledger.hours import Decided, decided
from pipeline.ledger.savings import SavedBy
from pipeline.prices import read_book
from pipeline.report import Estimate
from pipeline.tracking import Filter, Search, Speed

TODAY_SECONDS, MINUTE_SECONDS, PAST_SECONDS = 8, 60, 12 * 3600
HOUR = timedelta(hours=1)
LOOKED_AT = 200
"""How many of the newest groups are looked at for those of today."""
_today = st.cache_data(ttl=TODAY_SECONDS, show_spinner=False, max_entries=10)
_minute = st.cache_data(ttl=MINUTE_SECONDS, show_spinner=False, max_entries=10)
_past = st.cache_data(ttl=PAST_SECONDS, show_spinner=False, max_entries=50)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The requests that were asked for in a part of a day."""

    counts: Mapping[Status, int]
    speeds: Sequence[Speed]
    capped: bool
    """Whether there were more than are counted."""

    @property
    def total(self) -> int:
        """How many."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True)
class Money:
    """What a part of a day cost and saved, in USD."""

    spent: Decimal
    """Under contracts and after credits where it is a whole answer of the ledger, as the page Costs tells it."""
    listed: Decimal
    """At the book's prices: what can be compared with a part of a day."""
    unpriced: int
    """How many kinds of usage have no price and are in no sum; of the day a week ago, whether there was any."""
    saved: Estimate
    book: str


def ever_asked() -> bool:
    """Whether there is any request in the record."""
    with door() as parts:
        return bool(Search(parts.engine).page(Filter(), rows=1).lines)


# today and the day to compare with


def asked(day: Day) -> Asked:
    """What was asked for today."""
    return _asked_today(day.since)


def asked_before(day: Day) -> Asked:
    """What was asked for a week ago, until the same time."""
    return _asked_before(day.before.since, day.before.until)


def money(day: Day) -> Money:
    """What today cost and saved, as the page Costs tells it."""
    until = day.date + timedelta(days=1)
    spent = costs.spend(day.date, until, by=By.STAGE, book=BOOK, where=Where()).total
    saved = costs.saved(day.date, until, by=SavedBy.MODALITY, book=BOOK).saved
    paid = spent.listed if spent.effective is None else spent.effective
    return Money(spent=paid, listed=spent.listed, unpriced=len(spent.unpriced), saved=saved, book=BOOK)


def money_before(day: Day) -> Money:
    """What was decided a week ago until the same time, what it had cost by then, and what it saved."""
    parts_of_day = [(_whole_hour if until - since == HOUR else _begun_hour)(since, until) for since, until in _hours(day.before)]
    skipped = [group for part in parts_of_day for group in part.skipped]
    with door() as parts:
        saved = parts.savings.learned(BOOK).many(skipped)
    listed = sum((part.listed for part in parts_of_day), Decimal(0))
    return Money(spent=listed, listed=listed, book=BOOK, saved=saved, unpriced=sum(not part.whole for part in parts_of_day))


@_today
def _asked_today(since: datetime) -> Asked:
    return _asked(Filter(since=since))


@_minute
def _asked_before(since: datetime, until: datetime) -> Asked:
    return _asked(Filter(since=since, until=until))


def _asked(wanted: Filter) -> Asked:
    with door() as parts:
        search = Search(parts.engine)
        return Asked(counts=search.counts(wanted), speeds=search.speeds(wanted), capped=search.looked_through(wanted) is not None)


@_past
def _whole_hour(since: datetime, until: datetime) -> Decided:
    return _decided(since, until)


@_minute
def _begun_hour(since: datetime, until: datetime) -> Decided:
    return _decided(since, until)


def _decided(since: datetime, until: datetime) -> Decided:
    with door() as parts:
        return decided(parts.engine, since, until, read_book(BOOK))


def _hours(day: Day) -> list[tuple[datetime, datetime]]:
    """Each hour of the day until its end; only the last one is a new question from minute to minute."""
    begins = [day.since + number * HOUR for number in range(24)]
    return [(begin, min(begin + HOUR, day.until)) for begin in begins if begin < day.until]


# how things stand


@_today
def floor() -> Floor:
    """Workers, queues and dead letters at this moment."""
    return look_around()


@_minute
def budgets() -> Sequence[BudgetState]:
    """How each budget stands."""
    return costs.budgets()


def organisations(states: Sequence[BudgetState]) -> Mapping[str, str]:
    """The names of the organisations that have a budget."""
    return costs.organisations() if any(state.budget.organisation for state in states) else {}


@_today
def errors(since: datetime) -> NewErrors:
    """Which groups of errors are new today."""
    if incidents.first_line() is None:
        return NewErrors(read=False)
    found = incidents.newest(since, LOOKED_AT)
    return NewErrors(groups=fresh(found.groups, since), lines=found.every_error, found=found.found)


@_today
def alarms() -> Sequence[Alarm]:
    """What the logs say that somebody should look at now."""
    return deployments.alarms()
