"""What is told beside the list and beside one request: bills, prompts, passages, the providers' families, log lines."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from console import money
from console.loaders.door import door, wiring
from pipeline.domain import Passage
from pipeline.logs import Found, about
from pipeline.tracking import Asked, Detail, RequestView

FAMILIES_SECONDS = 60


def costs(request_ids: Sequence[str]) -> Mapping[str, Decimal | None]:
    """What each request cost so far in USD, in one query; None where one of its usages has no price."""
    with door() as parts:
        bills = Detail(parts.engine).bills(request_ids)
    return {request_id: money.spent(used) for request_id, used in bills.items()}


@st.cache_data(ttl=FAMILIES_SECONDS, show_spinner=False)
def families() -> Sequence[str]:
    """The families of providers that stages were run by lately."""
    with door() as parts:
        return Detail(parts.engine).families()


@st.cache_data(ttl=FAMILIES_SECONDS, show_spinner=False)
def models() -> Sequence[str]:
    """The models of which something was used lately."""
    with door() as parts:
        return Detail(parts.engine).models()


def prompts(request_id: str) -> Sequence[Asked]:
    """What the stages of the request asked their models."""
    with door() as parts:
        return Detail(parts.engine).prompts(request_id)


def passages(view: RequestView) -> Sequence[Passage]:
    """What the lesson rests on; before it is written, what the search found."""
    script = view.lesson.script if view.lesson else None
    if script is not None:
        return script.passages
    with door() as parts:
        return Detail(parts.engine).passages(view.request.request_id)


def log_lines(view: RequestView) -> Found:
    """What the processes of this machine said about the request."""
    return about(wiring().settings.home, view.request.request_id, since=view.created_at)
