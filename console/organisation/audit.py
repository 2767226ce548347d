"""The audit log: who changed what, from what to what; filtered, exported, and linked to the thing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import organisation
from console.organisation import address
from console.organisation.atlas import atlas
from console.organisation.audit_words import ENTITIES, Names, action, changes_of, frame, thing, to_csv
from console.organisation.labels import number
from pipeline.organisation import AuditView

PLACES = ("organization", "school", "class")
BETWEEN = "Between two days"
_TIMES: Mapping[str, timedelta | None] = {
    "Last 24 hours": timedelta(days=1), "Last 7 days": timedelta(days=7), "Last 30 days": timedelta(days=30),
    "Any time": None, BETWEEN: None,
}
LIMITS = (200, 1000, 10_000)
FILTER_CHARACTERS = 100


class Span(NamedTuple):
    """From (inclusive), until (exclusive); None is open."""

    since: datetime | None
    until: datetime | None


def show() -> None:
    """The log, newest first."""
    filters, span, limit = _filters()
    entries = organisation.audit_entries(**filters, since=span.since, until=span.until, limit=limit)
    if not entries:
        st.caption("Nothing was changed in this time by whom and what the filters say.")
        return
    names = _names()
    table = frame(entries, names)
    chosen = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key="audit", row_height=40, placeholder="",
        column_order=["When, UTC", "Who", "What", "Thing", "Change"],
        column_config={"Change": st.column_config.TextColumn(width="large")},
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        more = ", the newest; narrow the filters to see others" if len(entries) == limit else ""
        st.caption(f"{number(len(entries), 'change')}{more}. Choose a row to see all of it.", width="content")
        st.download_button("Export as CSV", partial(to_csv, table), "audit.csv", "text/csv", icon=":material/download:",
                           type="tertiary", on_click="ignore", key="audit_csv")
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(entries):
        show_entry(entries[rows[0]], names)


def show_entry(entry: AuditView, names: Names) -> None:
    """All of one change, and the way to what was changed."""
    with st.container(border=True, key="audit_entry"):
        st.markdown(f"**{literal(action(entry.action))}**: {literal(thing(entry, names))}")
        st.caption(literal(f"{words.exact(entry.at)} · by {entry.actor_name} ({entry.actor_id}) · {entry.entity_id}"))
        for line in changes_of(entry, names):
            st.markdown(literal(line))
        if entry.entity in PLACES:
            st.button("Open", icon=":material/open_in_new:", key="audit_open", on_click=address.choose_elsewhere,
                      args=(entry.entity_id, None))
        elif entry.entity == "lesson":
            st.link_button("Open", f"generate?{urlencode({'request': entry.entity_id})}", icon=":material/open_in_new:")
        elif entry.entity == "user":
            st.button("Open", icon=":material/open_in_new:", key="audit_open", on_click=address.choose_elsewhere,
                      args=(None, entry.entity_id))


def _names() -> Names:
    """What the things in the log are called now."""
    places = {spot.place_id: spot.place.name for spot in atlas(organisation.tree(archived=True)).values()}
    people = {user.user_id: user.name or user.email for user in organisation.users()}
    flags = {flag.key: flag.name for flag in organisation.flags()}
    return {**places, **people, **flags, **{each.interest_id: each.name for each in organisation.interests()}}


def _filters() -> tuple[dict[str, str], Span, int]:
    with st.container(horizontal=True, gap="small"):
        who = st.text_input("Who", key="audit_who", placeholder="Part of the name", max_chars=FILTER_CHARACTERS, width=170)
        entity = st.selectbox("Of what", list(ENTITIES), None, key="audit_entity", placeholder="Anything", width=150,
                              format_func=ENTITIES.__getitem__)
        done = st.text_input("Action begins with", key="audit_action", placeholder="user.role", width=170,
                             max_chars=FILTER_CHARACTERS)
        entity_id = st.text_input("Id", key="audit_id", placeholder="user_0123456789ab", width=170, max_chars=FILTER_CHARACTERS)
        when = st.selectbox("When", list(_TIMES), 1, key="audit_when", width=180)
        limit = st.selectbox("At most", LIMITS, key="audit_limit", width=150, format_func=lambda most: f"{most:,} changes")
    filters = {"actor_name": who, "action": done.strip(), "entity": entity or "", "entity_id": entity_id.strip()}
    return filters, _span(when), limit


def _span(when: str) -> Span:
    if when != BETWEEN:
        back = _TIMES[when]
        return Span(datetime.now(UTC) - back if back else None, None)
    today = datetime.now(UTC).date()
    days = st.date_input("Days, UTC", (today - timedelta(days=7), today), key="audit_days", max_value=today)
    return days_between(days if isinstance(days, tuple) else (days,))


def days_between(days: Sequence[date]) -> Span:
    """Both days included; while only the first is chosen, from there on."""
    starts = [datetime.combine(day, time(), tzinfo=UTC) for day in days]
    return Span(starts[0] if starts else None, starts[1] + timedelta(days=1) if len(starts) > 1 else None)
