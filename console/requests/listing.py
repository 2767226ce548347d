"""The list: a page of requests, the way to older and newer ones, and the export."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import pandas as pd
import streamlit as st

from console import words
from console.literal import csv_cell
from console.loaders import requests, traces
from console.requests import filters
from pipeline.domain import Status
from pipeline.tracking import Filter, Line, Page

_ROW = "#"
"""Opens nothing: a click on any column's head, which sorts, selects a cell of the first column."""
_COLUMNS = (_ROW, "State", "Question", "When", "Stage", "Forms", "Student", "Seconds", "Price", "Tries")
_COLOURS = {words.STATES[status]: colour for status, colour in words.STATE_COLOURS.items()}
Costs = Mapping[str, Decimal | None]

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
    if page.lines:
        _chooser(page.lines)


def export(wanted: Filter) -> None:
    """The filter as CSV; read only when somebody asks for it."""
    st.download_button("Export as CSV", lambda: to_csv(whole(wanted)), "requests.csv", "text/csv",
                       icon=":material/download:", type="tertiary", on_click="ignore", key="requests_csv",
                       help=f"All pages of the filter, the newest {requests.EXPORTED:,} at most.")


def whole(wanted: Filter) -> pd.DataFrame:
    """A row per request of the filter, on all pages."""
    lines = requests.lines(wanted)
    return frame(lines, traces.costs([line.request_id for line in lines]))


def frame(lines: Sequence[Line], costs: Costs) -> pd.DataFrame:
    """A row per request."""
    return pd.DataFrame([
        {
            "Id": line.request_id, "Status": words.STATES[line.status], "Question": line.student_query,
            "Stage": words.STAGES[line.stage] if line.stage else "",
            "Forms": ", ".join(words.MODALITIES[modality] for modality in line.modalities), "Student": line.student_id,
            "Seconds": seconds(line.created_at, line.finished_at), "USD": usd(line, costs), "Tries": line.attempts,
            "UTC": words.exact(line.created_at).removesuffix(" UTC"), "Error": line.error,
        }
        for line in lines
    ])


def to_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8; no cell of it is run by a spreadsheet."""
    return str(table.map(csv_cell).to_csv(index=False)).encode()


def seconds(begin: datetime, end: datetime | None) -> float | None:
    """How long it took; None while it is not over."""
    return (end - begin).total_seconds() if end else None


def usd(line: Line, costs: Costs) -> str:
    """What the request cost so far; empty before it used anything."""
    cost = costs.get(line.request_id)
    if cost is None:
        return "no price"
    return f"{cost.normalize():f}" if cost or line.status.decided else ""


def priced(said: str) -> str:
    """An amount of the table as people read it."""
    return words.dollars(Decimal(said)).replace("under ", "< ") if said[:1].isdigit() else said


def _table(lines: Sequence[Line]) -> None:
    config = st.column_config
    table = frame(lines, traces.costs([line.request_id for line in lines]))
    table = table.assign(State=table["Status"].map(lambda state: [state]), Price=table["USD"].map(priced),
                         When=[line.created_at for line in lines])
    table.insert(0, _ROW, range(1, len(lines) + 1))
    chosen = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-cell", key="requests_table", row_height=40,
        placeholder="", column_order=_order(lines), height=min(len(lines), _ROWS_SEEN) * 40 + 38,
        alt="The requests of the filter, newest first",
        column_config={
            _ROW: config.NumberColumn(width=45),
            "State": config.MultiselectColumn("Status", options=list(_COLOURS), color=list(_COLOURS.values()), width=140),
            "Question": config.TextColumn(width=265), "Seconds": config.NumberColumn(format="%.1f", width=75),
            "Price": config.TextColumn("Cost", alignment="right", width=90), "Tries": config.NumberColumn(width=50),
            "When": config.DatetimeColumn(format="distance", width=135), "Forms": config.TextColumn(width=180),
            "Student": config.TextColumn(width=100), "UTC": config.TextColumn("Asked at, UTC"),
            "Error": config.TextColumn(width=340),
        },
    )
    cells = chosen["selection"]["cells"]
    if cells and cells[0][0] < len(lines) and cells[0][1] != _ROW:
        filters.open_request(lines[cells[0][0]].request_id)
        st.rerun()


def _order(lines: Sequence[Line]) -> list[str]:
    """The columns that say something here: why, beside the question where all failed, else after the figures."""
    failed = [line.status is Status.FAILED for line in lines]
    if all(failed):
        return [*_COLUMNS[:3], "Error", *(name for name in _COLUMNS[3:] if name != "Stage"), "UTC"]
    stages = [name for name in _COLUMNS if name != "Stage" or any(line.stage for line in lines)]
    return [*stages, *(["Error"] if any(failed) else []), "UTC"]


def _nothing(page: Page) -> None:
    if page.older is not None:
        st.caption("Nothing among the requests that were looked at. Older ones may fit.")
    elif any(st.query_params.get(name) for name in filters.NAMES):
        st.caption("No request fits the filter.")
    else:
        st.info("Nothing was asked in the last 7 days. Ask on the page Generate, or with "
                '`python -m pipeline submit "Explain photosynthesis"`.', icon=":material/inbox:")


def _pager(page: Page) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="requests_pager"):
        if page.lines:
            st.caption(f"{len(page.lines)} shown. Click a row to open it.", width="content", help="With the keyboard, choose it "
                       "in the list below. A click on the head of a column sorts these rows.")
        st.button("Newest", icon=":material/first_page:", key="newest", on_click=filters.turn, args=(filters.NEWER, None),
                  disabled=page.newer is None)
        st.button("Newer", icon=":material/chevron_left:", key="newer", on_click=filters.turn, args=(filters.NEWER, page.newer),
                  disabled=page.newer is None)
        st.button("Older", icon=":material/chevron_right:", key="older", on_click=filters.turn, args=(filters.OLDER, page.older),
                  disabled=page.older is None)


def _chooser(lines: Sequence[Line]) -> None:
    """The way into a request for those who do not point: the rows as a list."""
    names = {line.request_id: f"{place}. {words.STATES[line.status]}: {line.student_query}"
             for place, line in enumerate(lines, 1)}
    st.selectbox("Open a request", list(names), index=None, key="open_one", placeholder="Open a request of this page",
                 format_func=lambda request_id: names.get(str(request_id), ""), label_visibility="collapsed",
                 width=420, on_change=lambda: filters.open_request(st.session_state["open_one"]))
