"""The audit log: who changed what, from what to what; filtered, exported, and linked to the thing."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from console import words
from console.literal import csv_cell, literal
from console.loaders import organisation
from console.organisation import address
from console.organisation.atlas import atlas
from console.organisation.labels import number
from pipeline.organisation import AuditView

ENTITIES = {
    "organization": "Organisation", "school": "School", "class": "Class", "user": "Person", "interest": "Interest",
    "flag": "Flag", "token": "Token", "request": "Request",
}
PLACES = ("organization", "school", "class")
BETWEEN = "Between two days"
_TIMES: Mapping[str, timedelta | None] = {
    "Last 24 hours": timedelta(days=1), "Last 7 days": timedelta(days=7), "Last 30 days": timedelta(days=30),
    "Any time": None, BETWEEN: None,
}
LIMITS = (200, 1000, 10_000)
FILTER_CHARACTERS = 100
Names = Mapping[str, str]
"""What things are called, by id."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


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
        _entry(entries[rows[0]], names)


def frame(entries: Sequence[AuditView], names: Names) -> pd.DataFrame:
    """A row per change."""
    return pd.DataFrame([
        {
            "When, UTC": words.exact(entry.at).removesuffix(" UTC"), "Who": entry.actor_name, "What": action(entry.action),
            "Thing": thing(entry, names), "Change": "; ".join(changes_of(entry, names)), "Action": entry.action,
            "Entity": entry.entity, "Id": entry.entity_id, "Actor id": entry.actor_id,
        }
        for entry in entries
    ])


def to_csv(table: pd.DataFrame) -> bytes:
    """The table as CSV in UTF-8; no cell of it is run by a spreadsheet."""
    return str(table.map(csv_cell).to_csv(index=False)).encode()


def action(name: str) -> str:
    """The action as people read it: "user.role_assigned" is "Person: role assigned"."""
    entity, _, done = name.partition(".")
    return f"{ENTITIES.get(entity, entity)}: {done.replace('_', ' ')}"


def thing(entry: AuditView, names: Names) -> str:
    """What was changed, by the name that it has now, or had then."""
    known = {**(entry.before or {}), **(entry.after or {})}
    return names.get(entry.entity_id) or str(known.get("name") or known.get("email") or entry.entity_id)


def changes_of(entry: AuditView, names: Names) -> list[str]:
    """Each field with what it was and what it is: "name: North → North High"."""
    before, after = entry.before, entry.after
    fields = {**(before or {}), **(after or {})}
    return [f"{_field(name, names)}: {_difference(name, before, after, names)}" for name in fields]


def _difference(name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names) -> str:
    if before is None:
        return _said((after or {}).get(name), names)
    return f"{_said(before.get(name), names)} → {'gone' if after is None else _said(after.get(name), names)}"


def _said(value: Any, names: Names) -> str:
    if isinstance(value, list):
        return ", ".join(_said(each, names) for each in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "nothing"
    return _moment(str(value)) or names.get(str(value)) or str(value)


def _moment(text: str) -> str | None:
    """A moment as the log keeps it, as people read it."""
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M} UTC" if _MOMENT.fullmatch(text) else None


def _field(name: str, names: Names) -> str:
    kind, _, key = name.partition(" ")  # the log of flags says "user user_12ab"
    if key in names:
        return f"for {names[key]}"
    return kind.removesuffix("_id").replace("_", " ").replace("organization", "organisation") + (f" {key}" if key else "")


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


def _entry(entry: AuditView, names: Names) -> None:
    with st.container(border=True, key="audit_entry"):
        st.markdown(f"**{literal(action(entry.action))}**: {literal(thing(entry, names))}")
        st.caption(literal(f"{words.exact(entry.at)} · by {entry.actor_name} ({entry.actor_id}) · {entry.entity_id}"))
        for line in changes_of(entry, names):
            st.markdown(literal(line))
        if entry.entity in PLACES:
            st.button("Open", icon=":material/open_in_new:", key="audit_open", on_click=address.choose_elsewhere,
                      args=(entry.entity_id, None))
        elif entry.entity == "user":
            st.button("Open", icon=":material/open_in_new:", key="audit_open", on_click=address.choose_elsewhere,
                      args=(None, entry.entity_id))
