"""Faults of the installation become one sentence on the page, with what to do; never a trace, never a password."""

import functools
import re
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from console.literal import literal
from pipeline.errors import PipelineError

P = ParamSpec("P")
_PASSWORD = re.compile(r"(?<=//)([^:/@\s]*):[^@\s]*@")


def told(part: Callable[P, None]) -> Callable[P, None]:
    """The part of a page; when the pipeline cannot serve it, the reason stands in its place."""

    @functools.wraps(part)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            part(*args, **kwargs)
        except PipelineError as fault:
            st.error(literal(without_password(str(fault))), icon=":material/error:")
            st.button("Look again", icon=":material/refresh:", key=f"look_again_{part.__name__}")

    return shown


def without_password(sentence: str) -> str:
    """The sentence with the password of any database address in it hidden."""
    return _PASSWORD.sub(r"\1:***@", sentence)
