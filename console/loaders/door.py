"""The working parts of the pipeline, made once per process, and the way to them."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pipeline.config import read_settings
from pipeline.database import told_plainly
from pipeline.errors import OperatorError
from pipeline.wiring import Wiring


@st.cache_resource(show_spinner=False)
def wiring() -> Wiring:
    """The parts."""
    return Wiring(read_settings())


@contextmanager
def door() -> Iterator[Wiring]:
    """The working parts; whatever the database says is told plainly, and the next call starts afresh."""
    parts = wiring()
    try:
        with told_plainly():
            yield parts
    except OperatorError:
        wiring.clear()
        raise
    except ValueError as fault:  # a row written by another version does not fit the vocabulary
        raise OperatorError("The record has an entry that this version cannot read.") from fault
