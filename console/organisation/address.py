"""What the page shows, as its address says it: the tab, and the place or the person that is chosen."""

import streamlit as st

from console.organisation import changes

TAB = "tab"
PEOPLE, INTERESTS, FLAGS, TOKENS, AUDIT = TABS = (
    "People & places", "Interests", "Feature flags", "API tokens", "Audit log",
)


def place_id() -> str | None:
    """The id of the chosen place; None is everything."""
    return st.query_params.get("place")


def person_id() -> str | None:
    """The id of the chosen person."""
    return st.query_params.get("person")


def choose(place: str | None, person: str | None = None) -> None:
    """Show this place, and this person of it; usable as a callback."""
    changes.forget()
    _put("place", place)
    _put("person", person)


def choose_elsewhere(place: str | None, person: str | None) -> None:
    """Leave the tab for people and places, and show these; a callback."""
    st.session_state[TAB] = PEOPLE
    choose(place, person)


def _put(name: str, value: str | None) -> None:
    if value is not None:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]
