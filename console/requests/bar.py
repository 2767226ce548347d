"""Requests behind a bar of the page Costs: what of it no control of this page tells, each with the way back."""

import streamlit as st

from console import words
from console.requests import filters


def show() -> None:
    """When and in which stage something was used, where the address says so."""
    spent, stage = filters.spent_on(), filters.used_in()
    if spent is None and stage is None:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="requests_bar"):
        st.caption("Only requests that used something", width="content")
        if spent is not None:
            _way_back(f"on {spent.label}" if spent.first else spent.label, filters.SPENT)
        if stage is not None:
            _way_back(f"in {words.STAGES[stage]}", filters.USED)


def _way_back(label: str, name: str) -> None:
    st.button(label, key=f"widen_{name}", icon=":material/close:", on_click=filters.widen, args=(name,),
              help="Show the others again.")
