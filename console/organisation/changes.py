"""How something is changed here: a dialog asks, the service decides, a word says that it is done, Undo takes it back.

The open dialog is kept in the session, so that it stays, with what was typed, until the change is made or it is dismissed.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import streamlit as st

from console.faults import without_password
from console.literal import literal
from console.organisation.labels import sentence
from console.rights import right
from pipeline.errors import PipelineError
from pipeline.organisation import Permission

_OPEN, _DONE = "organisation_dialog", "organisation_done"
Answer = TypeVar("Answer")


class _Dialog(NamedTuple):
    """What is asked."""

    title: str
    body: Callable[..., None]
    arguments: tuple[object, ...]


class _Done(NamedTuple):
    """What was done, and how to take it back."""

    said: str
    undo: Callable[[], object] | None
    told: bool = False


def asks(
    label: str, title: str, body: Callable[..., None], *arguments: object, permission: Permission, icon: str, key: str,
    primary: bool = False, help: str | None = None, disabled: bool = False,  # noqa: A002  Streamlit's word
) -> None:
    """A button that opens a dialog; disabled, with the reason, for whoever may not."""
    st.button(
        label, icon=icon, key=key, type="primary" if primary else "secondary", on_click=open_dialog,
        args=(title, body, *arguments), **right(permission, help=help, disabled=disabled),
    )


def open_dialog(title: str, body: Callable[..., None], *arguments: object) -> None:
    """Have the dialog open at the next run; a callback."""
    st.session_state[_OPEN] = _Dialog(title, body, arguments)


def show_dialog() -> None:
    """The open dialog, if there is one."""
    asked = st.session_state.get(_OPEN)
    if asked is not None:
        st.dialog(asked.title, on_dismiss=close)(_body)(asked)


def close() -> None:
    """Have no dialog open; a callback."""
    st.session_state.pop(_OPEN, None)


def make(
    change: Callable[[], Answer], said: str, *, undo: Callable[[], object] | None = None,
    then: Callable[[Answer], object] | None = None,
) -> None:
    """Make the change, leave the dialog and say what was done; when it is refused, the sentence, and all stays as it was.

    `then` gets the answer, to show it; without `said` the page itself shows what was done.
    """
    try:
        answer = change()
    except PipelineError as fault:
        refuse(fault)
        return
    close()
    if then is not None:
        then(answer)
    st.session_state[_DONE] = _Done(said, undo)
    st.rerun()


def refuse(fault: PipelineError) -> None:
    """The sentence of a refusal."""
    st.error(literal(without_password(sentence(fault))), icon=":material/error:")


def show_done() -> None:
    """What was just done, once; and Undo until something else is done or looked at."""
    done = st.session_state.get(_DONE)
    if done is None:
        return
    if done.said and not done.told:
        st.toast(literal(done.said), icon=":material/check:")
        st.session_state[_DONE] = done._replace(told=True)
    if done.undo is not None:
        with st.container(key="done", horizontal=True, vertical_alignment="center"):
            st.markdown(literal(done.said), width="content")
            st.button("Undo", icon=":material/undo:", key="undo", type="tertiary", on_click=_take_back, args=(done.undo,))


def forget() -> None:
    """Nothing was just done, and nothing is asked: for whoever looks at something else."""
    st.session_state.pop(_DONE, None)
    close()


def _take_back(undo: Callable[[], object]) -> None:
    try:
        undo()
    except PipelineError as fault:
        st.session_state[_DONE] = _Done(sentence(fault), None)
    else:
        st.session_state[_DONE] = _Done("Taken back.", None)


def _body(asked: _Dialog) -> None:
    try:
        asked.body(*asked.arguments)
    except PipelineError as fault:
        refuse(fault)
