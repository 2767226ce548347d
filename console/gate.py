"""Before anything of ours is imported: the doctor's look at the models. On a finding the page is the list of them."""

import streamlit as st

from console.literal import literal
from pipeline.checkup import check_models, line_of, serious
from pipeline.doctor import Finding


@st.cache_resource(show_spinner="Looking at the models …")
def _findings() -> tuple[Finding, ...]:
    return check_models().findings


def is_open() -> bool:
    """Whether the console may start; when not, the page says why, and what to change."""
    found = serious(_findings())
    if found:
        st.title("The models need mending", anchor=False)
        st.markdown("Nothing was started, because every page would fail. The doctor found this:")
        for finding in found:
            st.error(literal(line_of(finding)), icon=":material/healing:")
        st.caption("After a change, start the console again. `python -m pipeline doctor` prints the same list.")
    return not found
