"""The tree of places: search it, open it, choose in it."""

from collections.abc import Sequence

import streamlit as st

from console.literal import literal
from console.organisation import address, changes, labels, place_forms
from console.organisation.atlas import ALL_OPEN, MOST_SHOWN, Atlas, Spot, opened
from pipeline.organisation import Permission

DEEPEST_STEP = 6
"""Deeper places are not moved further to the right."""


def show(places: Atlas, chosen: str | None) -> None:
    """The places, with how many people each has."""
    search = st.text_input("Search places", placeholder="Name, domain, address or class code", key="places_search",
                           label_visibility="collapsed", icon=":material/search:")
    spots = opened(places, chosen, search)
    with st.container(key="tree", gap=None):
        _button("Everybody", ":material/public:", None, key="tree_0_everybody", chosen=chosen is None)
        for spot in spots[:MOST_SHOWN]:
            _row(spot, found=bool(search.strip()), chosen=spot.place_id == chosen)
    _note(places, spots, search)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.toggle("Show archived", key="show_archived")
        changes.asks("New organisation", "New organisation", place_forms.new_organization, None,
                     permission=Permission.ORGANISE, icon=":material/add:", key="new_organisation")


def with_archived() -> bool:
    """Whether archived places are to be shown."""
    return bool(st.session_state.get("show_archived"))


def _row(spot: Spot, *, found: bool, chosen: bool) -> None:
    depth = 0 if found else min(len(spot.above), DEEPEST_STEP)
    name = literal(spot.way if found else spot.place.name)
    mark = "" if spot.in_use else " :gray-badge[archived]"
    _button(f"{name} :gray[{spot.people:,}]{mark}", labels.ICONS[type(spot.place)], spot.place_id,
            key=f"tree_{depth}_{spot.place_id}", chosen=chosen)


def _button(label: str, icon: str, place_id: str | None, *, key: str, chosen: bool) -> None:
    st.button(label, icon=icon, key=key, type="secondary" if chosen else "tertiary", width="stretch",
              on_click=address.choose, args=(place_id,))


def _note(places: Atlas, spots: Sequence[Spot], search: str) -> None:
    if search.strip() and not spots:
        st.caption("No place has these words.")
    elif len(spots) > MOST_SHOWN:
        st.caption(f"{len(spots) - MOST_SHOWN:,} more: search to find them.")
    elif len(places) > ALL_OPEN and not search.strip():
        st.caption(f"{len(places):,} places: choose one to see what is in it, or search.")
