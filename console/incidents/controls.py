"""The controls of the page Errors, as its address says; every change goes into the address."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from console.incidents import address
from console.incidents.address import LABELS, OWN, USUAL, Choices
from console.incidents.wording import FACETS, SORTS, STATES, UNSAID
from console.literal import literal
from pipeline.incidents import Facet, Sort, State

_SEEN = (Facet.SEVERITY, Facet.STAGE, Facet.VERSION)
"""Facets with a control of their own; the others are behind Narrow."""
Counts = Mapping[Facet, Mapping[str, int]]


def show(chosen: Choices, counts: Counts) -> None:
    """Time, state, facets with how many errors each value has, order, and a search."""
    _set_widgets(chosen)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="errors_controls"):
        st.selectbox("When", list(LABELS), key=_key("when"), width=132, format_func=LABELS.__getitem__, on_change=_when_changed,
                     args=(chosen,))
        if address.own(chosen.when):
            _own()
        st.multiselect("State", list(State), key=_key("state"), placeholder="Any", width=125, on_change=_changed,
                       format_func=STATES.__getitem__, args=("state",))
        for facet in _SEEN:
            _facet(facet, chosen, counts.get(facet, {}), width=122)
        _more(chosen, counts)
        st.selectbox("Sorted by", list(Sort), key=_key("sort"), width=142, format_func=SORTS.__getitem__, on_change=_sorted)
        st.text_input("Search", key=_key("text"), max_chars=address.CHARACTERS, placeholder="Text or request",
                      width=175, on_change=_changed, args=("text",))
        if address.is_narrowed(chosen.where):
            st.button("Clear", icon=":material/filter_alt_off:", type="tertiary", key="errors_clear", on_click=address.clear,
                      help="Take all filters back.")


def _more(chosen: Choices, counts: Counts) -> None:
    others = [facet for facet in address.FACETS if facet not in _SEEN]
    held = sum(bool(getattr(chosen.where, facet)) for facet in others)
    with st.popover(f"Narrow ({held})" if held else "Narrow", icon=":material/filter_alt:"):
        for facet in others:
            _facet(facet, chosen, counts.get(facet, {}), width=300)


def _facet(facet: Facet, chosen: Choices, counts: Mapping[str, int], *, width: int) -> None:
    """The values, the most frequent first; those of the address are among them, seen or not."""
    held: Sequence[str] = getattr(chosen.where, facet)
    known = sorted((value for value in counts if value), key=lambda value: (-counts[value], value))
    names = list(dict.fromkeys([*known, *held]))
    st.multiselect(FACETS[facet], names, key=_key(facet), placeholder="Any", width=width, on_change=_changed, args=(str(facet),),
                   format_func=lambda value: literal(f"{value or UNSAID} · {counts.get(value, 0):,}"))


def _own() -> None:
    st.datetime_input("From, UTC", key=_key("from"), width=190, step=timedelta(minutes=1), format="YYYY-MM-DD",
                      on_change=_own_changed)
    st.datetime_input("To, UTC", key=_key("to"), width=190, step=timedelta(minutes=1), format="YYYY-MM-DD",
                      on_change=_own_changed)


def _set_widgets(chosen: Choices) -> None:
    mine = address.own(chosen.when)
    st.session_state.update({
        _key("when"): OWN if mine else chosen.when, _key("state"): list(chosen.where.state), _key("sort"): chosen.sort,
        _key("text"): chosen.where.text, **{_key(facet): list(getattr(chosen.where, facet)) for facet in address.FACETS}})
    if mine and mine.since and mine.until:
        st.session_state.update({_key("from"): mine.since.replace(tzinfo=None), _key("to"): mine.until.replace(tzinfo=None)})


def _when_changed(before: Choices) -> None:
    name = str(st.session_state[_key("when")])
    if name == OWN:
        until = (before.window.until or datetime.now(UTC)).replace(second=0, microsecond=0)
        name = address.told(before.window.since or until - timedelta(days=1), until)
    address.narrow("when", "" if name == USUAL else name)


def _own_changed() -> None:
    begin, end = (st.session_state[_key(name)] for name in ("from", "to"))
    if begin and end:
        since, until = sorted((begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC)))
        address.narrow("when", address.told(since, until))


def _changed(name: str) -> None:
    value = st.session_state[_key(name)]
    address.narrow(name, value.strip() if isinstance(value, str) else [str(one) for one in value])


def _sorted() -> None:
    value = st.session_state[_key("sort")]
    address.narrow("sort", "" if value is Sort.COUNT else str(value))


def _key(name: str) -> str:
    return f"errors_{name}"
