"""The entries of the audit log in words: what was done to which thing, and what was before and after. Draws nothing."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from console import words
from console.literal import csv_cell
from pipeline.organisation import AuditView

ENTITIES = {
    "organization": "Organisation", "school": "School", "class": "Class", "user": "Person", "interest": "Interest",
    "flag": "Flag", "token": "Token", "lesson": "Lesson", "error_group": "Error group", "deploy": "Deploy",
    "baseline": "Baseline", "runbook_run": "Run of a runbook",
}
Names = Mapping[str, str]
"""What things are called, by id."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")


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
    was = _said(before.get(name), names)
    return f"was {was}" if after is None else f"{was} → {_said(after.get(name), names)}"


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
