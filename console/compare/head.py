"""The head of a comparison: what it is, how far it is, and what can be done with it."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

from console import loaders, words
from console.compare import address, sending
from console.faults import told
from console.literal import literal
from console.loaders import compare
from console.organisation import changes
from console.organisation.labels import number
from console.rights import right
from pipeline.comparison import ComparisonView, State, label
from pipeline.domain import Status
from pipeline.organisation import Permission

REFRESH_SECONDS = 3.0
_SHOWN = 6
_STATES: Mapping[State, str] = {
    State.RUNNING: "Running", State.UNSENT: "Not all in the queue", State.DONE: "Done", State.CANCELLED: "Cancelled",
}
_COLOURS: Mapping[State, Literal["blue", "orange", "green", "gray"]] = {
    State.RUNNING: "blue", State.UNSENT: "orange", State.DONE: "green", State.CANCELLED: "gray",
}


def show(view: ComparisonView) -> None:
    """Name, state, actions; and while it runs, how far it is."""
    st.button("All comparisons", icon=":material/arrow_back:", type="tertiary", key="all_comparisons",
              on_click=address.open_comparison, args=(None,))
    st.subheader(literal(view.name), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(_STATES[view.state], color=_COLOURS[view.state])
        by = f" by {view.author}" if view.author else ""
        st.caption(literal(f"{' · '.join(label(variant) for variant in view.variants)} · made {words.ago(view.created_at)}{by}"),
                   help=words.exact(view.created_at), width="content")
    _actions(view)
    sending.show(view)
    if view.state in (State.RUNNING, State.UNSENT):
        _follow(view)


def state(known: State) -> str:
    """The state in words."""
    return _STATES[known]


def _actions(view: ComparisonView) -> None:
    comparison_id = view.comparison_id
    with st.container(horizontal=True, gap="small", key="comparison_actions"):
        with st.popover("Copy link", icon=":material/link:"):
            st.code(f"{(st.context.url or '').split('?')[0]}?{address.COMPARISON}={comparison_id}", language=None)
        if view.state is State.RUNNING or view.state is State.UNSENT:
            if st.button("Cancel", icon=":material/stop_circle:", key="comparison_cancel",
                         **right(Permission.GENERATE, disabled=view.cancelled_at is not None,
                                 help="Stops what is under way; what is made stays.")):
                changes.make(lambda: compare.cancel(comparison_id), "It was asked to stop.")
        elif _lost(view) and st.button("Make the missing ones", icon=":material/replay:", key="comparison_again",
                                       **right(Permission.GENERATE, help="Failed and cancelled lessons are asked for anew.")):
            changes.make(lambda: compare.again(comparison_id), "", then=lambda _: sending.want(comparison_id))


def _lost(view: ComparisonView) -> bool:
    return any(item.status is None or item.status in (Status.FAILED, Status.CANCELLED) for item in view.items)


def _follow(view: ComparisonView) -> None:
    @st.fragment(run_every=REFRESH_SECONDS)
    @told
    def watched() -> None:
        now = compare.find(view.comparison_id)
        if now is None or now.state is not view.state or now.decided != view.decided:
            st.rerun()
        else:
            _progress(now)

    watched()


def _progress(view: ComparisonView) -> None:
    done, whole = view.decided, len(view.items)
    stopping = "Stopping after the present steps. " if view.cancelled_at else ""
    st.progress(done / whole, text=f"{stopping}{done} of {number(whole, 'lesson')} decided")
    running = [item for item in view.items if item.status is Status.RUNNING and item.request_id][:_SHOWN]
    for item in running:
        request = loaders.watch(item.request_id or "")
        if request is not None and request.current_stage is not None:
            of = f"{item.question}. " if len(view.questions) > 1 else ""
            st.caption(literal(f"{of}{label(view.variants[item.variant - 1])}: {words.STAGES[request.current_stage]}, "
                               f"{request.progress:.0%}"))
    if not running and done < whole and not view.cancelled_at:
        st.caption("Nothing of it is being made at this moment. If nothing moves, no worker is running: start one with "
                   "`python -m pipeline worker`.")
