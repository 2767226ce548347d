"""Which versions a variant is made of: those of a label, and others in their place that were picked one by one."""

from collections.abc import Mapping, Sequence

import streamlit as st

from console.loaders import prompts
from console.prompts import wording
from console.prompts.variants import PRODUCTION, Pins
from pipeline.registry import Entry

Choice = tuple[str, str]
"""Name of a prompt, and version."""


def production(entries: Sequence[Entry]) -> Pins:
    """What is in production, of the prompts that lessons are made with."""
    return {entry.name: entry.production for entry in made_with(entries)}


def labelled(entries: Sequence[Entry]) -> Mapping[str, Pins]:
    """The versions of each label, of the prompts that lessons are made with; production first."""
    names = sorted({label for entry in made_with(entries) for label in entry.labels} - {PRODUCTION})
    return {PRODUCTION: production(entries)} | {
        name: {entry.name: entry.labels[name] for entry in made_with(entries) if name in entry.labels} for name in names}


def made_with(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The prompts that a stage of a lesson asks with; the others judge."""
    return [entry for entry in entries if entry.stage is not None]


def variant(place: int, entries: Sequence[Entry], *, tried: str = "", key: str = "playground", label: str = "") -> Pins:
    """The controls of one variant, and the versions that it comes to. `tried` (name@version) is picked at first."""
    labels, choices = labelled(entries), versions(entries)
    first = next(([choice] for choice in choices if "@".join(choice) == tried), [])
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"{key}_variant_{place}"):
        chosen = st.selectbox(label or f"Variant {place + 1}", list(labels), key=f"{key}_label_{place}", width=190,
                             index=min(place, len(labels) - 1) if not tried and place < 2 else 0)
        picked = st.multiselect("With these versions in it", list(choices), default=first, key=f"{key}_picked_{place}",
                                format_func=choices.__getitem__, placeholder="As the label says", width="stretch")
    return {**labels[str(chosen)], **dict(picked)}


def versions(entries: Sequence[Entry]) -> Mapping[Choice, str]:
    """Every version that is not in production, as people read it."""
    return {
        (entry.name, one.version): f"{entry.name} {wording.told(one)}"
        for entry in made_with(entries) if entry.versions > 1 for one in prompts.versions(entry.name)
    }
