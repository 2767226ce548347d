"""What the page Evaluations shows, as its address says it, so that a link or a reload shows the same."""

from collections.abc import Mapping, Sequence

import streamlit as st

TAB, PART = "tab", "part"
RUNS, COMPARE, JUDGE, GATES, START = TABS = ("Runs", "Compare", "Judge", "Gates", "Start")
FIGURES, FLIPS, QUESTIONS, VOTE = PARTS = ("Figures", "Flips", "Questions", "Vote")
RUN, QUESTION, VARIANT, MEASURE, KIND = "run", "question", "variant", "measure", "kind"
ONE, OTHER, ABOUT, STATE = "one", "other", "about", "state"
RETRIEVAL = "retrieval-"
"""What the number of a run of retrieval has before it here."""
CHARACTERS = 200
_GOTO = "evaluations_go_to"


def said(name: str) -> str:
    """The value of this name, without what no database takes as text."""
    found = st.query_params.get(name, "")[:CHARACTERS]
    return " ".join("".join(c if c.isprintable() else " " for c in found).split())


def one_of(name: str, choices: Sequence[str], usual: str) -> str:
    """The value of this name where it is one of these."""
    found = said(name)
    return found if found in choices else usual


def put(name: str, value: str) -> None:
    """Write it into the address; nothing takes it out. Usable as a callback."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def clear(names: Sequence[str]) -> None:
    """Take these out of the address; a callback."""
    for name in names:
        put(name, "")


def open_run(run_id: str, part: str = "", question: str = "") -> None:
    """Show this run, or the list when there is no id; a callback."""
    clear((QUESTION, VARIANT, MEASURE, KIND))
    _go(TAB, RUNS)
    _go(PART, part or FIGURES)
    put(RUN, run_id)
    put(QUESTION, question)


def arrive() -> None:
    """Open the tab that somebody wants to see. Tabs write their names into the address themselves, so this comes before them."""
    st.session_state.update(st.session_state.pop(_GOTO, {}))


def choose(
    label: str, choices: Sequence[str], name: str, usual: str, *, told: Mapping[str, str] | None = None, width: int = 220,
) -> str:
    """A control whose choice goes into the address; what is chosen."""
    shown, key = one_of(name, choices, usual), f"evaluations_{name}"
    st.session_state[key] = shown
    st.selectbox(label, list(choices), key=key, width=width, on_change=_chosen, args=(name,),
                 format_func=lambda choice: (told or {}).get(choice, choice))
    return shown


def _chosen(name: str) -> None:
    put(name, str(st.session_state[f"evaluations_{name}"]))


def _go(name: str, tab: str) -> None:
    st.session_state.setdefault(_GOTO, {})[name] = tab
