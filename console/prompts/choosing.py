"""Controls that choose a version of a prompt; what they say goes into the address."""

from collections.abc import Sequence

import streamlit as st

from console.prompts import address, wording
from pipeline.registry import Version


def version(label: str, versions: Sequence[Version], name: str, usual: str, *, width: int | None = None) -> Version:
    """The version that the address says under this name, or the usual one; the control that changes it."""
    known = {one.version: one for one in versions}
    said = address.said(name)
    shown = said if said in known else usual if usual in known else next(iter(known))
    key = f"choose_{name}"
    st.session_state[key] = shown
    st.selectbox(label, list(known), key=key, format_func=lambda version: wording.told(known[version]),
                 on_change=_chosen, args=(name,), width=width or "stretch")
    return known[shown]


def _chosen(name: str) -> None:
    address.put(name, str(st.session_state[f"choose_{name}"]))
