"""The numbers above the groups: lines, errors, what could not be read, and what the groups add up to."""

import streamlit as st

from console.incidents.wording import sums
from console.literal import literal
from pipeline.incidents import Groups, SourceState

_ERRORS = ("Lines that say that something failed: by their severity, the level in their text, their traceback or known words "
           "together, and by the rules on the tab Rules.")
_UNPARSED = ("Pieces of all time that could not be read as a line: broken JSON, half lines. They are counted by source on the "
             "tab Sources, and in no group.")


def show(found: Groups) -> None:
    """All of them."""
    with st.container(horizontal=True, gap="small", key="errors_numbers"):
        _figure("Lines", f"{found.lines:,}", "Lines of the time that were read, errors and others.")
        _figure("Errors", f"{found.every_error:,}", _ERRORS)
        _figure("Error lines", share(found), "Errors of all lines of the time.")
        _figure("Groups", f"{found.found:,}", "Causes that fit the filter.")
        _figure("Unparsed", f"{found.unparsed:,}", _UNPARSED)


def adding_up(found: Groups) -> None:
    """What the groups add up to."""
    st.caption(literal(sums(found)), width="stretch")


def share(found: Groups) -> str:
    """The share of the lines that are errors; a dash where there are none."""
    return f"{found.every_error / found.lines:.2%}" if found.lines else "–"


def faults(states: tuple[SourceState, ...]) -> list[str]:
    """The sentences of sources that could not be read."""
    return [f"{state.name} could not be read to its end: {state.fault}" for state in states if state.fault]


def _figure(label: str, value: str, told: str) -> None:
    st.metric(label, value, help=told, border=True, width="content")
