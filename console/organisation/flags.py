"""Feature flags: what holds for everybody, who differs, and why a user gets what they get."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from console.literal import literal
from console.loaders import organisation
from console.organisation import changes, flag_forms
from console.organisation.atlas import Atlas
from console.rights import right
from pipeline.organisation import FlagView, OverrideView, Permission, UserView

MAY = Permission.FLAGS
UNKNOWN = "Nobody here has this id or address: this is what holds for a student without an organisation."


def show(places: Atlas) -> None:
    """The flags, and the question what they are for somebody."""
    flags, people = organisation.flags(), organisation.users()
    st.caption("A request is decided when it is asked: an override for the user first, then one for the nearest "
               "organisation, then the schedule, then what holds for everybody.")
    _explain(people)
    for flag in flags:
        with st.container(border=True, key=f"flag_{flag.key}"):
            _flag(flag, places, people)


def state(flag: FlagView, now: datetime) -> str:
    """What holds for those without an override, in words."""
    on = f"on for {flag.rollout_percentage} % of people" if flag.rollout_percentage < 100 else "on for everybody"
    if flag.ends_at is not None and now >= flag.ends_at:
        return f"Off for everybody since {_moment(flag.ends_at)}"
    if not flag.enabled or flag.rollout_percentage == 0:
        return "Off for everybody"
    until = f" until {_moment(flag.ends_at)}" if flag.ends_at else ""
    if flag.starts_at is not None and now < flag.starts_at:
        return f"Off until {_moment(flag.starts_at)}, then {on}{until}"
    return f"{on[0].upper()}{on[1:]}{until}"


def _flag(flag: FlagView, places: Atlas, people: Sequence[UserView]) -> None:
    word, _, said = state(flag, datetime.now(UTC)).partition(" ")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{literal(flag.name)}** {_badge(word == 'On')} {literal(said)}")
            st.caption(literal(flag.description))
        with st.container(horizontal=True, gap="small", width="content"):
            changes.asks("Change", literal(flag.name), flag_forms.change, flag, permission=MAY, icon=":material/tune:",
                         key=f"change_{flag.key}")
            changes.asks("Add an override", f"Override of {literal(flag.name)}", flag_forms.override, flag, places, people,
                         permission=MAY, icon=":material/add:", key=f"override_{flag.key}")
    for override in flag.overrides:
        _override(flag, override)


def _override(flag: FlagView, override: OverrideView) -> None:
    whose = override.organization_name or override.user_name
    target = {"organization_id": override.organization_id, "user_id": override.user_id}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        kind = "organisation" if override.organization_id else "user"
        said = f"{_badge(override.enabled)} for the {kind} **{literal(whose)}**: {literal(override.reason)}"
        st.markdown(said, width="stretch")
        remove = st.button("Remove", icon=":material/delete:", type="tertiary", **right(MAY),
                           key=f"remove_{flag.key}_{override.organization_id or override.user_id}")
    if remove:
        again = partial(organisation.override_flag, flag.key, enabled=override.enabled, reason=override.reason, **target)
        changes.make(lambda: organisation.remove_override(flag.key, **target), f"The override for {whose} was removed.",
                     undo=again)


def _explain(people: Sequence[UserView]) -> None:
    known = {user.user_id: f"{user.name or user.email} ({user.email})" for user in people}
    who = st.selectbox("What is it for …", list(known), None, key="explain", accept_new_options=True,
                       format_func=lambda key: known.get(key, key), placeholder="Choose somebody, or type a student's id")
    if who:
        person = meant(who, known)
        with st.container(border=True, gap="xsmall", key="explained"):
            st.caption(literal(f"For {known[person]}" if person in known else UNKNOWN))
            for flag, switch in organisation.explain_flags(person):
                st.markdown(f"{_badge(switch.on)} **{literal(flag.name)}**: {literal(switch.why)}")


def meant(typed: str, known: Mapping[str, str]) -> str:
    """The id of the one person whose name or address has what was typed; or else what was typed, as an id."""
    fits = [key for key, name in known.items() if typed.casefold().strip() in name.casefold()]
    return typed if typed in known or len(fits) != 1 else fits[0]


def _badge(on: bool) -> str:
    return ":green-badge[on]" if on else ":gray-badge[off]"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
