"""What is wrong with a prompt, each with its place."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from console.organisation.labels import number
from console.prompts import wording
from pipeline.prompts import Fault

_LIST = Markup('<ul class="faults">{}</ul>')
_FAULT = Markup("<li><b>{}</b> {}</li>")


def show(faults: Sequence[Fault]) -> None:
    """All of them, or that there is none."""
    if faults:
        st.html(as_html(faults))
        st.caption(f"{number(len(faults), 'fault')}: it cannot be saved like this.")
    else:
        st.caption(":green[:material/check:] Nothing is wrong with it.")


def as_html(faults: Sequence[Fault]) -> str:
    """A line per fault."""
    return str(_LIST.format(Markup("").join(_FAULT.format(place(fault.place), fault.said) for fault in faults)))


def place(said: str) -> str:
    """Where it is, in words: "Asked, line 3" of "user:3"."""
    part, colon, rest = said.partition(":")
    head, dot, deeper = part.partition(".")
    name = wording.PARTS.get(head, head)
    return f"{name}{f', {deeper}' if dot else ''}{f', line {rest}' if colon else ''}"
