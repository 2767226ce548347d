"""The reason that everything that people decide about errors is asked for."""

import streamlit as st

from pipeline.errors import BadRequest

REASON_CHARACTERS = 400


def ask(label: str, key: str) -> str:
    """What was typed as the reason."""
    return str(st.text_area(label, key=key, max_chars=REASON_CHARACTERS, height=80))


def given(why: str) -> str:
    """The reason. Raises `BadRequest` without one."""
    if not why.strip():
        raise BadRequest("why", "The reason is missing: say in a few words why, so that others can follow it.")
    return why.strip()
