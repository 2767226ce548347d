"""The working parts of the pipeline, made once per process, and the way to them."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pipeline.config import read_settings
from pipeline.database import told_plainly
from pipeline.errors import OperatorError
from pipeline.logs import log_to
from pipeline.wiring import Wiring


@st.cache_resource(show_spinner=False)
def wiring() -> Wiring:
    """The parts. Whoever makes them says from then on what this process does."""
    settings = read_settings()
    log_to(settings.home, "console", places=settings.log, project=settings.log_project, endpoint=settings.log_endpoint)
    return Wiring(settings)


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
