"""Prompts: every prompt with its versions, labels and evidence, and a playground to try them in. All is in the address."""

from collections.abc import Callable, Mapping

import streamlit as st

from console.faults import told
from console.loaders import prompts
from console.organisation import changes
from console.prompts import address, listing, one, playground, waiting


@told
def registry() -> None:
    """The tab Registry: one prompt, or all."""
    entries = prompts.entries()
    if name := address.said(address.PROMPT):
        one.show(name, entries)
        return
    waiting.show(prompts.promotions(waiting=True))
    listing.show(entries)


@told
def trials() -> None:
    """The tab Playground."""
    playground.show(prompts.entries())


address.arrive()
st.title("Prompts", anchor=False)
changes.show_done()
shows: Mapping[str, Callable[[], None]] = {address.REGISTRY: registry, address.PLAYGROUND: trials}
for name, tab in zip(address.TABS, st.tabs(address.TABS, key=address.TAB, bind="query-params"), strict=True):
    if tab.open:
        with tab:
            shows[name]()
changes.show_dialog()
