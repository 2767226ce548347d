"""The dialogs about flags: what holds for everybody, and an override."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from console.loaders import organisation
from console.organisation import changes
from console.organisation.atlas import Atlas, kept
from pipeline.organisation import LOCAL_ID, FlagView, OrganizationView, UserView

REASON_CHARACTERS = 300


def change(flag: FlagView) -> None:
    """Ask what holds for everybody, and when."""
    with st.form("flag", border=False):
        enabled = st.toggle("On", flag.enabled, key="flag_enabled")
        percentage = st.slider("Roll-out", 0, 100, flag.rollout_percentage, format="%d %%", key="flag_rollout",
                               help="The share of people for whom it is on. Each always stands at the same place.")
        starts_at = _moment("From, UTC", flag.starts_at, "flag_starts_at")
        ends_at = _moment("Until, UTC", flag.ends_at, "flag_ends_at")
        st.caption("Without dates it holds at once and for good. Overrides stay as they are.")
        if st.form_submit_button("Save", type="primary", key="flag_submit"):
            before = partial(organisation.change_flag, flag.key, enabled=flag.enabled, starts_at=flag.starts_at,
                             rollout_percentage=flag.rollout_percentage, ends_at=flag.ends_at)
            changes.make(lambda: organisation.change_flag(flag.key, enabled=enabled, rollout_percentage=percentage,
                                                          starts_at=starts_at, ends_at=ends_at),
                         f"{flag.name} was changed.", undo=before)


def override(flag: FlagView, places: Atlas, people: Sequence[UserView]) -> None:
    """Ask for whom it differs, and why."""
    organisations = {spot.place_id: spot.way for spot in kept(places, OrganizationView)}
    users = {user.user_id: f"{user.name or user.email} ({user.email})" for user in people if user.user_id != LOCAL_ID}
    with st.form("override", border=False):
        whom = st.selectbox(
            "For", [*organisations, *users], None, key="override_for", placeholder="An organisation or a user",
            format_func=lambda key: f"Organisation: {organisations[key]}" if key in organisations else f"User: {users[key]}",
        )
        enabled = st.radio("It is", [True, False], 1 if flag.enabled else 0, key="override_enabled", horizontal=True,
                           format_func=lambda on: "On" if on else "Off")
        reason = st.text_input("Why", key="override_reason", max_chars=REASON_CHARACTERS, placeholder="Exam week")
        st.caption("For an organisation it holds for everything in it, until something nearer says otherwise.")
        if st.form_submit_button("Add", type="primary", key="override_submit"):
            if whom is None:
                st.error("Choose an organisation or a user.")
                return
            target = {"organization_id": whom} if whom in organisations else {"user_id": whom}
            changes.make(lambda: organisation.override_flag(flag.key, enabled=enabled, reason=reason, **target),
                         f"{flag.name} is now {'on' if enabled else 'off'} for {organisations.get(whom) or users[whom]}.",
                         undo=_as_before(flag, **target))


def _as_before(flag: FlagView, *, organization_id: str | None = None, user_id: str | None = None) -> Callable[[], object]:
    """What makes the override as it was: none, or the one that is replaced."""
    target = {"organization_id": organization_id, "user_id": user_id}
    for before in flag.overrides:
        if (before.organization_id, before.user_id) == (organization_id, user_id):
            return partial(organisation.override_flag, flag.key, enabled=before.enabled, reason=before.reason, **target)
    return partial(organisation.remove_override, flag.key, **target)


def _moment(label: str, before: datetime | None, key: str) -> datetime | None:
    """A moment that is typed, and kept, in UTC."""
    value = before.astimezone(UTC).replace(tzinfo=None) if before else None
    given: datetime | None = st.datetime_input(label, value, key=key)
    return given.replace(tzinfo=UTC) if given else None
