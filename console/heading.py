"""The head of a request: its question, its state, and what can be done with it."""

import streamlit as st

from console import asking, bundle, controls, loaders, words
from console.literal import literal
from pipeline.domain import Lesson
from pipeline.tracking import RequestView

TITLE_CHARACTERS = 100


def show(view: RequestView) -> None:
    """Question, state, and the actions."""
    request = view.request
    written = st.title if len(request.student_query) <= TITLE_CHARACTERS else st.subheader
    written(literal(request.student_query), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(words.STATES[view.status], color=words.STATE_COLOURS[view.status])
        st.caption(literal(_asked(view)), help=words.exact(view.created_at), width="content")
    with st.container(horizontal=True, gap="small"):
        _actions(view)
        st.button("New lesson", icon=":material/add:", key="new", on_click=asking.show, args=(None,))
    _versions(view)


def _asked(view: RequestView) -> str:
    request = view.request
    made = ", ".join(words.MODALITIES[modality].lower() for modality in request.requested_modalities)
    likes = f", likes {request.interest}" if request.interest else ""
    return f"Grade {request.grade_level}{likes} · {made} · {words.ago(view.created_at)}"


def _actions(view: RequestView) -> None:
    with st.popover("Copy link", icon=":material/link:"):
        st.code(asking.link(view.request.request_id), language=None)
    if view.lesson and view.lesson.script:
        lesson: Lesson = view.lesson
        st.download_button("Download all", lambda: bundle.zipped(view, lesson), bundle.file_name(view),
                           "application/zip", icon=":material/download:", on_click="ignore", key="download")
    if view.lesson and view.lesson.script:
        st.button("Ask with changes", icon=":material/edit:", key="changes", on_click=controls.fill_from,
                  args=(view.request,))


def _versions(view: RequestView) -> None:
    earlier = view.request.revision_of
    this = view.request.request_id
    later = [other.request.request_id for other in loaders.recent() if other.request.revision_of == this]
    if earlier is None and not later:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if earlier:
            st.button("Back to the earlier version", icon=":material/undo:", type="tertiary", key="earlier",
                      on_click=asking.show, args=(earlier,))
        for number, request_id in enumerate(later):
            st.button("Open the corrected version", icon=":material/redo:", type="tertiary", key=f"later_{number}",
                      on_click=asking.show, args=(request_id,))
