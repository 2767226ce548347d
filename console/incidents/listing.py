"""The list of groups: a page of them, the way into one, the ways on, merging, and the export."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from console.incidents import acting, address
from console.incidents.address import Choices
from console.incidents.wording import COLOURS, STATES, bare, commas, cut
from console.literal import csv_cell, literal
from console.loaders import incidents
from console.organisation import changes
from pipeline.deployments import Mark
from pipeline.incidents import Group, Groups
from pipeline.organisation import Permission

AT_ONCE, EXPORTED = 25, 1_000
_ROW = "#"
"""Opens nothing: a click on any column's head, which sorts, selects a cell of the first column."""
_COLUMNS = (_ROW, "Cause", "State ", "Count", "Share", "Trend", "Last seen", "First seen", "Requests", "Students", "Versions")
_TOLD = ("Fixed in", "Unmasked by", "Runbook")
"""Columns that are shown where they say something."""
_COLOURS = {STATES[state]: colour for state, colour in COLOURS.items()}
_ROWS_SEEN, _ROW_HEIGHT = 12, 40
Told = Mapping[str, Mark]


def show(chosen: Choices, found: Groups, marks: Told, runbooks: Mapping[str, str]) -> None:
    """The page of the list that the address says."""
    if not found.groups:
        st.caption("No group fits." if found.every_error else "No errors in this time.")
        return
    picked = _table(found.groups, marks, runbooks)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="errors_pager"):
        st.caption(_shown(chosen, found), width="content",
                   help="With the keyboard, choose it in the list below. A click on the head of a column sorts these rows.")
        _merging(found.groups, picked)
        _pager(chosen, found)
    _chooser(found.groups)


def export(chosen: Choices) -> None:
    """All groups of the filter as CSV; read only when somebody asks for it."""
    st.download_button("Export as CSV", lambda: to_csv(_whole(chosen)), "errors.csv", "text/csv", icon=":material/download:",
                       type="tertiary", on_click="ignore", key="errors_csv",
                       help=f"All pages of the filter, {EXPORTED:,} groups at most.")


def frame(groups: Sequence[Group], marks: Told, runbooks: Mapping[str, str]) -> pd.DataFrame:
    """A row per group."""
    titles = {group.fingerprint: bare(group.title) for group in groups}
    return pd.DataFrame([_row(group, marks.get(group.fingerprint), titles, runbooks) for group in groups])


