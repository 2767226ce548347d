"""Which requests the page shows. The address says it, so that a link or a reload shows the same."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

import streamlit as st

from console import words
from console.loaders import requests, traces
from pipeline.domain import Modality, Stage, Status
from pipeline.requests import STUDENT_CHARACTERS
from pipeline.tracking import Filter, Key

TEXT_CHARACTERS, FAMILY_CHARACTERS = 100, 32
REQUEST, OLDER, NEWER = "request", "older", "newer"
_USUAL = "7d"
Word = TypeVar("Word", bound=StrEnum)


class _Window(NamedTuple):
    """A span of time: that ends now, or whole days in UTC, the last one not included."""

    label: str
    length: timedelta | None
    first: datetime | None = None
    until: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """When it begins; None where it has no beginning."""
        return datetime.now(UTC) - self.length if self.length else self.first


_WINDOWS: Mapping[str, _Window] = {
    "1h": _Window("Last hour", timedelta(hours=1)), "24h": _Window("Last 24 hours", timedelta(days=1)),
    "7d": _Window("Last 7 days", timedelta(days=7)), "30d": _Window("Last 30 days", timedelta(days=30)),
    "all": _Window("Any time", None),
}
_NAMES = ("when", "status", "stage", "form", "family", "student", "topic", "text")


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
    said, window = st.query_params, _window()
    return Filter(
        statuses=tuple(filter(None, (_word(Status, name) for name in said.get("status", "").split(",")))),
        stage=_word(Stage, said.get("stage", "")), modality=_word(Modality, said.get("form", "")),
        student=_plain(said.get("student", ""), STUDENT_CHARACTERS), topic=_plain(said.get("topic", ""), TEXT_CHARACTERS),
        family=_plain(said.get("family", ""), FAMILY_CHARACTERS), text=_plain(said.get("text", ""), TEXT_CHARACTERS),
        since=window.since, until=window.until,
    )


def controls() -> Filter:
    """The controls, as the address says; every change goes into the address."""
    wanted = of_address()
    _set_widgets(wanted)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="request_filters"):
        st.selectbox("When asked", list(dict.fromkeys([*_WINDOWS, _window_name()])), key=_key("when"), width=135,
                     format_func=lambda name: _of(name).label, on_change=_changed, args=("when",))
        st.multiselect("Status", list(Status), key=_key("status"), placeholder="Any", width=165, on_change=_changed,
                       format_func=words.STATES.__getitem__, args=("status",))
        stages = {str(stage): label for stage, label in words.STAGES.items()}
        _choice("Stage", "stage", stages, help_="Where it is now, or where it failed.")
        _choice("Form", "form", {str(modality): label for modality, label in words.MODALITIES.items()})
        _choice("Family", "family", _with(wanted.family, {name: name for name in traces.families()}),
                help_="Whose models made it: a family of providers that ran one of its stages.")
        _choice("Topic", "topic", _with(wanted.topic, requests.topics()), width=150)
        st.text_input("Student", key=_key("student"), max_chars=STUDENT_CHARACTERS, placeholder="The whole id", width=120,
                      on_change=_changed, args=("student",))
        st.text_input("Question or id", key=_key("text"), max_chars=TEXT_CHARACTERS, placeholder="Part of it",
                      width=150, on_change=_changed, args=("text",))
    return wanted


def clearing() -> None:
    """The button that shows everything again, where something is left out."""
    if any(st.query_params.get(name) for name in _NAMES):
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
        _key("topic"): wanted.topic or None, _key("family"): wanted.family or None,
        _key("student"): wanted.student, _key("text"): wanted.text,
    })


def _changed(name: str) -> None:
    """Put what was chosen into the address, from its first page on."""
    chosen = st.session_state[_key(name)]
    said = ",".join(chosen) if isinstance(chosen, list) else str(chosen or "")
    _put(name, "" if name == "when" and said == _USUAL else said.strip())
    turn(OLDER, None)


def _window_name() -> str:
    name = st.query_params.get("when", _USUAL)
    return name if name in _WINDOWS or _days(name) else _USUAL


def _window() -> _Window:
    return _of(_window_name())


def _of(name: str) -> _Window:
    return _WINDOWS.get(name) or _days(name) or _WINDOWS[_USUAL]


def _days(said: str) -> _Window | None:
    """`2026-11-03~2026-11-05`: the 3rd and the 4th."""
    first, _, until = said.partition("~")
    try:
        begin, end = (datetime.combine(date.fromisoformat(day), time(), UTC) for day in (first, until))
    except ValueError:
        return None
    last = end - timedelta(days=1)
    label = _day(begin) if last <= begin else f"{_day(begin)} – {_day(last)}"
    return _Window(label, None, begin, end) if begin < end else None


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b}"


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
