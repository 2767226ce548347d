"""The models as a picture, mapper by mapper, and one of them with its columns and relationships."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from console.foundation import graph, model
from console.foundation.cards import place
from console.literal import literal
from console.loaders.foundation import Look
from pipeline.doctor import Examination

CHOSEN, _TABLE = "model", "mappers"
_FINE, _BROKEN = "configures", "broken"


class View(NamedTuple):
    """Which classes the picture shows, and what is to be said about the choice."""

    names: frozenset[str]
    told: str


def show(look: Look) -> None:
    """The picture, the list, and the chosen model."""
    seen = look.examination
    st.subheader("Models", anchor=False)
    if not seen.models:
        st.caption("No class with a table of its own could be read.")
        return
    names = sorted({each.name for each in seen.models})
    if st.session_state.get(CHOSEN) not in names:
        st.session_state.pop(CHOSEN, None)  # it belonged to what was examined before
    chosen = st.selectbox("Model", names, index=None, key=CHOSEN, bind="query-params",
                          placeholder="All. Choose one to see its neighbours", width=420) or ""
    view = picture(seen, chosen)
    st.caption(literal(view.told))
    if view.names:
        st.html('<p class="hint narrow">The picture needs a wider screen; the list below says the same.</p>')
        with st.container(key="model_graph"):
            st.graphviz_chart(graph.dot(seen, view.names, chosen=chosen), width="content", alt=view.told)
    _mappers(seen)
    if chosen:
        model.show(seen, chosen)


def picture(examination: Examination, chosen: str) -> View:
    """The neighbourhood of the chosen model; else all models, or of too many the broken ones with their neighbours."""
    if chosen:
        around = graph.neighbours(examination.edges, chosen)
        return _view([chosen], around - {chosen}, f"{chosen} and what it is related to.")
    everything = {each.name for each in examination.models} | {edge.target for edge in examination.edges}
    if len(everything) <= graph.LARGEST:
        return View(frozenset(everything), _legend(examination))
    offenders = graph.broken(examination)
    if not offenders:
        return View(frozenset(), f"{len(examination.models)} models are too many for one picture, and none of them is broken: "
                    "choose one to see its neighbours.")
    around = {near for name in offenders for near in graph.neighbours(examination.edges, name)}
    return _view(sorted(offenders), around - offenders,
                 f"Of {len(examination.models)} models the picture shows the broken ones and their neighbours.")


def _view(first: Sequence[str], then: set[str], told: str) -> View:
    ordered = [*first, *sorted(then)]
    cut = f" {len(ordered) - graph.LARGEST} more are left out." if len(ordered) > graph.LARGEST else ""
    return View(frozenset(ordered[:graph.LARGEST]), told + cut)


def _legend(examination: Examination) -> str:
    offenders = sum(edge.broken for edge in examination.edges)
    lines = f"{len(examination.edges)} relationships between {len(examination.models)} models"
    return f"{lines}; {offenders} broken: red and dashed." if offenders else f"{lines}, none of them broken."


def mappers(examination: Examination) -> pd.DataFrame:
    """A row per model, broken ones first; a finding counts at both ends of its relationship."""
    leads_to = {(edge.model, edge.attribute): edge.target for edge in examination.edges}
    about = Counter(name for f in examination.findings for name in {f.model, leads_to.get((f.model, f.attribute))})
    rows = [
        {
            "State": _FINE if each.ok else _BROKEN, "Model": each.name, "Table": each.table,
            "Columns": sum(a.model == each.name and bool(a.column) for a in examination.attributes),
            "Relationships": sum(edge.model == each.name for edge in examination.edges),
            "Broken": ", ".join(e.attribute for e in examination.edges if e.model == each.name and e.broken),
            "Findings": about[each.name],
            "Where": place(each.file, each.line),
        }
        for each in sorted(examination.models, key=lambda m: (m.ok, m.name))
    ]
    return pd.DataFrame(rows)


def _mappers(examination: Examination) -> None:
    st.subheader("Mapper by mapper", anchor=False)
    table = mappers(examination)
    order = [name for name in table.columns if name != "Broken" or table["Broken"].any()]
    st.dataframe(table, hide_index=True, key=_TABLE, on_select=lambda: _choose(table), selection_mode="single-cell",
                 row_height=40, column_order=order, height=min(440, 42 + 40 * len(table)))
    st.caption("Click a row to see the model.")


def _choose(table: pd.DataFrame) -> None:
    cells = st.session_state[_TABLE]["selection"]["cells"]
    if cells:
        st.session_state[CHOSEN] = str(table.loc[cells[0][0], "Model"])
