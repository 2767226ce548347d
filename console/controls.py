"""The form: what a student asks for, as plain fields. Nothing of it touches a request that is already on its way."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from console import asking, loaders, money, words
from console.literal import literal
from console.rights import right
from pipeline.domain import GenerationRequest, Modality
from pipeline.errors import BadRequest
from pipeline.organisation import Permission
from pipeline.requests import INTEREST_CHARACTERS, QUERY_CHARACTERS, STUDENT_CHARACTERS, parse

GRADES = range(1, 13)
EXAMPLES = (
    ("Explain Newton's third law", 10, "basketball"),
    ("Explain photosynthesis", 9, None),
    ("How does binary search find a word so quickly?", 9, "video games"),
    ("Why do we have seasons?", 9, "gardening"),
)
_QUESTION, _GRADE, _INTEREST, _STUDENT, _FIRST, _SEED = (
    f"ask_{name}" for name in ("question", "grade", "interest", "student", "first", "seed")
)
_FIELDS = {
    "student_query": "The question", "grade_level": "The grade", "interest": "The interest",
    "student_id": "The student", "requested_modalities": "What to make", "preferred_modality": "The form shown first",
    "seed": "The seed",
}
_ICONS = {
    Modality.TEXT: ":material/article:", Modality.AUDIO: ":material/graphic_eq:", Modality.IMAGES: ":material/image:",
    Modality.VIDEO: ":material/movie:",
}


def request_form() -> GenerationRequest | None:
    """The form; a valid request when it was submitted."""
    _set_defaults()
    with st.form("ask", border=True):
        slots = _main_fields() | _modality_fields() | _more_fields()
        pressed = st.form_submit_button(
            "Make the lesson", type="primary", icon=":material/play_arrow:",
            **right(Permission.GENERATE, help="Ctrl+Enter in the question does the same."),
        )
    return _checked(slots) if pressed else None


def examples() -> None:
    """Questions to begin with; a click fills the form."""
    st.caption("Or begin with one of these:")
    with st.container(horizontal=True, gap="small"):
        for number, (question, grade, interest) in enumerate(EXAMPLES):
            told = f"{question} · {interest}" if interest else question
            st.button(told, key=f"example_{number}", on_click=fill, args=(question, grade, interest))


def fill(question: str, grade: int, interest: str | None) -> None:
    """Put these values into the form; a callback."""
    st.session_state.update({_QUESTION: question, _GRADE: grade, _INTEREST: interest})


def fill_from(request: GenerationRequest) -> None:
    """Leave the shown request and put its values into the form; a callback."""
    fill(request.student_query, request.grade_level, request.interest)
    st.session_state.update({_key(m): request.wants(m) for m in Modality})
    st.session_state.update({_STUDENT: request.student_id, _SEED: request.seed, _FIRST: request.preferred_modality})
    asking.show(None)


def _set_defaults() -> None:
    defaults: Mapping[str, Any] = {
        _QUESTION: "", _GRADE: 10, _INTEREST: None, _STUDENT: "console", _SEED: 1, _FIRST: None,
        **{_key(modality): modality in (Modality.TEXT, Modality.VIDEO) for modality in Modality},
    }
    for key, value in defaults.items():
        st.session_state.setdefault(key, value)


def _main_fields() -> dict[str, DeltaGenerator]:
    st.text_area(
        "Question", key=_QUESTION, max_chars=QUERY_CHARACTERS[1], height=88,
        placeholder="What does the student want to understand?",
    )
    slots = {"student_query": st.empty()}
    left, right = st.columns([1, 2])
    left.selectbox("Grade", GRADES, key=_GRADE)
    slots["grade_level"] = left.empty()
    right.selectbox(
        "Interest", _interest_choices(), index=None, key=_INTEREST, accept_new_options=True,
        placeholder="None. Choose one, or type another", help=f"At most {INTEREST_CHARACTERS} characters.",
    )
    slots["interest"] = right.empty()
    return slots


def _interest_choices() -> list[str]:
    known = list(loaders.interests())
    own = st.session_state[_INTEREST]
    return known if own is None or own in known else [own, *known]


def _modality_fields() -> dict[str, DeltaGenerator]:
    expected = loaders.expectations()
    st.markdown(":small[What to make]")
    for column, modality in zip(st.columns(len(Modality)), Modality, strict=True):
        with column.container(border=True, gap=None):
            st.checkbox(f"{_ICONS[modality]} {words.MODALITIES[modality]}", key=_key(modality))
            st.caption(_expected(expected[modality]))
    saved = literal(words.dollars(money.text_only_saves()))
    st.caption(
        "From question to result on this machine; shared steps are made once, so all four take no longer than video. "
        f"Without video a lesson saves {saved} by the planning book."
    )
    return {"requested_modalities": st.empty()}


def _expected(expectation: money.Expectation | None) -> str:
    if expectation is None:
        return "Not measured yet on this machine"
    return literal(f"about {words.duration(expectation.seconds)} · {words.dollars(expectation.usd)}")


def _more_fields() -> dict[str, DeltaGenerator]:
    with st.expander("More settings"):
        first, student, seed = st.columns(3)
        first.selectbox(
            "Show first", list(Modality), key=_FIRST, index=None, placeholder="As listed",
            format_func=lambda modality: words.MODALITIES[modality],
        )
        student.text_input("Student", key=_STUDENT, max_chars=STUDENT_CHARACTERS)
        seed.number_input("Seed", min_value=0, max_value=2**31 - 1, step=1, key=_SEED,
                          help="The same seed makes the same lesson.")
        return {"preferred_modality": first.empty(), "student_id": student.empty(), "seed": seed.empty()}


def _checked(slots: Mapping[str, DeltaGenerator]) -> GenerationRequest | None:
    state = st.session_state
    fields = {
        "student_query": state[_QUESTION], "student_id": state[_STUDENT], "grade_level": state[_GRADE],
        "interest": state[_INTEREST], "requested_modalities": [m for m in Modality if state[_key(m)]],
        "preferred_modality": state[_FIRST], "seed": state[_SEED],
    }
    try:
        return parse(fields, request_id=asking.next_id())
    except BadRequest as fault:
        sentence = str(fault).removeprefix(f"{fault.field}:")
        slots[fault.field].error(literal(f"{_FIELDS[fault.field]}{sentence}"))
        return None


def _key(modality: Modality) -> str:
    return f"ask_{modality}"
