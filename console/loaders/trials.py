"""The playground: questions in several variants of the prompts, and a recorded stage repeated; both go through the queue."""

from collections.abc import Mapping, Sequence

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door
from console.loaders.lessons import look_again
from pipeline.comparison import Asked, Variant
from pipeline.domain import Modality, Stage
from pipeline.wiring import new_request_id

_NEXT = "next_trial_id"


def try_out(questions: Sequence[Asked], pins: Sequence[Mapping[str, str]]) -> str:
    """Note the questions in these variants as a comparison; its id. Pressing twice makes one."""
    trial = str(st.session_state.setdefault(_NEXT, new_request_id()))
    variants = [Variant(modality=Modality.TEXT, prompts=one) for one in pins]
    with door() as parts:
        parts.comparisons.create(visitor.actor(), trial, questions=questions, variants=variants)
    st.session_state.pop(_NEXT, None)
    return trial


def replay(request_id: str, stage: Stage, pins: Mapping[str, str]) -> str:
    """Make the request anew from this stage on, with these versions; the id of the new one."""
    with door() as parts:
        made = parts.lessons.again(visitor.actor(), request_id, stage, prompts=pins)
    look_again()
    return made
