"""Deployments: what each deploy fixed, broke and unmasked, its checklist, and the baseline. `?build=ID` shows one alone."""

from datetime import UTC, datetime

import streamlit as st

from console.deployments import baseline, listing
from console.faults import told
from console.incidents import alarms
from console.loaders import deployments
from console.organisation import changes
from console.overview import cards

TAB, TABS = "tab", ("Deploys", "Baseline")


@told
def alarming() -> None:
    """What somebody should look at now."""
    if found := alarms.notices(deployments.alarms()):
        st.html(cards.notices(found))


@told
def deploys(now: datetime) -> None:
    """The tab Deploys."""
    listing.show(now)


@told
def measured(now: datetime) -> None:
    """The tab Baseline."""
    baseline.show(now)


moment = datetime.now(UTC)
st.title("Deployments", anchor=False)
changes.show_done()
alarming()
for tab, show in zip(st.tabs(TABS, key=TAB, bind="query-params"), (deploys, measured), strict=True):
    if tab.open:
        with tab:
            show(moment)
changes.show_dialog()
