"""Which request the page shows, and new requests made from old ones. The id in the address is the only state."""

from collections.abc import Mapping

import streamlit as st

from console import loaders
from pipeline.domain import GenerationRequest
from pipeline.wiring import new_request_id

_NEXT = "next_request_id"


def shown_id() -> str | None:
    """The id of the request in the address."""
    return st.query_params.get("request")


def show(request_id: str | None) -> None:
    """Put the request into the address, or the empty form; usable as a callback."""
    st.session_state.pop(_NEXT, None)
    if request_id is None:
        st.query_params.clear()
    else:
        st.query_params["request"] = request_id


def next_id() -> str:
    """The id of the request that will be submitted next: pressing a button twice makes one request."""
    if _NEXT not in st.session_state:
        st.session_state[_NEXT] = new_request_id()
    return str(st.session_state[_NEXT])


def submit(request: GenerationRequest) -> None:
    """Submit the request and show it."""
    loaders.submit(request)
    show(request.request_id)
    st.rerun()


def again(request: GenerationRequest, **changes: object) -> GenerationRequest:
    """The same request with a new id and these changes."""
    update: Mapping[str, object] = {"request_id": next_id(), **changes}
    return request.model_copy(update=update)


def link(request_id: str) -> str:
    """The address under which the request can be opened by others."""
    here = (st.context.url or "").split("?")[0]
    return f"{here}?request={request_id}"
