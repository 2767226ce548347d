"""Evaluations: runs of prompts and of retrieval, two variants question by question, the judge, gates, a new run. All is in the
address."""

from collections.abc import Callable, Mapping

import streamlit as st

from console.evaluations import address, comparing, gates, judged, listing, one_run, starting
from console.faults import told
from console.organisation import changes


@told
def runs() -> None:
    """The tab Runs: one run, or all."""
    if run_id := address.said(address.RUN):
        one_run.show(run_id)
    else:
        listing.show()


address.arrive()
st.title("Evaluations", anchor=False)
changes.show_done()
shows: Mapping[str, Callable[[], None]] = {
    address.RUNS: runs, address.COMPARE: told(comparing.show), address.JUDGE: told(judged.over_all),
    address.GATES: told(gates.show), address.START: told(starting.show),
}
for name, tab in zip(address.TABS, st.tabs(address.TABS, key=address.TAB, bind="query-params"), strict=True):
    if tab.open:
        with tab:
            shows[name]()
changes.show_dialog()
