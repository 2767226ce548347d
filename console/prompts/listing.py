"""The tab Registry without a prompt in the address: every prompt in a line; search, filters and order are in the address."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from console import words
from console.organisation.labels import number
from console.prompts import address, wording
from pipeline.registry import CANDIDATE, PRODUCTION, SHIPPED, Entry

_ROW_HEIGHT = 40
ORDERS: Mapping[str, tuple[str, Callable[[Entry], tuple[object, ...]]]] = {
    "": ("In the order of the stages", lambda entry: (entry.stage is None, list(words.STAGES).index(entry.stage)
                                                      if entry.stage else 0, entry.name)),
    "name": ("By name", lambda entry: (entry.name,)),
    "changed": ("Changed last first", lambda entry: (-entry.last_at.timestamp(), entry.name)),
    "versions": ("Most versions first", lambda entry: (-entry.versions, entry.name)),
}


def show(entries: Sequence[Entry]) -> None:
    """The prompts that fit the filter."""
    _controls(entries)
    found = fitting(entries, search=address.said(address.SEARCH), stage=address.said(address.STAGE),
                    label=address.said(address.LABEL))
    order = ORDERS[address.one_of(address.SORT, list(ORDERS), "")][1]
    if not found:
        st.caption("No prompt fits the filter.")
        return
    _table(sorted(found, key=order))


def fitting(entries: Sequence[Entry], *, search: str = "", stage: str = "", label: str = "") -> list[Entry]:
    """Those that have every word of the search in their name or purpose, are asked in this stage, and have this label."""
    wanted = search.casefold().split()
    return [
        entry for entry in entries
        if all(word in f"{entry.name} {entry.what} {entry.last_author}".casefold() for word in wanted)
        and (not stage or wording.stage(entry.stage) == stage) and (not label or label in entry.labels)
    ]


def frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """A row per prompt."""
    return pd.DataFrame([
        {"Prompt": entry.name, "What it does": entry.what, "Stage": wording.stage(entry.stage), "Production": entry.production,
         "Candidate": entry.labels.get(CANDIDATE, ""), "Other labels": others(entry),
         "Split": "open" if entry.split_id is not None else "", "Versions": entry.versions, "Last change": entry.last_at,
         "By": entry.last_author}
        for entry in entries
    ])


def others(entry: Entry) -> str:
    """Its free labels; that something ships is said only where something else is in production."""
    return ", ".join(f"{name}: {version}" for name, version in sorted(entry.labels.items())
                     if name not in (PRODUCTION, CANDIDATE) and (name, version) != (SHIPPED, entry.production))


def _controls(entries: Sequence[Entry]) -> None:
    stages = list(dict.fromkeys(wording.stage(entry.stage) for entry in entries))
    labels = sorted({label for entry in entries for label in entry.labels})
    for name in address.FILTERED:
        st.session_state[_key(name)] = address.said(name)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="prompts_filters"):
        st.text_input("Search", key=_key(address.SEARCH), max_chars=address.CHARACTERS, width=260, icon=":material/search:",
                      placeholder="Name, purpose, author", on_change=_changed, args=(address.SEARCH,))
        st.selectbox("Stage", _with(["", *stages], address.STAGE), key=_key(address.STAGE), width=210, format_func=_any,
                     on_change=_changed, args=(address.STAGE,))
        st.selectbox("Label", _with(["", *labels], address.LABEL), key=_key(address.LABEL), width=160, format_func=_any,
                     on_change=_changed, args=(address.LABEL,))
        st.session_state[_key(address.SORT)] = address.one_of(address.SORT, list(ORDERS), "")
        st.selectbox("Order", list(ORDERS), key=_key(address.SORT), width=230, format_func=lambda name: ORDERS[name][0],
                     on_change=_changed, args=(address.SORT,))
        if any(map(address.said, address.FILTERED)):
            st.button("Clear", icon=":material/filter_alt_off:", type="tertiary", key="prompts_clear", on_click=address.clear,
                      args=(address.FILTERED,), help="Take all filters back.")


def _table(entries: Sequence[Entry]) -> None:
    config = st.column_config
    event = st.dataframe(
        frame(entries), hide_index=True, on_select="rerun", selection_mode="single-cell", key="prompts_table",
        row_height=_ROW_HEIGHT, placeholder="", alt="The prompts that the pipeline asks models with",
        column_config={
            "Prompt": config.TextColumn(width=85), "What it does": config.TextColumn(width=265),
            "Stage": config.TextColumn(width=170), "Production": config.TextColumn(width=100),
            "Candidate": config.TextColumn(width=100), "Other labels": config.TextColumn(width=135),
            "Split": config.TextColumn(width=50), "Versions": config.NumberColumn(width=65),
            "Last change": config.DatetimeColumn(format="distance", width=125), "By": config.TextColumn(width=105)})
    st.caption(f"{number(len(entries), 'prompt')}. Click a row to open it.")
    cells = event["selection"]["cells"]
    if cells and cells[0][0] < len(entries):
        address.open_prompt(entries[cells[0][0]].name)
        st.rerun()
    st.selectbox("Open a prompt", [entry.name for entry in entries], index=None, key="prompts_open", width=320,
                 placeholder="Open a prompt", label_visibility="collapsed", on_change=_opened)


def _opened() -> None:
    if name := st.session_state["prompts_open"]:
        address.open_prompt(str(name))


def _with(choices: Sequence[str], name: str) -> list[str]:
    """The choices, and the one of the address where it is none of them."""
    return list(dict.fromkeys([*choices, address.said(name)]))


def _any(name: str) -> str:
    return name or "Any"


def _changed(name: str) -> None:
    address.put(name, str(st.session_state[_key(name)]))


def _key(name: str) -> str:
    return f"prompts_{name}"
