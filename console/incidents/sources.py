"""Where lines come from: what each source brought, when it was read last, what could not be read, and reading it now."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from console import words
from console.literal import literal
from console.loaders import incidents, pulling
from console.organisation.labels import number
from console.rights import right
from pipeline.incidents import Pulled, SourceState
from pipeline.organisation import Permission

WATCHED_SECONDS = 1.0
ENDED = "_pull_ended"
PULL = "python -m pipeline logs pull"


def show() -> None:
    """The tab."""
    found = incidents.sources()
    if not found:
        st.info(f"Nothing was read yet. Read what the processes of this machine wrote: press Pull, or `{PULL}`. "
                f"From elsewhere: `{PULL} --source FILE`, a folder, or a dump of `gcloud logging read --format=json`.",
                icon=":material/download:")
        return
    counts = ("Lines", "Errors", "Others", "Unparsed", "Read before")
    st.dataframe(frame(found), hide_index=True, key="sources_table", row_height=38, column_config={
        **{name: st.column_config.NumberColumn(format="localized") for name in counts},
        "Source": st.column_config.TextColumn(width="large"), "Last line": st.column_config.DatetimeColumn(format="distance"),
        "Last pull": st.column_config.DatetimeColumn(format="distance")})
    st.caption("Lines = errors + others + unparsed. Read before: lines that came again, from here or elsewhere; they count once.")
    for state in found:
        if state.fault:
            st.error(literal(f"{state.name}: {state.fault}"), icon=":material/error:")


def frame(found: Sequence[SourceState]) -> pd.DataFrame:
    """A row per source."""
    return pd.DataFrame([
        {"Source": one.name, "Lines": one.lines, "Errors": one.errors, "Others": one.others, "Unparsed": one.unparsed,
         "Read before": one.duplicates, "Last line": one.last_line, "Last pull": one.last_pull}
        for one in found
    ])


def pull() -> pulling.Pulling:
    """How far the last pull is: taken before anything else is read, which is read anew where one has ended since."""
    state = pulling.state()
    if state.ended_at != st.session_state.get(ENDED):
        st.session_state[ENDED] = state.ended_at
        incidents.look_again()
    return state


def pull_button(state: pulling.Pulling, now: datetime) -> None:
    """Reading everything now, in the background; what it brought so far."""
    last = max((one.last_pull for one in incidents.sources() if one.last_pull), default=None)
    if st.button("Pull", icon=":material/sync:", key="pull", **right(
            Permission.INCIDENTS, disabled=state.running and not state.by_itself,
            help="Read what is new in the logs, in the background. While somebody looks, this is done about once a minute.")):
        pulling.start()
        st.rerun()
    if state.running and not state.by_itself:
        _watch()
    elif state.ended_at is not None and not state.by_itself:
        st.caption(literal(told(state.so_far)), width="content")
    elif last:
        st.caption(f"Last pull {words.ago(last, now)}", width="content")


def told(brought: Pulled) -> str:
    """What a pull brought."""
    new = f", {number(len(brought.new_groups), 'new group')}" if brought.new_groups else ""
    unparsed = f", {brought.unparsed:,} unparsed" if brought.unparsed else ""
    return f"Read {number(brought.lines, 'line')}, {number(brought.errors, 'error')}{unparsed}{new}"


def faults() -> None:
    """The sentences of what could not be read."""
    for sentence in pulling.state().faults:
        st.error(literal(sentence), icon=":material/error:")


@st.fragment(run_every=WATCHED_SECONDS)
def _watch() -> None:
    state = pulling.state()
    if not state.running:
        incidents.look_again()
        st.rerun()
    st.caption(f"Reading… {told(state.so_far)}")
