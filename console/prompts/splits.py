"""The traffic split of a prompt: its arms, who was shown what, and whether one does harm; started and stopped here."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from console import words
from console.literal import literal
from console.loaders import prompts
from console.organisation import changes
from console.organisation.labels import number
from console.prompts import wording
from console.rights import right
from pipeline.errors import BadRequest
from pipeline.organisation import Permission
from pipeline.prompts import Arm
from pipeline.registry import Entry, SplitLook, Version

MAY = Permission.PROMOTION
WHOLE, USUAL_SHARE, MOST_ARMS, NAME_CHARACTERS = 100, 10, 4, 64
PRODUCTION_ARM = "production"
_ROW_HEIGHT = 38


def show(entry: Entry, versions: Sequence[Version]) -> None:
    """The open split, or the way to one; and those that ended."""
    if entry.split_id is None:
        st.caption("Every student gets the version in production.")
        others = [one for one in versions if one.version != entry.production]
        changes.asks("Start a split", f"Give students different versions of {literal(entry.name)}", _ask_start, entry, versions,
                     permission=MAY, icon=":material/call_split:", key="split_start", disabled=not others,
                     help=None if others else "A split needs a second version.")
    else:
        _open(prompts.look(entry.split_id), entry.name)
    _ended(entry.name)


def arms_frame(look: SplitLook, name: str) -> pd.DataFrame:
    """A row per arm."""
    return pd.DataFrame([
        {"Arm": arm.name, "Share": f"{arm.share} %", "Version": arm.prompts.get(name, ""), "Students": arm.students,
         "Requests": arm.requests}
        for arm in look.arms
    ])


def guards_frame(look: SplitLook) -> pd.DataFrame:
    """A row per guard of every arm but the first."""
    first = look.arms[0].name
    return pd.DataFrame([
        {"Arm": arm.name, "Guard": guard.title, f"In {first}": f"{guard.control_bad} of {guard.control_students}",
         "In this arm": f"{guard.arm_bad} of {guard.arm_students}", "Evidence": f"{guard.evidence:.2f}",
         "Stops at": f"{guard.limit:g}", "Verdict": "does harm" if guard.harmful else "no harm seen"}
        for arm in look.arms for guard in arm.guards
    ])


def _open(look: SplitLook, name: str) -> None:
    split = look.split
    ends = f" It ends by itself on {words.exact(split.ends_at)}." if split.ends_at else ""
    st.markdown(literal(split.why))
    st.caption(literal(f"Started by {split.started_by} {words.ago(split.started_at)}.{ends} A student always gets the same arm."))
    st.dataframe(arms_frame(look, name), hide_index=True, key="split_arms", row_height=_ROW_HEIGHT)
    guards = guards_frame(look)
    if not guards.empty:
        st.dataframe(guards, hide_index=True, key="split_guards", row_height=_ROW_HEIGHT)
        st.caption("Counted in students. The evidence may be looked at any time; where it reaches the limit, the split stops by "
                   "itself and every student gets production again.")
    changes.asks("Stop the split", "Stop the split?", _ask_stop, split.split_id, permission=MAY, icon=":material/stop_circle:",
                 key="split_stop")


def _ended(name: str) -> None:
    ended = [one for one in prompts.splits() if not one.open and any(name in arm.prompts for arm in one.shares.arms)]
    if ended:
        with st.expander(f"Ended: {number(len(ended), 'split')}", key="splits_ended"):
            for one in ended:
                shares = ", ".join(f"{arm.name} {arm.share} %" for arm in one.shares.arms)
                by = f" by {one.ended_by}" if one.ended_by else ""
                ended_at = words.ago(one.ended_at) if one.ended_at else ""
                st.markdown(literal(f"{shares}: {one.why} Ended {ended_at}{by}: {one.ended_why}"))


def _ask_start(entry: Entry, versions: Sequence[Version]) -> None:
    known = {one.version: one for one in versions}
    others = [version for version in known if version != entry.production]
    st.markdown(literal(f"The first arm is {PRODUCTION_ARM}: {wording.told(known[entry.production])}. It gets what the others "
                        "leave."))
    count = int(st.number_input("Other arms", 1, min(MOST_ARMS, len(others)), 1, key="split_count")) if len(others) > 1 else 1
    arms = [_ask_arm(place, others, known) for place in range(count)]
    left = WHOLE - sum(share for _, share in arms)
    st.caption(f"{left} % of the students stay with production.")
    ends: datetime | None = st.datetime_input("Until, UTC", None, key="split_ends")
    why = st.text_input("Why", key="split_why", max_chars=wording.WHY_CHARACTERS)
    if st.button("Start it", type="primary", key="split_submit", **right(MAY)):
        changes.make(lambda: _start(entry, arms, left, why, ends), f"{entry.name} is split from now on.")


def _ask_arm(place: int, others: Sequence[str], known: dict[str, Version]) -> tuple[str, int]:
    which, share = st.columns([3, 2], vertical_alignment="bottom")
    version = which.selectbox(f"Arm {place + 2}", others, index=min(place, len(others) - 1), key=f"split_version_{place}",
                              format_func=lambda one: wording.told(known[one]))
    percent = share.number_input("Share, %", 1, WHOLE - 1, USUAL_SHARE, key=f"split_share_{place}")
    return str(version), int(percent)


def _start(entry: Entry, arms: Sequence[tuple[str, int]], left: int, why: str, ends: datetime | None) -> object:
    if left < 1:
        raise BadRequest("share", "The shares leave nothing for production: they must sum to less than 100.")
    chosen = [Arm(name=PRODUCTION_ARM, share=left, prompts={entry.name: entry.production}),
              *(Arm(name=version[:NAME_CHARACTERS], share=share, prompts={entry.name: version}) for version, share in arms)]
    return prompts.start_split(chosen, why=why, ends_at=ends.replace(tzinfo=UTC) if ends else None)


def _ask_stop(split_id: int) -> None:
    why = st.text_input("Why", key="stop_why", max_chars=wording.WHY_CHARACTERS)
    if st.button("Stop it", type="primary", key="stop_submit", **right(MAY)):
        changes.make(lambda: prompts.stop_split(split_id, why=why), "Every student gets production again.")
