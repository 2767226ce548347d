"""The controls of the page, as its address says; every change goes into the address."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from console import words
from console.costs import address
from console.costs.address import CHOSEN, LABELS, USUAL, Choices
from console.costs.wording import DIMENSIONS, FOLLOWED, parameter_name
from console.literal import literal
from console.loaders import books, costs
from pipeline.ledger import BOOK, By


def show(chosen: Choices) -> None:
    """Time, dimension, price book, and what the spend is narrowed to."""
    _set_widgets(chosen)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="costs_controls"):
        st.selectbox("When", list(LABELS), key=_key("when"), width=150, format_func=LABELS.__getitem__, on_change=_changed,
                     args=("when", USUAL))
        if chosen.when == CHOSEN:
            st.date_input("Days, UTC", key=_key("days"), max_value=address.today(), width=230, on_change=_days_changed,
                          min_value=min(date(2020, 1, 1), chosen.first or chosen.last), format="YYYY-MM-DD")
        st.selectbox("Told apart by", list(By), key=_key("by"), width=150, format_func=DIMENSIONS.__getitem__,
                     on_change=_changed, args=("by", By.STAGE))
        broken = books.faults()
        names = list(broken) if chosen.book in broken else [*broken, chosen.book]
        st.selectbox("Price book", names, key=_key("book"), width=170, on_change=_changed, args=("book", BOOK),
                     format_func=lambda name: literal(f"{name} (broken)" if broken.get(name) else name),
                     help="The same usage at other prices. Nothing that is stored changes.")
        _narrowing(address.narrowed(chosen.where))


def narrowings(chosen: Choices) -> None:
    """What the spend is narrowed to, each with the way back."""
    held = address.narrowed(chosen.where)
    if not held:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="costs_narrowed"):
        st.caption("Narrowed to", width="content")
        for name, value in held.items():
            st.button(literal(parameter_name(name, value)), key=f"widen_{name}", icon=":material/close:", on_click=address.narrow,
                      args=(name, ""), help="Show everything again.")
    st.caption(FOLLOWED)


def _narrowing(held: Mapping[str, str]) -> None:
    by_form = {str(modality): name for modality, name in words.MODALITIES.items()}
    by_stage = {str(stage): name for stage, name in words.STAGES.items()}
    with st.popover("Narrow", icon=":material/filter_alt:", help="Models and families: pick a bar, and choose Only this."):
        _choice("Form", "form", by_form, held)
        _choice("Stage", "stage", by_stage, held)
        _choice("Organisation", "organisation", costs.names(By.ORGANISATION), held, disabled="topic" in held)
        _choice("Topic", "topic", costs.names(By.TOPIC), held, disabled="organisation" in held)
        st.caption("The roll-ups keep organisations and topics apart: one of the two at a time.")


def _choice(label: str, name: str, choices: Mapping[str, str], held: Mapping[str, str], *, disabled: bool = False) -> None:
    value = held.get(name)
    known = {**choices, **({value: value} if value is not None and value not in choices else {})}
    st.session_state[_key(name)] = value
    st.selectbox(label, list(known), index=None, key=_key(name), placeholder="Any", disabled=disabled,
                 format_func=lambda key: literal(known[str(key)]), on_change=_narrowed, args=(name,))


def _set_widgets(chosen: Choices) -> None:
    st.session_state.update({_key("when"): chosen.when, _key("by"): chosen.by, _key("book"): chosen.book})
    if chosen.when == CHOSEN:
        st.session_state[_key("days")] = (chosen.first or chosen.last, chosen.last)


def _changed(name: str, usual: str) -> None:
    value = str(st.session_state[_key(name)])
    address.put(name, "" if value == usual else value)
    address.pick(None)


def _narrowed(name: str) -> None:
    address.narrow(name, st.session_state[_key(name)] or "")


def _days_changed() -> None:
    """Both days, once both are chosen."""
    days = st.session_state[_key("days")]
    if len(days) == 2:
        address.put("from", str(days[0]))
        address.put("to", str(days[1]))
        address.pick(None)


def _key(name: str) -> str:
    return f"costs_{name}"
