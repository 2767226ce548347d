"""The part Preview: a version, or what is being typed, filled in with what a real request filled in; with its tokens."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from console import words
from console.literal import literal
from console.loaders import prompts
from console.organisation.labels import number
from console.prompts import address, choosing, drafts, faults, marking, wording
from pipeline.errors import PipelineError
from pipeline.prompts import SLOTS, PromptText, diff
from pipeline.registry import Entry, Version
from pipeline.tracking import Asking

EXAMPLE = "The longest that happens, by the slot's example"


def show(entry: Entry, versions: Sequence[Version]) -> None:
    """What a model would get."""
    askings = [one for one in prompts.askings(entry.name) if one.asked.variables]
    left, right = st.columns(2)
    with left:
        text = _text(entry, versions)
    with right:
        asking = _choose(askings)
    if text is None:
        return
    variables = asking.asked.variables if asking else dict(SLOTS[entry.name].offered)
    _filled(text, variables, asking)
    _variables(variables, text)


def given(text: PromptText, variables: Mapping[str, object]) -> dict[str, object]:
    """Those of the variables that the text declares: a version may leave some out."""
    return {name: value for name, value in variables.items() if name in text.variables}


def _text(entry: Entry, versions: Sequence[Version]) -> PromptText | None:
    draft = drafts.kept(entry.name)
    if draft is not None and st.toggle("What is being typed under Edit", value=True, key="preview_draft"):
        read = draft.read(entry.name)
        if isinstance(read, PromptText):
            return read
        faults.show(read)
        return None
    return choosing.version("Version", versions, address.VERSION, entry.production).text


def _choose(askings: Sequence[Asking]) -> Asking | None:
    known = {one.request_id: one for one in askings}
    said = address.said(address.REQUEST)
    choices = ["", *known] if not said or said in known else ["", *known, said]
    st.session_state["preview_request"] = said
    st.selectbox("With the variables of", choices, key="preview_request", on_change=_chosen,
                 format_func=lambda request_id: _told(known.get(request_id)) if request_id in known else
                 f"{request_id}: it did not ask with this prompt" if request_id else EXAMPLE)
    if not askings:
        st.caption("No request of this machine has asked with this prompt yet. Make a lesson, and it stands here.")
    return known.get(said)


def _chosen() -> None:
    address.put(address.REQUEST, str(st.session_state["preview_request"]))


def _told(asking: Asking | None) -> str:
    return f"{wording.cut(asking.question, 80)} · {words.ago(asking.at)}" if asking else ""


def _filled(text: PromptText, variables: Mapping[str, object], asking: Asking | None) -> None:
    try:
        found = prompts.preview(text, given(text, variables))
    except PipelineError as fault:
        st.error(literal(str(fault)), icon=":material/error:")
        return
    with st.container(horizontal=True, gap="small", key="preview_numbers"):
        st.metric("Tokens to read", "–" if found.tokens is None else f"{found.tokens:,}", border=True, width="content",
                  help=found.why or "As the model's own tokeniser counts them, the chat form included.")
        st.metric("Tokens to write, at most", f"{text.max_tokens:,}", border=True, width="content")
    st.markdown(f"**{wording.PARTS['system']}**")
    st.html(marking.plain(found.prompt.system))
    st.markdown(f"**{wording.PARTS['user']}**")
    st.html(marking.plain(found.prompt.user))
    if asking and (asking.asked.user, asking.asked.system) != (found.prompt.user, found.prompt.system):
        with st.expander(f"Against what the model got then, in version {asking.asked.version}", key="preview_then"):
            st.html(marking.compared(diff(asking.asked.system, found.prompt.system)))
            st.html(marking.compared(diff(asking.asked.user, found.prompt.user)))


def _variables(variables: Mapping[str, object], text: PromptText) -> None:
    with st.expander(number(len(variables), "variable"), key="preview_variables"):
        st.dataframe(pd.DataFrame([
            {"Variable": name, "Holds": _plain(value), "Used": name in text.variables} for name, value in variables.items()
        ]), hide_index=True, key="preview_table", row_height=38, column_config={"Holds": st.column_config.TextColumn(width=560)})


def _plain(value: object) -> str:
    return value if isinstance(value, str) else str(value)
