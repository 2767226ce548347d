"""The part Flips of a run: questions that pass in one variant and do not in the other, both ways."""

import streamlit as st

from console.evaluations import address
from console.evaluations.frames import flips_frame
from console.evaluations.wording import SIDES, title
from console.organisation.labels import number
from pipeline.experiments import PASSES, RunView, Side

_ROW_HEIGHT, _ROWS_SEEN = 38, 12


def show(view: RunView) -> None:
    """Those that were lost, then those that were gained."""
    if view.results is None or len(view.plan.variants) < 2:
        st.info("It takes two variants and their figures.", icon=":material/hourglass_empty:")
        return
    every = view.results.flips
    names = list(dict.fromkeys(flip.measure for flip in every))
    st.caption(f"A question passes a measure from {PASSES:g} on. Click a row to see what the variants wrote.")
    told = {"": "Any", **{name: title(name) for name in names}}
    measure = address.choose("Measure", ["", *names], address.MEASURE, "", told=told)
    for side in (Side.LOST, Side.GAINED):
        found = [flip for flip in every if flip.side is side and measure in ("", flip.measure)]
        st.subheader(f"{SIDES[side]}: {number(len(found), 'time')}", anchor=False)
        if found:
            event = st.dataframe(flips_frame(found), hide_index=True, on_select="rerun", selection_mode="single-cell",
                                 key=f"evaluation_flips_{side}", row_height=_ROW_HEIGHT,
                                 height=min(len(found), _ROWS_SEEN) * _ROW_HEIGHT + 38,
                                 column_config={"Question": st.column_config.TextColumn(width=380)})
            cells = event["selection"]["cells"]
            if cells and cells[0][0] < len(found):
                address.open_run(view.run_id, address.QUESTIONS, found[cells[0][0]].question_id)
                st.rerun()
        else:
            st.caption("None.")
