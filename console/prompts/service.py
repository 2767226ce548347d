"""The part In service: what students get now, the way into production with what speaks for it, the way back, the split."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import prompts
from console.organisation import changes
from console.prompts import evidence, splits, waiting, wording
from console.rights import right
from pipeline.organisation import Permission
from pipeline.registry import PRODUCTION, Entry, Move, MoveKind, Version

MAY = Permission.PROMOTION


def show(entry: Entry, versions: Sequence[Version]) -> None:
    """Production, promotions that wait, and the split."""
    moves = [move for move in prompts.history(entry.name) if move.label == PRODUCTION]
    known = {one.version: one for one in versions}
    _now(entry, known, moves)
    waiting.show([one for one in prompts.promotions(waiting=True) if entry.name in one.prompts])
    st.subheader("Traffic split", anchor=False)
    splits.show(entry, versions)


def earlier(moves: Sequence[Move]) -> Sequence[str]:
    """The versions that were in production before, the last one first, without the one that is."""
    before = [move.before for move in moves if move.before]
    now = moves[0].version if moves else None
    return [version for version in dict.fromkeys(before) if version != now]


def because(move: Move) -> str:
    """What a version is in production for, in a sentence."""
    second = f" {move.second} agreed." if move.second and move.second != move.by else ""
    said = {
        MoveKind.PROMOTED: f"The evaluation {move.run_id} speaks for it: {move.why}",
        MoveKind.OVERRIDDEN: f"No evaluation speaks for it. {move.by} took it on themselves: {move.why}",
        MoveKind.ROLLED_BACK: f"It was rolled back to: {move.why}",
        MoveKind.SHIPPED: "It ships with this installation.",
    }.get(move.kind, move.why)
    return f"{said}{second}"


def _now(entry: Entry, known: Mapping[str, Version], moves: Sequence[Move]) -> None:
    now = known[entry.production]
    with st.container(key="prompt_production", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{literal(wording.named(now))}**", width="content")
            st.badge(PRODUCTION, color="green")
        if moves:
            st.markdown(literal(because(moves[0])))
            said = f"{wording.MOVES[moves[0].kind].capitalize()} {wording.by(moves[0].by, words.ago(moves[0].at))}"
            st.caption(literal(said), help=words.exact(moves[0].at))
            if run_id := moves[0].run_id:
                st.link_button("Open the evaluation", f"evaluations?{urlencode({'run': run_id})}", type="tertiary",
                               icon=":material/open_in_new:")
    with st.container(horizontal=True, gap="small", key="prompt_service"):
        others = [one for one in known.values() if one.version != entry.production]
        changes.asks("Promote", f"Put a version of {literal(entry.name)} into production", _ask_promote, entry, others,
                     permission=MAY, icon=":material/upgrade:", key="prompt_promote", primary=True, disabled=not others,
                     help=None if others else "There is one version only, and it is in production.")
        back = [known[version] for version in earlier(moves) if version in known]
        changes.asks("Roll back", f"Roll {literal(entry.name)} back", _ask_back, entry, back, permission=MAY,
                     icon=":material/history:", key="prompt_back", disabled=not back,
                     help=None if back else "No other version was in production before.")


def _ask_promote(entry: Entry, others: Sequence[Version]) -> None:
    known = {one.version: one for one in others}
    version = st.selectbox("Version", list(known), key="promote_version", format_func=lambda one: wording.told(known[one]))
    others_too = _candidates(entry.name)
    together = st.multiselect("Together with", list(others_too), key="promote_with", placeholder="Nothing else",
                              help="Prompts that were evaluated together are put into production together.")
    wanted = {entry.name: str(version), **{others_too[one][0]: others_too[one][1] for one in together}}
    speaks = evidence.choose()
    if st.button("Put into production", type="primary", key="promote_submit", **right(MAY)):
        said = f"{', '.join(wanted)}: in production from now on."
        changes.make(lambda: prompts.promote(wanted, run_id=speaks.run_id, override=speaks.override), said)


def _candidates(name: str) -> Mapping[str, tuple[str, str]]:
    """Labelled versions of the other prompts that are not in production: told -> name and version."""
    return {
        f"{entry.name} · {label} · {version}": (entry.name, version)
        for entry in prompts.entries() if entry.name != name
        for label, version in entry.labels.items() if version != entry.production
    }


def _ask_back(entry: Entry, back: Sequence[Version]) -> None:
    known = {one.version: one for one in back}
    to = st.selectbox("To", list(known), key="back_to", format_func=lambda one: wording.told(known[one]))
    why = st.text_input("Why", key="back_why", max_chars=wording.WHY_CHARACTERS, placeholder="More questions are dropped")
    if st.button("Roll back", type="primary", key="back_submit", **right(MAY)):
        changes.make(lambda: prompts.roll_back(entry.name, why=why, to=str(to)),
                     f"{entry.name} is back on v{known[to].number}.")
