"""Generate: a question becomes a lesson. With `?request=ID` in the address the page shows that request."""

import streamlit as st

from console import asking, controls, heading, history, live, loaders, outcomes, results
from console.faults import told
from console.literal import literal
from pipeline.domain import Status

WITH_LESSON = (Status.COMPLETED, Status.PARTIAL)


@told
def ask() -> None:
    """The form, examples, and what was asked before."""
    st.title("Make a lesson", anchor=False)
    st.caption("A question becomes a text, a narration, boards and a film, all from the library's own passages.")
    request = controls.request_form()
    if request:
        asking.submit(request)
    controls.examples()
    st.space("medium")
    history.show()


@told
def show(request_id: str) -> None:
    """One request, on its way or decided."""
    view = loaders.watch(request_id)
    if view is None:
        st.title("Not found", anchor=False)
        st.markdown(f"There is no request with the id {literal(request_id[:80])} in the record of this machine.")
        st.button("New lesson", icon=":material/add:", key="new", on_click=asking.show, args=(None,))
        return
    heading.show(view)
    if not view.status.decided:
        live.follow(request_id, view.status)
    elif view.lesson and view.status in WITH_LESSON:
        results.show(view, view.lesson)
    else:
        outcomes.show(view)


wanted = asking.shown_id()
if wanted is None:
    ask()
else:
    show(wanted)
