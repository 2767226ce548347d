"""Requests: where each one is, how many succeed and how fast; `?request=ID` opens one, the rest of the address filters."""

import streamlit as st

from console.faults import told
from console.loaders import requests
from console.organisation import changes
from console.requests import bar, bulk, filters, listing, numbers, one


@told
def everything() -> None:
    """The filter, its figures and its requests."""
    st.title("Requests", anchor=False)
    wanted = filters.controls()
    bar.show()
    numbers.show(requests.numbers(wanted))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        bulk.show(wanted)
        listing.export(wanted)
        st.button("Refresh", icon=":material/refresh:", type="tertiary", key="requests_refresh")
        filters.clearing()
    listing.show(wanted)


@told
def single(request_id: str) -> None:
    """One request."""
    st.title("Request", anchor=False)
    one.show(request_id)


changes.show_done()
wanted_id = filters.shown_id()
if wanted_id is None:
    everything()
else:
    single(wanted_id)
changes.show_dialog()
