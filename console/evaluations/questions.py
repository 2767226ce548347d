"""The part Questions of a run: every question with its score in each variant, and one of them whole."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from console.evaluations import address, one_question
from console.evaluations.wording import EXPECTED, title, value
from console.loaders import evaluations
from console.loaders.evaluations import Scored
from console.organisation.labels import number
from pipeline.experiments import RunView
from pipeline.scoring import SCORERS, Reference, Score

ALL = ""
_ROW_HEIGHT, _ROWS_SEEN = 38, 10


def show(view: RunView) -> None:
    """The questions that fit the filter, and the one of the address."""
    references, scored = evaluations.references(view.run_id), evaluations.scored(view.run_id)
    names = [name for name in SCORERS if any(name in found for found in scored.values())]
    kinds = list(dict.fromkeys(one.kind for one in references.values()))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="evaluation_questions_filter"):
        kind = address.choose("Kind", [ALL, *kinds], address.KIND, ALL, told={ALL: "Any"}, width=200)
        measure = address.choose("Measure", names, address.MEASURE, names[0],
                                 told={name: title(name) for name in names}) if names else ""
    found = [one for one in references.values() if kind in (ALL, one.kind)]
    _table(view, found, scored, measure)
    ids = [one.question_id for one in found]
    if ids:
        shown = address.choose("Question", ids, address.QUESTION, ids[0], width=560,
                               told={one.question_id: one.question for one in found})
        one_question.show(evaluations.question(view.run_id, shown), view.plan.baseline)


def frame(found: Sequence[Reference], scored: Scored, variants: Sequence[str], measure: str) -> pd.DataFrame:
    """A row per question, a column per variant."""
    return pd.DataFrame([
        {"Question": one.question, "Kind": one.kind, "Is": EXPECTED[one.expected],
         **{name: _told(scored.get((one.question_id, name), {}), measure) for name in variants}, "Id": one.question_id}
        for one in found
    ])


def _told(scores: Mapping[str, Score], measure: str) -> str:
    found = scores.get(measure)
    if found is None:
        return "not scored" if not scores else "–"
    return "cannot be scored" if found.value is None else value(measure, float(found.value))


def _table(view: RunView, found: Sequence[Reference], scored: Scored, measure: str) -> None:
    event = st.dataframe(
        frame(found, scored, [variant.name for variant in view.plan.variants], measure), hide_index=True, on_select="rerun",
        selection_mode="single-cell", key="evaluation_questions", row_height=_ROW_HEIGHT, placeholder="",
        height=min(max(1, len(found)), _ROWS_SEEN) * _ROW_HEIGHT + 38, alt="The questions of the run with their scores",
        column_config={"Question": st.column_config.TextColumn(width=420)})
    st.caption(f"{number(len(found), 'question')}. Click a row to see what every variant made of it.")
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(found) and found[cells[0][0]].question_id != address.said(address.QUESTION):
        address.put(address.QUESTION, found[cells[0][0]].question_id)
        st.rerun()
