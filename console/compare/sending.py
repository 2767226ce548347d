"""The way of a comparison into the queue: some items at a time, so that a large set shows how far it is."""

import streamlit as st

from console.loaders import compare
from console.organisation import changes
from console.rights import right
from pipeline.comparison import ComparisonView, State
from pipeline.organisation import Permission

_WANTED = "comparison_to_send"


def want(comparison_id: str) -> None:
    """Have it sent when it is shown next."""
    st.session_state[_WANTED] = comparison_id


def show(view: ComparisonView) -> None:
    """Send what was just made; else, where something never came into the queue, a button for it."""
    if view.state is not State.UNSENT:
        return
    unsent = sum(item.request_id is None for item in view.items)
    if st.session_state.pop(_WANTED, None) == view.comparison_id:
        _send(view.comparison_id, unsent)
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key="comparison_unsent"):
        st.warning(f"{unsent} of {len(view.items)} lessons never came into the queue.", icon=":material/outbox:")
        if st.button("Put them into the queue", icon=":material/send:", key="comparison_send", **right(Permission.GENERATE)):
            changes.make(lambda: want(view.comparison_id), "")


def _send(comparison_id: str, unsent: int) -> None:
    bar = st.progress(0.0, text="Putting the lessons into the queue")
    left = unsent
    while left:
        left = compare.send(comparison_id)
        bar.progress(1 - left / unsent, text="Putting the lessons into the queue")
