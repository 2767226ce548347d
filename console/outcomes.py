"""Requests that came to something else than a lesson: asked back, out of scope, failed, cancelled."""

import streamlit as st

from console import asking, controls, tables
from console.literal import literal
from console.rights import right
from pipeline.domain import Clarification, Status
from pipeline.organisation import Permission
from pipeline.tracking import RequestView


def show(view: RequestView) -> None:
    """What happened, and the way on."""
    shown = {
        Status.CLARIFICATION_NEEDED: _asked_back, Status.OUT_OF_SCOPE: _declined, Status.FAILED: _failed,
        Status.CANCELLED: _cancelled,
    }
    shown[view.status](view)
    if view.stages:
        with st.expander("What was done"):
            st.html(tables.stages(view))


def try_again(view: RequestView, key: str = "try_again") -> None:
    """A button that submits the same request anew."""
    if st.button("Try again", type="primary", icon=":material/refresh:", key=key, **right(Permission.GENERATE)):
        asking.submit(asking.again(view.request))


def _asked_back(view: RequestView) -> None:
    asked = view.lesson.clarification if view.lesson else None
    if asked is None:
        return _failed(view)
    with st.container(border=True):
        st.subheader(literal(asked.question), anchor=False)
        st.caption("Choose one; the rest of the request stays as it is.")
        with st.container(horizontal=True):
            for number, option in enumerate(asked.options):
                if st.button(literal(option), key=f"option_{number}", **right(Permission.GENERATE)):
                    asking.submit(asking.again(view.request, **_chosen(asked, number)))
    _reword(view)


def _chosen(asked: Clarification, number: int) -> dict[str, object]:
    """What is different in the request that follows the choice: the topic, or the question where no topic was named."""
    if number < len(asked.topic_ids):
        return {"topic_hint": asked.topic_ids[number]}
    return {"student_query": f"Explain {asked.options[number]}"}


def _declined(view: RequestView) -> None:
    st.info(literal(_reason(view)), icon=":material/block:")
    _reword(view)


def _failed(view: RequestView) -> None:
    st.error(literal(_reason(view)), icon=":material/error:")
    with st.container(horizontal=True):
        try_again(view)
        _reword(view)


def _cancelled(view: RequestView) -> None:
    st.info("This request was cancelled. What it had finished is kept and used again.", icon=":material/stop_circle:")
    with st.container(horizontal=True):
        try_again(view)
        _reword(view)


def _reason(view: RequestView) -> str:
    failed = view.lesson.failed_modalities.values() if view.lesson else ()
    told = view.error or (view.lesson.reason if view.lesson else "") or " ".join(dict.fromkeys(failed))
    return told or "The record does not say why."


def _reword(view: RequestView) -> None:
    st.button("Change the question", icon=":material/edit:", key="reword", on_click=controls.fill_from,
              args=(view.request,))
