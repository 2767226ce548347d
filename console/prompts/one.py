"""One prompt: its head, and the parts that the address says: text, history, difference, edit, preview, in service."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from console import words
from console.literal import literal
from console.loaders import prompts
from console.organisation.labels import number
from console.prompts import address, difference, editing, history, preview, service, text, wording
from pipeline.prompts import as_toml
from pipeline.registry import Entry, Version

Part = Callable[[Entry, Sequence[Version]], None]
SHOWS: Mapping[str, Part] = {
    address.TEXT: text.show, address.HISTORY: history.show, address.DIFFERENCE: difference.show, address.EDIT: editing.show,
    address.PREVIEW: preview.show, address.SERVICE: service.show,
}


def show(name: str, entries: Sequence[Entry]) -> None:
    """The prompt of this name."""
    st.button("All prompts", icon=":material/arrow_back:", key="all_prompts", type="tertiary", on_click=address.open_prompt,
              args=("",))
    entry = wording.of(entries, name)
    if entry is None:
        st.markdown(f"There is no prompt with the name {literal(name)}.")
        return
    versions = prompts.versions(name)
    _head(entry, chosen(versions, entry))
    for part, tab in zip(address.PARTS, st.tabs(address.PARTS, key=address.PART, bind="query-params"), strict=True):
        if tab.open:
            with tab:
                SHOWS[part](entry, versions)


def chosen(versions: Sequence[Version], entry: Entry) -> Version:
    """The version of the address; the one in production where it says none that there is."""
    known = {one.version: one for one in versions}
    return known.get(address.said(address.VERSION)) or known[entry.production]


def _head(entry: Entry, version: Version) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="prompt_head"):
        st.subheader(literal(entry.name), anchor=False, width="content")
        st.badge(wording.stage(entry.stage), color="blue")
        st.button("Try it", icon=":material/science:", key="prompt_try", on_click=_try, args=(entry.name, version.version),
                  disabled=entry.stage is None, help="Beside the version in production, on questions of your choice."
                  if entry.stage else "It judges lessons instead of making them: an evaluation tries it.")
        st.download_button("Export as file", as_toml(version.text).encode(), f"{entry.name}.toml", "application/toml",
                           icon=":material/download:", type="tertiary", on_click="ignore", key="prompt_export",
                           help=f"{wording.named(version)}, as it would stand under data/prompts.")
    last = wording.by(entry.last_author, words.ago(entry.last_at))
    st.caption(literal(f"{entry.what} {number(entry.versions, 'version')}, the last {last}."))


def _try(name: str, version: str) -> None:
    address.open_playground(tried=f"{name}@{version}")
