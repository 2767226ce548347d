"""Workers: who works, on what, what waits, and what went wrong. Looks again by itself every few seconds."""

from datetime import UTC, datetime

import streamlit as st

from console.faults import told
from console.literal import literal
from console.loaders import workers
from console.organisation import changes
from console.workers import alerts, cards, letters

REFRESH_SECONDS = 3.0


def floor() -> None:
    """Everything that changes from moment to moment."""
    seen, now = workers.floor(), datetime.now(UTC)
    with st.container(key="alerts", gap="xsmall"):
        for alert in alerts.alerts(seen, now):
            show = st.error if alert.weight == "error" else st.warning
            show(literal(alert.text), icon=":material/error:" if alert.weight == "error" else ":material/warning:")
    st.subheader("Workers", anchor=False)
    if seen.workers:
        st.html(cards.workers(seen.workers, seen.hours, now))
    else:
        st.info(f"No worker ran in the last day. Start one: `{alerts.START}`", icon=":material/person_off:")
    st.subheader("Queues", anchor=False)
    st.html(cards.queues(seen.queues, seen.workers, seen.day, now))
    if seen.breakers:
        st.subheader("Providers", anchor=False)
        st.html(cards.breakers(seen.breakers, now))


def dead() -> None:
    """The dead letters that wait for somebody."""
    st.subheader("Dead letters", anchor=False)
    letters.listed()


@st.fragment(run_every=REFRESH_SECONDS)
@told
def watched() -> None:
    """The floor, which does not fade while it is looked at again."""
    with st.container(key="steady_floor"):
        floor()


@st.fragment(run_every=REFRESH_SECONDS)
@told
def watched_letters() -> None:
    """The letters, which do not fade either."""
    with st.container(key="steady_letters"):
        dead()



st.title("Workers", anchor=False)
changes.show_done()
watched()
told(letters.chosen)()
watched_letters()
changes.show_dialog()
