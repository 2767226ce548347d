"""The newest requests as a table: search, filter, sort, open, export."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console import asking, loaders, words
from console.literal import csv_cell
from pipeline.domain import Status
from pipeline.tracking import RequestView

_SORTS = {
    "Newest first": ("When", False), "Oldest first": ("When", True), "Slowest first": ("Seconds", False),
    "Dearest first": ("Cost", False), "By question": ("Question", True),
}


def show() -> None:
    """The table with its controls, or a sentence when there is nothing yet."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.subheader("Recent requests", anchor=False)
        st.button("Refresh", icon=":material/refresh:", type="tertiary", key="refresh", on_click=loaders.look_again)
    views = loaders.recent()
    if not views:
        st.caption("Nobody has asked anything yet. The first lesson will stand here.")
        return
    search, states, order = _filters()
    table = arranged(frame(views), search=search, states=states, order=order)
    if table.empty:
        st.caption("No request fits the search and the filter.")
    else:
        _table(table)


def frame(views: Sequence[RequestView]) -> pd.DataFrame:
    """A row per request; seconds and dollars only where they are final."""
    rows = [
        {
            "id": view.request.request_id, "Question": view.request.student_query, "Status": words.STATES[view.status],
            "Grade": view.request.grade_level, "Interest": view.request.interest or "",
            "Made": ", ".join(words.MODALITIES[m] for m in view.request.requested_modalities),
            "Seconds": (view.finished_at - view.created_at).total_seconds() if view.finished_at else None,
            "Cost": _dollars(view), "When": view.created_at, "UTC": words.exact(view.created_at).removesuffix(" UTC"),
        }
        for view in views
    ]
    return pd.DataFrame(rows)


def arranged(table: pd.DataFrame, *, search: str, states: Sequence[str], order: str) -> pd.DataFrame:
    """The rows whose question or interest has the words and whose status is one of these, in this order."""
    wanted = search.casefold().strip()
    text = (table["Question"] + " " + table["Interest"] + " " + table["id"]).str.casefold()
    kept = table[text.str.contains(wanted, regex=False)]
    if states:
        kept = kept[kept["Status"].isin(states)]
    column, ascending = _SORTS[order]
    return kept.sort_values(column, ascending=ascending, na_position="last").reset_index(drop=True)


def to_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8; no cell of it is run by a spreadsheet."""
    return str(table.drop(columns="When").map(csv_cell).to_csv(index=False)).encode()


def _dollars(view: RequestView) -> float | None:
    usd = loaders.spent(view)
    return None if usd is None else float(usd)


def _filters() -> tuple[str, list[str], str]:
    left, middle, right = st.columns([3, 3, 2])
    search = left.text_input("Search", placeholder="Question, interest or id", key="search")
    states = middle.multiselect("Status", [words.STATES[status] for status in Status], key="states", placeholder="Any")
    order = right.selectbox("Order", list(_SORTS), key="order")
    return search, states, order


def _table(table: pd.DataFrame) -> None:
    config = st.column_config
    chosen = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-cell", key="recent", row_height=40,
        placeholder="",
        column_order=["Status", "Question", "Grade", "Interest", "Made", "Seconds", "Cost", "When", "UTC"],
        column_config={
            "Question": config.TextColumn(width=300),
            "Seconds": config.NumberColumn(format="%.1f"),
            "Cost": config.NumberColumn("Cost, USD", format="%.6f"),
            "When": config.DatetimeColumn(format="distance"),
            "UTC": config.TextColumn("Asked at, UTC"),
        },
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"{len(table)} shown. Click a row to open it.")
        st.download_button("Export as CSV", to_csv(table), "requests.csv", "text/csv", icon=":material/download:",
                           type="tertiary", on_click="ignore")
    cells = chosen["selection"]["cells"]
    if cells:
        asking.show(str(table.loc[cells[0][0], "id"]))
        st.rerun()
