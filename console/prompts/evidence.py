"""What speaks for a promotion: an evaluation that passed, or a named person's reason to do without."""

from typing import NamedTuple

import streamlit as st

from console import words
from console.loaders import prompts
from console.prompts import wording

BY_RUN, WITHOUT = "An evaluation that passed", "No evaluation, and a reason"


class Speaks(NamedTuple):
    """One of both."""

    run_id: str
    override: str


def choose() -> Speaks:
    """The controls, and what they say."""
    lines = prompts.runs()
    way = st.segmented_control("What speaks for it", (BY_RUN, WITHOUT), default=BY_RUN, required=True, key="promote_way")
    if way == WITHOUT:
        st.caption("Your name and this reason stand with the version from then on.")
        why = st.text_input("Reason", key="promote_reason", max_chars=wording.WHY_CHARACTERS)
        return Speaks("", why)
    told = {line.run_id: f"{line.name or line.dataset} · {' against '.join(line.variants)} · {words.ago(line.created_at)}"
            for line in lines}
    chosen = st.selectbox("Evaluation", list(told), key="promote_run", index=None, placeholder="Choose a run",
                          format_func=lambda run_id: told.get(run_id, run_id))
    if not told:
        st.caption("Nothing was evaluated yet: `python -m pipeline evaluate prompts --help` says how.")
    return Speaks(str(chosen or ""), "")
