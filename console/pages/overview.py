"""Overview: today against the same weekday a week ago; every number leads to its page. Looks again by itself."""

from datetime import UTC, datetime

import streamlit as st

from console.faults import told
from console.incidents import alarms
from console.loaders import overview, pulling
from console.overview import asked, cards, errors, first, money, work
from console.overview.day import Day
from console.workers.alerts import is_live

REFRESH_SECONDS = 10.0
FIGURES = """
- **Requests**, **success rate** and **times** are of the requests that were asked for since midnight UTC, and a week ago \
until the same time of day. Success is completed and partial lessons, of these and the failed ones. p95: 19 of 20 lessons \
whose longest form is this took at most so long, from being asked to being made.
- **Spend** is what was used today, finished or not, under contracts and after credits, as on the page Costs. What it is \
compared with is what the requests that were decided by that time a week ago had used by then, at the price book's prices.
- **Saved** is what today's decided requests would have cost more, had each been made as a film: an estimate with a 95 % \
interval, or the planning assumption while there are too few films to learn from.
- **Waiting**, **workers** and **dead letters** are as of now.
- **New errors** are causes that the logs tell of and that were seen for the first time today, as on the page Errors. Logs are \
read about once a minute while somebody looks.
"""


@told
def stoppages(now: datetime) -> None:
    """What stops the work."""
    if found := work.notices(overview.floor(), now):
        st.html(cards.notices(found))


@told
def budgets() -> None:
    """Budgets that somebody should look at."""
    states = overview.budgets()
    if found := money.notices(states, overview.organisations(states)):
        st.html(cards.notices(found))


@told
def lessons(day: Day) -> None:
    """How many, how well, how fast."""
    st.html(cards.grid(asked.cards(day, overview.asked(day), overview.asked_before(day))))


@told
def dollars(day: Day) -> None:
    """What it costs and saves."""
    st.html(cards.grid(money.cards(day, overview.money(day), overview.money_before(day))))


@told
def floor(day: Day, now: datetime) -> None:
    """What waits, who works, what fails."""
    st.html(cards.grid([*work.cards(overview.floor(), now), errors.card(overview.errors(day.since))]))


@told
def alarming() -> None:
    """What the logs say that somebody should look at now."""
    if found := alarms.notices(overview.alarms()):
        st.html(cards.notices(found))


@told
def new_errors(day: Day, now: datetime) -> None:
    """What went wrong today as nothing did before."""
    if found := overview.errors(day.since).groups:
        st.subheader("New errors today", anchor=False)
        st.html(errors.listed(found, now))


def board(now: datetime) -> None:
    """All figures."""
    day = Day.until_minute(now)
    st.caption(f"{day.title} since 00:00 UTC, beside {day.before.title} until the same time of day ({day.until:%H:%M} UTC).")
    with st.container(key="overview_notices", gap="xsmall"):
        stoppages(now)
        alarming()
        budgets()
    st.subheader("Lessons", anchor=False)
    lessons(day)
    left, right = st.columns([2, 4], gap="small")
    with left:
        st.subheader("Money", anchor=False)
        dollars(day)
    with right:
        st.subheader("Work", anchor=False)
        floor(day, now)
    new_errors(day, now)
    with st.expander("What these figures are", key="overview_figures"):
        st.markdown(FIGURES)


@st.fragment(run_every=REFRESH_SECONDS)
@told
def watched() -> None:
    """Everything; it does not fade while it is looked at again."""
    pulling.freshen()
    with st.container(key="steady_overview", gap="small"):
        if overview.ever_asked():
            board(datetime.now(UTC))
        else:
            first.show(sum(is_live(worker) for worker in overview.floor().workers))


st.title("Overview", anchor=False)
watched()
