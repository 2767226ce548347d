"""What the page Prompts shows, as its address says it, so that a link or a reload shows the same."""

from collections.abc import Sequence

import streamlit as st

TAB, PART = "tab", "part"
REGISTRY, PLAYGROUND = TABS = ("Registry", "Playground")
TEXT, HISTORY, DIFFERENCE, EDIT, PREVIEW, SERVICE = PARTS = ("Text", "History", "Difference", "Edit", "Preview", "In service")
PROMPT, VERSION, ONE, OTHER, REQUEST = "prompt", "version", "one", "other", "request"
SEARCH, STAGE, LABEL, SORT = FILTERED = ("q", "stage", "label", "sort")
COMPARISON, REPLAY, MADE, TRIED = "comparison", "replay", "made", "try"
CHARACTERS, VALUES = 200, 4
_GOTO = "prompts_go_to"
MADE_AT_ONCE = 3
"""How many replays stand beside the request that they repeat."""


def said(name: str) -> str:
    """The value of this name, without what no database takes as text."""
    return _plain(st.query_params.get(name, ""))


def values(name: str) -> tuple[str, ...]:
    """All values of this name."""
    return tuple(dict.fromkeys(filter(None, map(_plain, st.query_params.get_all(name)[:VALUES]))))


def one_of(name: str, choices: Sequence[str], usual: str) -> str:
    """The value of this name where it is one of these."""
    found = said(name)
    return found if found in choices else usual


def put(name: str, value: str | Sequence[str]) -> None:
    """Write it into the address; nothing takes it out. Usable as a callback."""
    if value:
        st.query_params[name] = value if isinstance(value, str) else list(value)
    else:
        st.query_params.pop(name, None)


def clear(names: Sequence[str]) -> None:
    """Take these out of the address; a callback."""
    for name in names:
        put(name, "")


def open_prompt(name: str, part: str = "", version: str = "") -> None:
    """Show this prompt, or the list when there is no name; a callback."""
    clear((VERSION, ONE, OTHER, REQUEST))
    _go(PART, part or TEXT)
    put(PROMPT, name)
    put(VERSION, version)


def open_playground(*, comparison: str = "", replay: str = "", made: Sequence[str] = (), tried: str = "") -> None:
    """Show this in the playground; a callback."""
    clear((PROMPT, COMPARISON, REPLAY, MADE, TRIED))
    _go(TAB, PLAYGROUND)
    for name, value in ((COMPARISON, comparison), (REPLAY, replay), (TRIED, tried)):
        put(name, value)
    put(MADE, list(made)[-MADE_AT_ONCE:])


def arrive() -> None:
    """Open the tab that somebody wants to see. Tabs write their names into the address themselves, so this comes before them."""
    st.session_state.update(st.session_state.pop(_GOTO, {}))


def _go(tab: str, name: str) -> None:
    st.session_state.setdefault(_GOTO, {})[tab] = name


def _plain(found: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in found[:CHARACTERS]).split())
