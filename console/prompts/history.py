"""The part History: the versions of a prompt, and every move of its labels; labels are put and taken away here."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from console.literal import literal
from console.loaders import prompts
from console.organisation import changes
from console.prompts import address, wording
from pipeline.organisation import Permission
from pipeline.registry import PRODUCTION, Entry, Move, Version

_ROWS_SEEN, _ROW_HEIGHT = 10, 40
LABEL_CHARACTERS = 64


def show(entry: Entry, versions: Sequence[Version]) -> None:
    """Versions, then labels."""
    st.subheader("Versions", anchor=False)
    _versions(entry, versions)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Labels", anchor=False, width="content")
        changes.asks("Put a label", f"Put a label on a version of {literal(entry.name)}", _ask_label, entry, versions,
                     permission=Permission.PROMPTS, icon=":material/label:", key="prompt_label")
        free = [label for label in entry.labels if label != PRODUCTION]
        if free:
            changes.asks("Take a label away", "Take a label away", _ask_unlabel, entry, free, permission=Permission.PROMPTS,
                         icon=":material/label_off:", key="prompt_unlabel")
    moves = prompts.history(entry.name)
    st.dataframe(moves_frame(moves, versions), hide_index=True, key="prompt_moves", row_height=_ROW_HEIGHT,
                 height=_height(len(moves)), alt="Where the labels of this prompt were put",
                 column_config={"When": st.column_config.DatetimeColumn(format="distance"),
                                "Why": st.column_config.TextColumn(width=320)})


def versions_frame(versions: Sequence[Version]) -> pd.DataFrame:
    """A row per version, the newest first."""
    numbers = {one.version: f"v{one.number}" for one in versions}
    return pd.DataFrame([
        {"No.": f"v{one.number}", "Version": one.version, "Labels": list(one.labels), "Message": one.message, "By": one.author,
         "When": one.at, "Made from": numbers.get(one.parent or "", one.parent or "")}
        for one in versions
    ])


def moves_frame(moves: Sequence[Move], versions: Sequence[Version]) -> pd.DataFrame:
    """A row per move of a label, the newest first."""
    numbers = {one.version: wording.named(one) for one in versions}
    return pd.DataFrame([
        {"Label": move.label, "What": wording.MOVES[move.kind], "To": numbers.get(move.version or "", move.version or "–"),
         "From": numbers.get(move.before or "", move.before or "–"),
         "By": f"{move.by} and {move.second}" if move.second else move.by, "When": move.at, "Why": move.why,
         "Evaluation": move.run_id}
        for move in moves
    ])


def _versions(entry: Entry, versions: Sequence[Version]) -> None:
    config = st.column_config
    labels = sorted({label for one in versions for label in one.labels})
    event = st.dataframe(
        versions_frame(versions), hide_index=True, on_select="rerun", selection_mode="single-cell", key="prompt_versions",
        row_height=_ROW_HEIGHT, height=_height(len(versions)), placeholder="", alt="The versions of this prompt, newest first",
        column_config={
            "No.": config.TextColumn(width=50), "Version": config.TextColumn(width=110),
            "Labels": config.MultiselectColumn(options=labels, color=[wording.colour(label) for label in labels], width=190),
            "Message": config.TextColumn(width=380), "When": config.DatetimeColumn(format="distance", width=120)})
    st.caption("Click a row to read the version. Versions never change; to go back, move a label.")
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(versions):
        address.open_prompt(entry.name, address.TEXT, versions[cells[0][0]].version)
        st.rerun()


def _ask_label(entry: Entry, versions: Sequence[Version]) -> None:
    known = {one.version: one for one in versions}
    others = [label for label in entry.labels if label != PRODUCTION]
    with st.form("label", border=False):
        name = st.selectbox("Label", list(dict.fromkeys(["candidate", *others])), index=None, key="label_name",
                            accept_new_options=True, placeholder="Choose one, or type another",
                            help="Production is moved under In service, with what speaks for it.")
        version = st.selectbox("Version", list(known), key="label_version", format_func=lambda one: wording.told(known[one]))
        why = st.text_input("Why", key="label_why", max_chars=wording.WHY_CHARACTERS)
        if st.form_submit_button("Put it", type="primary", key="label_submit"):
            if not name:
                st.error("Choose a label, or type one.")
                return
            before = entry.labels.get(str(name))
            undo = (lambda: prompts.label(entry.name, str(name), before, why="taken back")) if before else (
                lambda: prompts.unlabel(entry.name, str(name), why="taken back"))
            changes.make(lambda: prompts.label(entry.name, str(name), version, why=why),
                         f"{name} is on v{known[version].number} of {entry.name} now.", undo=undo)


def _ask_unlabel(entry: Entry, labels: Sequence[str]) -> None:
    with st.form("unlabel", border=False):
        name = str(st.selectbox("Label", labels, key="unlabel_name"))
        why = st.text_input("Why", key="unlabel_why", max_chars=wording.WHY_CHARACTERS)
        if st.form_submit_button("Take it away", type="primary", key="unlabel_submit"):
            before = entry.labels[name]
            changes.make(lambda: prompts.unlabel(entry.name, name, why=why), f"{name} is taken away.",
                         undo=lambda: prompts.label(entry.name, name, before, why="taken back"))


def _height(rows: int) -> int:
    return min(max(rows, 1), _ROWS_SEEN) * _ROW_HEIGHT + 38
