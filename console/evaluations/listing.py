"""The tab Runs without a run in the address: evaluations of prompts and of retrieval, by what they are about and their state."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import pandas as pd
import streamlit as st

from console.evaluations import address
from console.evaluations.wording import STATE_COLOURS, STATES
from console.loaders import evaluations
from console.organisation.labels import number
from console.retrieval.wording import COLOURS, FATES
from console.words import Colour
from pipeline.evaluation import Fate
from pipeline.evaluation import RunLine as RetrievalLine
from pipeline.experiments import RunLine

PROMPTS, RETRIEVAL = ABOUT = ("Prompts", "Retrieval")
COMMAND = "python -m pipeline evaluate prompts --dataset lessons --variants production,plain"
_ROW_HEIGHT, _ROWS_SEEN = 40, 14
_MEASURED = "Measured"
_TAGS: dict[str, Colour] = {FATES[fate]: COLOURS[fate] for fate in FATES}


class Listed(NamedTuple):
    """A run of either kind, in a line."""

    run: str
    about: str
    name: str
    state: str
    at: datetime
    by: str
    over: str
    compared: str
    fate: Fate | None
    said: str


def show() -> None:
    """All runs, or those that are filtered."""
    lines = [*map(_prompts, evaluations.runs()), *map(_retrieval, evaluations.retrieval_runs())]
    if not lines:
        st.info(f"Nothing was evaluated yet. Start a run on the tab Start, or with `{COMMAND}`, or in the notebook "
                "`notebooks/prompt_evaluation.ipynb`; each run stands here from then on.", icon=":material/science:")
        return
    found = _filtered(sorted(lines, key=lambda line: line.at, reverse=True))
    if not found:
        st.caption("No run fits the filter.")
        return
    _table(found)


def frame(lines: Sequence[Listed]) -> pd.DataFrame:
    """A row per run."""
    return pd.DataFrame([
        {"Run": line.name, "About": line.about, "State": [line.state], "Verdict": [FATES[line.fate]] if line.fate else [],
         "When": line.at, "Over": line.over, "Compared": line.compared, "Why": line.said, "By": line.by}
        for line in lines
    ])


def _filtered(lines: Sequence[Listed]) -> list[Listed]:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="evaluations_filters"):
        about = address.choose("About", ["", *ABOUT], address.ABOUT, "", told={"": "Any"}, width=160)
        states = list(dict.fromkeys(line.state for line in lines))
        state = address.choose("State", ["", *states], address.STATE, "", told={"": "Any"}, width=160)
    return [line for line in lines if about in ("", line.about) and state in ("", line.state)]


def _prompts(line: RunLine) -> Listed:
    far = f"{line.decided} of {line.lessons} lessons, " if line.decided < line.lessons else ""
    return Listed(
        run=line.run_id, about=PROMPTS, name=line.name, state=STATES[line.state], at=line.created_at, by=line.by,
        over=f"{far}{number(line.questions, 'question')} of {line.dataset}", compared=" against ".join(
            [*(name for name in line.variants if name != line.baseline), line.baseline]),
        fate=line.verdict.fate if line.verdict else None, said=line.verdict.said if line.verdict else "")


def _retrieval(line: RetrievalLine) -> Listed:
    return Listed(
        run=f"{address.RETRIEVAL}{line.run_id}", about=RETRIEVAL, name=f"Retrieval {line.run_id}", state=_MEASURED,
        at=line.about.at, by=line.about.by, over=f"{line.set_name} on {line.about.corpus}",
        compared=", ".join(one.name for one in line.systems), fate=line.verdict.fate, said=line.verdict.said)


def _table(lines: Sequence[Listed]) -> None:
    config = st.column_config
    states = {**{STATES[state]: STATE_COLOURS[state] for state in STATES}, _MEASURED: "gray"}
    event = st.dataframe(
        frame(lines), hide_index=True, on_select="rerun", selection_mode="single-cell", key="evaluations_table",
        row_height=_ROW_HEIGHT, height=min(len(lines), _ROWS_SEEN) * _ROW_HEIGHT + 38, placeholder="",
        alt="The evaluations that were run",
        column_config={
            "Run": config.TextColumn(width=210), "About": config.TextColumn(width=80),
            "State": config.MultiselectColumn(options=list(states), color=list(states.values()), width=115),
            "Verdict": config.MultiselectColumn(options=list(_TAGS), color=list(_TAGS.values()), width=125),
            "When": config.DatetimeColumn(format="distance", width=110), "Over": config.TextColumn(width=190),
            "Compared": config.TextColumn(width=190),
            "Why": config.TextColumn(width=330)})
    st.caption(f"{number(len(lines), 'run')}. Click a row to open it.")
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(lines):
        address.open_run(lines[cells[0][0]].run)
        st.rerun()
    names = {line.run: f"{line.name} · {line.over}" for line in lines}
    st.selectbox("Open a run", list(names), index=None, key="evaluations_open", width=420, placeholder="Open a run",
                 label_visibility="collapsed", format_func=names.__getitem__, on_change=_opened)


def _opened() -> None:
    if run := st.session_state["evaluations_open"]:
        address.open_run(str(run))