def to_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8; no cell of it is run by a spreadsheet."""
    return str(table.drop(columns=["Trend"], errors="ignore").map(csv_cell).to_csv(index=False)).encode()


def names(groups: Sequence[Group]) -> dict[str, str]:
    """What groups are called in a list to choose from, by fingerprint."""
    return {group.fingerprint: f"{STATES[group.told.state]}: {cut(group.title, 90)} · {group.count:,}" for group in groups}


def _row(group: Group, mark: Mark | None, titles: Mapping[str, str], runbooks: Mapping[str, str]) -> dict[str, object]:
    before = mark.unmasked_by or "" if mark else ""
    return {
        "Cause": cut(group.title), "State": STATES[group.told.state], "Count": group.count, "Share": group.share,
        "Trend": list(group.buckets), "Last seen": group.last_seen, "First seen": group.first_seen, "Requests": group.requests,
        "Students": group.students, "Versions": commas(group.versions), "Fixed in": mark.fixed_in or "" if mark else "",
        "Unmasked by": cut(titles.get(before, before), 60), "Runbook": runbooks.get(group.fingerprint, ""),
        "Exception": group.exception, "Place": group.culprit, "Stages": commas(group.stages), "Executions": group.executions,
        "Total": group.total, "Fingerprint": group.fingerprint,
    }


def _whole(chosen: Choices) -> pd.DataFrame:
    found = incidents.groups(chosen.window, chosen.where, sort=chosen.sort, offset=0, limit=EXPORTED)
    marks, runbooks = incidents.marks(), incidents.runbooks(found.groups)
    return frame(found.groups, marks, runbooks)


def _table(groups: Sequence[Group], marks: Told, runbooks: Mapping[str, str]) -> list[str]:
    """The table; the fingerprints of the rows that are ticked."""
    config = st.column_config
    table = frame(groups, marks, runbooks)
    table.insert(0, _ROW, range(1, len(groups) + 1))
    table["State "] = table["State"].map(lambda state: [state])
    said = [name for name in _TOLD if table[name].any()]
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode=["multi-row", "single-cell"], row_height=_ROW_HEIGHT,
        key=f"errors_table_{turn()}", column_order=[*_COLUMNS[:6], *said, *_COLUMNS[6:], "Fingerprint"], placeholder="",
        height=min(len(groups), _ROWS_SEEN) * _ROW_HEIGHT + 38, alt="The groups of errors of the filter",
        column_config={
            _ROW: config.NumberColumn(width=40), "Cause": config.TextColumn(width=430),
            "State ": config.MultiselectColumn("State", options=list(_COLOURS), color=list(_COLOURS.values()), width=110),
            "Count": config.NumberColumn(format="localized", width=75),
            "Share": config.ProgressColumn(format="percent", min_value=0, max_value=1, width=100),
            "Trend": config.BarChartColumn(width=120, y_min=0), "Last seen": config.DatetimeColumn(format="distance", width=120),
            "First seen": config.DatetimeColumn(format="distance", width=120),
            "Requests": config.NumberColumn(format="localized", width=80), "Students": config.NumberColumn(width=75),
            "Versions": config.TextColumn(width=140), "Fixed in": config.TextColumn(width=110),
            "Unmasked by": config.TextColumn(width=170), "Runbook": config.TextColumn(width=150),
        })
    cells, rows = event["selection"]["cells"], event["selection"]["rows"]
    if cells and cells[0][0] < len(groups) and cells[0][1] != _ROW:
        _open(groups[cells[0][0]].fingerprint)
    return [groups[row].fingerprint for row in rows if row < len(groups)]


def _open(fingerprint: str) -> None:
    new_turn()
    address.open_group(fingerprint)
    st.rerun()


def new_turn() -> None:
    """Back in the list, no cell and no bar is chosen any more."""
    st.session_state["errors_turn"] = turn() + 1


def turn() -> int:
    return int(st.session_state.get("errors_turn", 0))


def _shown(chosen: Choices, found: Groups) -> str:
    first = chosen.page * AT_ONCE
    of = f"{first + 1}–{first + len(found.groups)} of {found.found:,}" if found.found > len(found.groups) else f"{found.found:,}"
    return f"{of} shown. Click a row to open it; tick rows to merge them."


def _merging(groups: Sequence[Group], picked: Sequence[str]) -> None:
    label = f"Merge {len(picked)}" if len(picked) > 1 else "Merge"
    changes.asks(label, "Merge groups", acting.ask_merge, names(groups), tuple(picked),
                 permission=Permission.INCIDENTS, icon=":material/merge:", key="errors_merge", disabled=len(groups) < 2,
                 help="Two groups that are one cause become one, for future lines too.")


def _pager(chosen: Choices, found: Groups) -> None:
    if found.found <= AT_ONCE:
        return
    last = (found.found - 1) // AT_ONCE
    for label, icon, key, to, off in (
        ("Previous", ":material/chevron_left:", "errors_previous", chosen.page - 1, chosen.page <= 0),
        ("Next", ":material/chevron_right:", "errors_next", chosen.page + 1, chosen.page >= last),
    ):
        st.button(label, icon=icon, key=key, disabled=off, on_click=address.put, args=(address.PAGE, str(to) if to > 0 else ""))


def _chooser(groups: Sequence[Group]) -> None:
    """The way into a group for those who do not point: the rows as a list."""
    choices = names(groups)
    st.selectbox("Open a group", list(choices), index=None, key="errors_open", placeholder="Open a group of this page",
                 label_visibility="collapsed", format_func=lambda one: literal(choices[one]), on_change=_chosen)


def _chosen() -> None:
    if fingerprint := st.session_state["errors_open"]:
        address.open_group(fingerprint)
