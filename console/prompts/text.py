"""The part Text: one version as it stands, its variables marked; who made it, its settings, the form of its answer."""

from collections.abc import Sequence

import streamlit as st

from console import tables, words
from console.literal import literal
from console.prompts import address, choosing, marking, wording
from pipeline.registry import Entry, Version


def show(entry: Entry, versions: Sequence[Version]) -> None:
    """The version of the address."""
    shown = choosing.version("Version", versions, address.VERSION, entry.production)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label in shown.labels:
            st.badge(literal(label), color=wording.colour(label))
        st.caption(literal(wording.by(shown.author, words.ago(shown.at))), help=words.exact(shown.at), width="content")
    if shown.message:
        st.markdown(literal(shown.message))
    left, right = st.columns([5, 2], gap="large")
    with left, st.container(key="prompt_text"):
        st.markdown(f"**{wording.PARTS['system']}**")
        st.html(marking.plain(shown.text.system))
        st.markdown(f"**{wording.PARTS['user']}**")
        st.html(marking.template(shown.text.user, shown.text.variables))
    with right:
        st.html(tables.facts(facts(shown, versions)))
        if form := wording.schema(shown.text):
            st.markdown(f"**{wording.PARTS['schema']}**")
            st.code(form, language="json", wrap_lines=True)


def facts(version: Version, versions: Sequence[Version]) -> list[tuple[str, str, str]]:
    """Its settings and where it comes from."""
    parent = next((one for one in versions if one.version == version.parent), None)
    text = version.text
    return [
        ("Version", wording.named(version), "The digest of everything that changes the model's answer."),
        ("Made from", wording.named(parent) if parent else version.parent or "", ""),
        ("Variables", ", ".join(text.variables) or "none", "What the stage fills in."),
        (wording.PARTS["max_tokens"], f"{text.max_tokens:,}", "Of the answer."),
        (wording.PARTS["temperature"], f"{text.temperature:g}", "0: always the likeliest word."),
        (wording.PARTS["stop"], wording.stops(text), "The answer ends before any of these."),
        ("Form of the answer", "any text" if text.output is None else "JSON, as below", ""),
    ]
