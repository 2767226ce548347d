"""The tab Runs: what was measured when, how it went on, and one run whole."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import words
from console.literal import literal
from console.loaders import retrieval
from console.organisation.labels import number
from console.retrieval import address, figures, one_run
from console.retrieval.wording import COLOURS, FATES, estimate, milliseconds
from pipeline.evaluation import PRIMARY, RunLine

COMMAND = "python -m pipeline evaluate retrieval --corpus vividly"
_ROWS_SEEN, _ROW_HEIGHT = 12, 40
Series = tuple[str, str, str]
"""Corpus, name and digest of a set: runs of one series can be compared."""


def show() -> None:
    """The run in the address, or all of one series."""
    lines = retrieval.runs()
    if (wanted := address.number(address.RUN)) is not None:
        one_run.show(wanted)
        return
    if not lines:
        st.info(f"Nothing was measured yet. Measure the shipped corpus with `{COMMAND}`, or run the notebook "
                "`notebooks/retrieval_evaluation.ipynb`; each run stands here from then on.", icon=":material/science:")
        return
    chosen = _choose(lines)
    mine = [line for line in lines if series(line) == chosen]
    _newest(mine[0])
    _picture(mine)
    _table(mine)


def series(line: RunLine) -> Series:
    """What the run can be compared within."""
    return line.about.corpus, line.set_name, line.set_digest


def frame(lines: Sequence[RunLine]) -> pd.DataFrame:
    """A row per run, with the best system in the measure that decides."""
    return pd.DataFrame([_row(line) for line in lines])


def _choose(lines: Sequence[RunLine]) -> Series:
    counted: dict[str, Series] = {}
    for line in lines:
        counted.setdefault("~".join(series(line)), series(line))
    said = address.said(address.NAME)
    shown = said if said in counted else next(iter(counted))
    if len(counted) > 1:
        st.session_state["retrieval_series"] = shown
        many = {name: sum(series(line) == one for line in lines) for name, one in counted.items()}
        st.selectbox("Set", list(counted), key="retrieval_series", on_change=_chosen, width=520, format_func=lambda name: (
            f"{counted[name][1]} on {counted[name][0]}, {number(many[name], 'run')}"))
    return counted[shown]


def _chosen() -> None:
    address.put(address.NAME, str(st.session_state["retrieval_series"]))


def _newest(line: RunLine) -> None:
    with st.container(key="retrieval_verdict", gap="small"):
        st.badge(FATES[line.verdict.fate], color=COLOURS[line.verdict.fate])
        st.markdown(literal(line.verdict.said))
        st.caption(literal(f"Run {line.run_id}, {words.ago(line.about.at)}, by {line.about.by}, on {line.about.corpus} "
                           f"{line.about.corpus_version[:12]}"))


def _picture(lines: Sequence[RunLine]) -> None:
    measures = list(dict.fromkeys(name for line in lines for system in line.systems for name in system.measures))
    measure = st.selectbox("Measure", measures, key="retrieval_measure", width=200,
                           index=measures.index(PRIMARY) if PRIMARY in measures else 0)
    st.plotly_chart(figures.over_time(lines, str(measure)), key="retrieval_over_time", config={"displayModeBar": False},
                    alt=f"{measure} of each system over the runs, with 95 % intervals")


def _row(line: RunLine) -> dict[str, object]:
    best = max((system for system in line.systems if PRIMARY in system.measures),
               key=lambda system: system.measures[PRIMARY].mean, default=None)
    false = next((system.false_answers for system in line.systems if system.false_answers is not None), None)
    return {
        "Run": line.run_id, "Verdict": [FATES[line.verdict.fate]], "When": line.about.at,
        "Best system": best.name if best else "–", f"{PRIMARY} (95 %)": estimate(best.measures[PRIMARY]) if best else "–",
        "Query, p95": milliseconds(best.latency.p95) if best else "–", "False answers": estimate(false),
        "Systems": len(line.systems), "Passages": line.about.documents, "Corpus version": line.about.corpus_version[:12],
        "Commit": line.about.commit[:10], "By": line.about.by, "Why": line.verdict.said,
    }


def _table(lines: Sequence[RunLine]) -> None:
    config = st.column_config
    event = st.dataframe(
        frame(lines), hide_index=True, on_select="rerun", selection_mode="single-cell", key="retrieval_runs",
        row_height=_ROW_HEIGHT, height=min(len(lines), _ROWS_SEEN) * _ROW_HEIGHT + 38, placeholder="",
        alt="The recorded runs of this set",
        column_config={
            "Run": config.NumberColumn(width=55), "When": config.DatetimeColumn(format="distance", width=120),
            "Verdict": config.MultiselectColumn(options=list(FATES.values()), width=130,
                                                color=[COLOURS[fate] for fate in FATES]),
            "Why": config.TextColumn(width=420)})
    st.caption("Click a row to open the run.")
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(lines):
        address.put(address.RUN, str(lines[cells[0][0]].run_id))
        st.rerun()
    st.selectbox("Open a run", [line.run_id for line in lines], index=None, key="retrieval_open_run", placeholder="Open a run",
                 label_visibility="collapsed", format_func=lambda run_id: f"Run {run_id}", on_change=_opened)


def _opened() -> None:
    if run_id := st.session_state["retrieval_open_run"]:
        address.put(address.RUN, str(run_id))
