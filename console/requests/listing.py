"""The list: a page of requests, the way to older and newer ones, and the export."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from console import words
from console.literal import csv_cell
from console.loaders import requests
from console.requests import filters
from pipeline.domain import Status
from pipeline.tracking import Filter, Line, Page

_COLUMNS = ["Status", "Question", "Stage", "Made", "Student", "Seconds", "Tries", "When", "UTC", "Error"]

_ROWS_SEEN = 12
"""The others are scrolled to."""


def show(wanted: Filter) -> None:
    """The page of the list that the address says."""
    page = requests.page(wanted, older=filters.place(filters.OLDER), newer=filters.place(filters.NEWER))
    if page.lines:
        _table(page.lines)
    else:
        _nothing(page)
    _pager(page)


def export(wanted: Filter) -> None:
    """The filter as CSV; read only when somebody asks for it."""
    st.download_button("Export as CSV", lambda: to_csv(frame(requests.lines(wanted))), "requests.csv", "text/csv",
                       icon=":material/download:", type="tertiary", on_click="ignore", key="requests_csv",
                       help=f"All pages of the filter, the newest {requests.EXPORTED:,} at most.")


def frame(lines: Sequence[Line]) -> pd.DataFrame:
    """A row per request."""
    return pd.DataFrame([
        {
            "Id": line.request_id, "Status": words.STATES[line.status], "Question": line.student_query,
            "Stage": words.STAGES[line.stage] if line.stage else "",
            "Made": ", ".join(words.MODALITIES[modality] for modality in line.modalities), "Student": line.student_id,
            "Seconds": seconds(line.created_at, line.finished_at), "Tries": line.attempts, "When": line.created_at,
            "UTC": words.exact(line.created_at).removesuffix(" UTC"), "Error": line.error,
        }
        for line in lines
    ])


def to_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8; no cell of it is run by a spreadsheet."""
    return str(table.drop(columns="When", errors="ignore").map(csv_cell).to_csv(index=False)).encode()


def seconds(begin: datetime, end: datetime | None) -> float | None:
    """How long it took; None while it is not over."""
    return (end - begin).total_seconds() if end else None


def _table(lines: Sequence[Line]) -> None:
    config = st.column_config
    chosen = st.dataframe(
        frame(lines), hide_index=True, on_select="rerun", selection_mode="single-cell", key="requests_table", row_height=40,
        placeholder="", column_order=_COLUMNS if any(line.status is Status.FAILED for line in lines) else _COLUMNS[:-1],
        height=min(len(lines), _ROWS_SEEN) * 40 + 38,
        column_config={
            "Question": config.TextColumn(width=320), "Seconds": config.NumberColumn(format="%.1f"),
            "When": config.DatetimeColumn(format="distance"), "UTC": config.TextColumn("Asked at, UTC"),
            "Error": config.TextColumn(width=240),
        },
    )
    cells = chosen["selection"]["cells"]
    if cells and cells[0][0] < len(lines):
        filters.open_request(lines[cells[0][0]].request_id)
        st.rerun()


def _nothing(page: Page) -> None:
    if page.older is not None:
        st.caption("Nothing among the requests that were looked at. Older ones may fit.")
    elif any(st.query_params.get(name) for name in ("status", "stage", "form", "student", "topic", "text", "when")):
        st.caption("No request fits the filter.")
    else:
        st.info("Nothing was asked in the last 7 days. Ask on the page Generate, or with "
                '`python -m pipeline submit "Explain photosynthesis"`.', icon=":material/inbox:")


def _pager(page: Page) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="requests_pager"):
        if page.lines:
            st.caption(f"{len(page.lines)} shown. Click a row to open it.", width="content")
        st.button("Newest", icon=":material/first_page:", key="newest", on_click=filters.turn, args=(filters.NEWER, None),
                  disabled=page.newer is None)
        st.button("Newer", icon=":material/chevron_left:", key="newer", on_click=filters.turn, args=(filters.NEWER, page.newer),
                  disabled=page.newer is None)
        st.button("Older", icon=":material/chevron_right:", key="older", on_click=filters.turn, args=(filters.OLDER, page.older),
                  disabled=page.older is None)
