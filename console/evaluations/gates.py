"""The tab Gates: what every finished run said of its variants, over time; runs of retrieval beside those of prompts."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console.evaluations import address, figures
from console.evaluations.figures import Gate
from console.loaders import evaluations
from console.retrieval.wording import COLOURS, FATES
from pipeline.evaluation import Fate

COMMAND = "python -m pipeline evaluate gate --experiment RUN"
_ROW_HEIGHT, _ROWS_SEEN = 38, 14


def show() -> None:
    """The time line and its table."""
    prompts, retrieval = evaluations.gates(), evaluations.retrieval_runs()
    found = [
        *(Gate(one.line.created_at, f"{one.variant} against {one.line.baseline}, {one.line.dataset}", one.verdict.fate,
               one.verdict.said) for one in prompts),
        *(Gate(line.about.at, f"retrieval on {line.about.corpus}", line.verdict.fate, line.verdict.said) for line in retrieval)]
    if not found:
        st.info(f"No run is finished yet. `{COMMAND}` says of a finished run whether a variant may go into production; its exit "
                "code is the verdict.", icon=":material/door_front:")
        return
    ids = [*(one.line.run_id for one in prompts), *(f"{address.RETRIEVAL}{line.run_id}" for line in retrieval)]
    order = sorted(range(len(found)), key=lambda place: found[place].at, reverse=True)
    st.plotly_chart(figures.gates(found), key="evaluations_gates", config={"displayModeBar": False},
                    alt="The verdict on every variant over time")
    _table([found[place] for place in order], [ids[place] for place in order])


def frame(found: Sequence[Gate]) -> pd.DataFrame:
    """A row per verdict."""
    return pd.DataFrame([{"Verdict": [FATES[one.fate]], "When": one.at, "Of": one.row, "Why": one.said} for one in found])


def _table(found: Sequence[Gate], ids: Sequence[str]) -> None:
    config = st.column_config
    event = st.dataframe(
        frame(found), hide_index=True, on_select="rerun", selection_mode="single-cell", key="evaluations_gate_table",
        row_height=_ROW_HEIGHT, height=min(len(found), _ROWS_SEEN) * _ROW_HEIGHT + 38, alt="The verdicts, the newest first",
        column_config={
            "Verdict": config.MultiselectColumn(options=[FATES[fate] for fate in Fate], width=130,
                                                color=[COLOURS[fate] for fate in Fate]),
            "When": config.DatetimeColumn(format="distance", width=120), "Of": config.TextColumn(width=300),
            "Why": config.TextColumn(width=520)})
    st.caption(f"Click a row to open the run. `{COMMAND}` gives the same verdict of a run of prompts as an exit code.")
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(ids):
        address.open_run(ids[cells[0][0]])
        st.rerun()
