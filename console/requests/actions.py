"""What can be done about one request: stop it, run it again, run it again from a stage on, answer what it asked back."""

from collections.abc import Callable

import streamlit as st

from console import loaders, words
from console.literal import literal
from console.loaders import requests
from console.organisation import changes
from console.requests import filters, keeping
from console.rights import right
from pipeline.allowance import plan
from pipeline.domain import Clarification, Stage, Status
from pipeline.organisation import Permission
from pipeline.requests import QUERY_CHARACTERS
from pipeline.tracking import RequestView


def show(view: RequestView) -> None:
    """The buttons that make sense now."""
    asked = view.lesson.clarification if view.lesson else None
    with st.container(horizontal=True, gap="small", key="request_actions"):
        if not view.status.decided:
            _cancel(view)
        else:
            _again(view)
            keeping.show(view)
        _relatives(view)
    if view.status is Status.CLARIFICATION_NEEDED and asked is not None:
        _clarify(view, asked)


def _cancel(view: RequestView) -> None:
    request_id = view.request.request_id
    if st.button("Cancel", icon=":material/stop_circle:", key="cancel_request",
                 **right(Permission.GENERATE, disabled=view.cancel_requested, help="Stops after the present step.")):
        changes.make(lambda: loaders.cancel(request_id), "It was asked to stop.")


def _again(view: RequestView) -> None:
    request_id = view.request.request_id
    if st.button("Run again", icon=":material/replay:", key="run_again",
                 **right(Permission.GENERATE, help="A new request with the same question; this one stays as it is.")):
        go(lambda: requests.again(request_id))
    with st.popover("Run again from …", icon=":material/step_into:"):
        st.caption("What the stages before it made is used again, and not billed again.")
        stage = st.selectbox("From this stage on", plan(view.request), key="from_stage", format_func=words.STAGES.__getitem__)
        if st.button("Run again from here", type="primary", key="run_again_from", **right(Permission.GENERATE)):
            chosen: Stage = stage
            go(lambda: requests.again(request_id, chosen))


def _relatives(view: RequestView) -> None:
    for label, other in (("The first run", view.rerun_of), ("The lesson it corrects", view.request.revision_of)):
        if other:
            st.button(label, icon=":material/undo:", type="tertiary", key=f"open_{label}", on_click=filters.open_request,
                      args=(other,))


def _clarify(view: RequestView, asked: Clarification) -> None:
    request_id = view.request.request_id
    with st.container(border=True, key="clarify"):
        st.markdown(f"**It asked back:** {literal(asked.question)}")
        with st.container(horizontal=True):
            for place, option in enumerate(asked.options):
                if st.button(literal(option), key=f"clarify_{place}", **right(Permission.GENERATE)):
                    go(lambda option=option: requests.clarify(request_id, option=option))  # type: ignore[misc]
        query = st.text_input("Or another question", key="clarify_query", max_chars=QUERY_CHARACTERS[1])
        if st.button("Ask this instead", key="clarify_ask", **right(Permission.GENERATE, disabled=not query.strip())):
            go(lambda: requests.clarify(request_id, query=query))


def go(make: Callable[[], str]) -> None:
    """Make the new request and show it; Undo stops it and goes back."""
    made: list[str] = []
    before = filters.shown_id()

    def kept() -> str:
        made.append(make())
        return made[0]

    def stop() -> None:
        loaders.cancel(made[0])
        filters.open_request(before)

    changes.make(kept, "A new request was made. This is it.", then=filters.open_request, undo=stop)
