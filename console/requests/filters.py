"""Which requests the page shows. The address says it, so that a link or a reload shows the same."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from console import words
from console.loaders import costs, traces
from console.requests.windows import USUAL, WINDOWS, Window, days, window
from pipeline.domain import Modality, Stage, Status
from pipeline.ledger import By
from pipeline.requests import STUDENT_CHARACTERS
from pipeline.tracking import Filter, Key

TEXT_CHARACTERS, FAMILY_CHARACTERS, ID_CHARACTERS, MODEL_CHARACTERS = 100, 32, 100, 200
REQUEST, OLDER, NEWER = "request", "older", "newer"
Word = TypeVar("Word", bound=StrEnum)
SPENT, USED = "spent", "used"
"""Of a bar of the page Costs: when something was used, and in which stage."""
NAMES = ("when", "status", "stage", "form", "family", "model", "organisation", "student", "topic", "text", SPENT, USED)


def shown_id() -> str | None:
    """The id of the request in the address."""
    return st.query_params.get(REQUEST)


def open_request(request_id: str | None) -> None:
    """Show this request, or the list as it was; a callback."""
    _put(REQUEST, request_id or "")


def turn(name: str, key: Key | None) -> None:
    """Go to the page beyond the key, or to the first one; a callback."""
    for other in (OLDER, NEWER):
        _put(other, "")
    if key is not None:
        _put(name, f"{key.created_at.isoformat()}~{key.request_id}")


def clear() -> None:
    """Show everything again; a callback."""
    st.query_params.clear()


def place(name: str) -> Key | None:
    """The key in the address; None where there is none, or none that can be read."""
    moment, _, request_id = st.query_params.get(name, "").partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return Key(created_at=at if at.tzinfo else at.replace(tzinfo=UTC), request_id=request_id)


def of_address() -> Filter:
    """The filter that the address says; what it says wrongly does not count."""
    said, asked, spent = st.query_params, _window(), spent_on()
    return Filter(
        statuses=tuple(filter(None, (_word(Status, name) for name in said.get("status", "").split(",")))),
        stage=_word(Stage, said.get("stage", "")), modality=_word(Modality, said.get("form", "")),
        student=_plain(said.get("student", ""), STUDENT_CHARACTERS), topic=_plain(said.get("topic", ""), TEXT_CHARACTERS),
        family=_plain(said.get("family", ""), FAMILY_CHARACTERS), text=_plain(said.get("text", ""), TEXT_CHARACTERS),
        since=asked.since, until=asked.until, organisation=_plain(said.get("organisation", ""), ID_CHARACTERS),
        model=_plain(said.get("model", ""), MODEL_CHARACTERS), spent_in=used_in(),
        spent_since=spent.first if spent else None, spent_until=spent.until if spent else None,
    )


def spent_on() -> Window | None:
    """The days on which something was used, where the address says any."""
    return days(st.query_params.get(SPENT, ""))


def used_in() -> Stage | None:
    """The stage in which something was used, where the address says one."""
    return _word(Stage, st.query_params.get(USED, ""))


def widen(name: str) -> None:
    """Ask no more for this; a callback."""
    _put(name, "")
    turn(OLDER, None)


def controls() -> Filter:
    """The controls, as the address says; every change goes into the address."""
    wanted = of_address()
    _set_widgets(wanted)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="request_filters"):
        st.selectbox("When asked", list(dict.fromkeys([*WINDOWS, _window_name()])), key=_key("when"), width=135,
                     format_func=lambda name: (window(name) or WINDOWS[USUAL]).label, on_change=_changed, args=("when",))
        st.multiselect("Status", list(Status), key=_key("status"), placeholder="Any", width=165, on_change=_changed,
                       format_func=words.STATES.__getitem__, args=("status",))
        stages = {str(stage): label for stage, label in words.STAGES.items()}
        _choice("Stage", "stage", stages, help_="Where it is now, or where it failed.")
        _choice("Form", "form", {str(modality): label for modality, label in words.MODALITIES.items()},
                help_="The longest form that was asked for. What is needed on the way to it is made as well.")
        _choice("Family", "family", _with(wanted.family, {name: name for name in traces.families()}),
                help_="Whose models made it: a family of providers that ran one of its stages.")
        _choice("Model", "model", _with(wanted.model, {name: name for name in traces.models()}), width=130,
                help_="The request used something of it.")
        _choice("Topic", "topic", _with(wanted.topic, costs.names(By.TOPIC)), width=150)
        _choice("Organisation", "organisation", _with(wanted.organisation, costs.names(By.ORGANISATION)), width=150,
                help_="The student's, as the request was counted.")
        st.text_input("Student", key=_key("student"), max_chars=STUDENT_CHARACTERS, placeholder="The whole id", width=120,
                      on_change=_changed, args=("student",))
        st.text_input("Question or id", key=_key("text"), max_chars=TEXT_CHARACTERS, placeholder="Part of it",
                      width=150, on_change=_changed, args=("text",))
    return wanted


def clearing() -> None:
    """The button that shows everything again, where something is left out."""
    if any(st.query_params.get(name) for name in NAMES):
        st.button("Clear", icon=":material/filter_alt_off:", type="tertiary", key="clear_filter", on_click=clear,
                  help="Take all filters back.")


def _with(chosen: str, choices: Mapping[str, str]) -> Mapping[str, str]:
    """The choices, and the one of the address where it is none of them."""
    return choices if not chosen or chosen in choices else {**choices, chosen: chosen}


def _choice(
    label: str, name: str, choices: Mapping[str, str], *, help_: str | None = None, width: int = 110,
) -> None:
    st.selectbox(label, list(choices), index=None, key=_key(name), placeholder="Any", width=width, help=help_,
                 format_func=lambda choice: choices.get(choice, choice), on_change=_changed, args=(name,))


def _set_widgets(wanted: Filter) -> None:
    st.session_state.update({
        _key("when"): _window_name(), _key("status"): list(wanted.statuses),
        _key("stage"): wanted.stage and str(wanted.stage), _key("form"): wanted.modality and str(wanted.modality),
        _key("topic"): wanted.topic or None, _key("family"): wanted.family or None, _key("model"): wanted.model or None,
        _key("organisation"): wanted.organisation or None,
        _key("student"): wanted.student, _key("text"): wanted.text,
    })


def _changed(name: str) -> None:
    """Put what was chosen into the address, from its first page on."""
    chosen = st.session_state[_key(name)]
    said = ",".join(chosen) if isinstance(chosen, list) else str(chosen or "")
    _put(name, "" if name == "when" and said == USUAL else said.strip())
    turn(OLDER, None)


def _window_name() -> str:
    name = st.query_params.get("when", USUAL)
    return name if window(name) else USUAL


def _window() -> Window:
    return window(_window_name()) or WINDOWS[USUAL]


def _word(kind: type[Word], said: str) -> Word | None:
    return kind(said) if said in set(kind) else None


def _plain(said: str, most: int) -> str:
    """Without what no database takes as text."""
    return "".join(character for character in said[:most] if character.isprintable()).strip()


def _key(name: str) -> str:
    return f"requests_{name}"


def _put(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)
