"""One run whole: its verdict, every system with its intervals, by kind of question, comparisons, and what it took."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import tables, words
from console.literal import csv_cell, literal
from console.loaders import retrieval
from console.retrieval import address, figures
from console.retrieval.frames import comparisons_frame, kinds_frame, systems_frame
from console.retrieval.wording import COLOURS, FATES, size
from pipeline.evaluation import PRIMARY, Comparison, Run, SystemResult, trade_off

_ROWS_SEEN = 14


def show(run_id: int) -> None:
    """The run of this number."""
    st.button("All runs", icon=":material/arrow_back:", key="all_runs", type="tertiary", on_click=address.clear,
              args=((address.RUN,),))
    run = retrieval.run(run_id)
    if run is None:
        st.markdown(f"There is no run {run_id} in the record of this machine.")
        return
    _head(run)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader(f"{PRIMARY} with 95 % intervals", anchor=False)
        st.plotly_chart(figures.intervals(run.systems, PRIMARY), key="run_intervals", config={"displayModeBar": False},
                        alt=f"{PRIMARY} of each system with its 95 % interval")
    with right:
        st.html(tables.facts(facts(run)))
    st.subheader("Systems", anchor=False)
    st.dataframe(systems_frame(run.systems), hide_index=True, key="run_systems", row_height=38)
    _kinds(run)
    _comparisons(run.comparisons)
    _threshold(run.systems)
    for note in run.notes:
        st.caption(literal(note))


def facts(run: Run) -> list[tuple[str, str, str]]:
    """Under which conditions it was measured."""
    about = run.about
    return [
        ("Set", f"{run.set_name} · {run.set_digest}", "The digest names its queries and judgements."),
        ("Corpus", f"{about.corpus} · {about.corpus_version[:16]} · {about.documents:,} passages", ""),
        ("Judged", f"by {run.unit}", "Of a document that holds several passages, the best one counts."),
        ("Embeddings", about.embedder, ""), ("Search index", size(about.index_bytes), "On disk."),
        ("Memory", size(run.peak_bytes), "The most that the process ever had."),
        ("Code", about.commit[:12], "The git commit."), ("Measured", f"{words.exact(about.at)} by {about.by}", ""),
    ]


def _head(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run_head"):
        st.subheader(f"Run {run.run_id}", anchor=False, width="content")
        st.badge(FATES[run.verdict.fate], color=COLOURS[run.verdict.fate])
        st.button("Query by query", icon=":material/compare_arrows:", key="run_queries", on_click=_query_by_query,
                  args=(run.run_id,), disabled=len(run.systems) < 2)
        st.download_button("Systems as CSV", lambda: _csv(systems_frame(run.systems)), f"run-{run.run_id}.csv", "text/csv",
                           icon=":material/download:", type="tertiary", on_click="ignore", key="run_csv")
    st.markdown(literal(run.verdict.said))


def _query_by_query(run_id: int | None) -> None:
    st.session_state[address.TAB] = address.SYSTEMS
    address.put(address.RUN, str(run_id))


def _kinds(run: Run) -> None:
    table = kinds_frame(run.systems, PRIMARY)
    if not table.empty:
        st.subheader(f"{PRIMARY} by kind of question", anchor=False)
        st.dataframe(table, hide_index=True, key="run_kinds", row_height=38)


def _comparisons(comparisons: Sequence[Comparison]) -> None:
    if not comparisons:
        return
    st.subheader("Against the baseline", anchor=False)
    st.dataframe(comparisons_frame(comparisons), hide_index=True, key="run_comparisons", row_height=38,
                 height=min(len(comparisons), _ROWS_SEEN) * 38 + 38)
    st.caption("p: paired randomisation test, corrected after Holm for every comparison here. Could have shown: the difference "
               "that a set of this size shows in 80 of 100 cases.")


def _threshold(systems: Sequence[SystemResult]) -> None:
    curves = {system.name: cuts for system in systems if (cuts := trade_off(system))}
    if not curves:
        return
    st.subheader("What a threshold keeps out, and what it costs", anchor=False)
    name = st.selectbox("System", list(curves), index=list(curves).index("default") if "default" in curves else 0,
                        key="run_threshold_of", width=220)
    st.plotly_chart(figures.trade_off(curves[name]), key="run_threshold", config={"displayModeBar": False},
                    alt=f"The share of off-topic questions that {name} answers, and of others that it silences, by threshold")


def _csv(table: pd.DataFrame) -> bytes:
    return str(table.map(csv_cell).to_csv(index=False)).encode()
