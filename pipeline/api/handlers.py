"""What each route about requests does. A request may be seen, stopped and made anew by whoever's role allows it."""

import hashlib
import re
import uuid
from typing import Any

from pipeline.api.answers import events_url, request_out, status_url, usd
from pipeline.api.call import Call, Reply
from pipeline.api.models import Accepted
from pipeline.api.problems import conflict, invalid, unknown
from pipeline.domain import GenerationRequest, Stage, Status
from pipeline.errors import BadRequest
from pipeline.requests import parse
from pipeline.tracking import RequestView

REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
KEY = re.compile(r"[\x21-\x7e]{1,200}")
KEY_HEADER = "Idempotency-Key"


def generate(call: Call) -> Reply:
    """Take a request in; a key that was used before gives the request that it gave then."""
    request, key = parse(call.body, request_id=str(uuid.uuid4())), _key_of(call)
    request_id = call.parts.lessons.ask(call.actor, request, idempotency_key=key, correlation_id=call.correlation_id)
    if request_id == request.request_id:
        return _accepted(call, request, Status.PENDING)
    known = _known(call, request_id)
    if known.request != request.model_copy(update={"request_id": request_id}):
        raise conflict("This key was used for another request: take a new key.", KEY_HEADER)
    return _accepted(call, known.request, known.status)


def status(call: Call) -> Reply:
    """The request as it stands."""
    return Reply(value=request_out(requested(call), call.parts.store, call.parts.links, call.parts.savings.foresee))


def cancel(call: Call) -> Reply:
    """Ask for a stop, and show the request."""
    view = requested(call)
    if view.status.decided and view.status is not Status.CANCELLED:
        raise conflict(f"This request is {_words(view.status)} and cannot be stopped any more.", "request_id")
    call.parts.lessons.cancel(call.actor, view.request.request_id)
    return Reply(value=request_out(requested(call), call.parts.store, call.parts.links, call.parts.savings.foresee))


def retry(call: Call) -> Reply:
    """Make the lesson anew, from the beginning or from a stage: a new request."""
    view, stage = requested(call), _stage_of(call.body.get("from_stage"))
    if not view.status.decided:
        raise conflict(f"This request is {_words(view.status)}: cancel it first, or wait.", "request_id")
    return _fresh(call, call.parts.lessons.again(call.actor, view.request.request_id, stage))


def clarify(call: Call) -> Reply:
    """Answer the question back: a new request."""
    view = requested(call)
    if view.status is not Status.CLARIFICATION_NEEDED:
        raise conflict(f"This request is {_words(view.status)} and asked nothing back.", "request_id")
    option, query = _text(call, "option"), _text(call, "query")
    try:
        return _fresh(call, call.parts.lessons.clarify(call.actor, view.request.request_id, option=option, query=query))
    except BadRequest as fault:
        if fault.field == "student_query":
            raise invalid("query", str(fault).removeprefix("student_query: ")) from None
        raise


def requested(call: Call) -> RequestView:
    """The request that the path names. Raises `Problem` 404, without a look for what can be no id."""
    said = str(call.request.path_params["request_id"])
    return _known(call, said) if REQUEST_ID.fullmatch(said) else _known(call, "")


def _known(call: Call, request_id: str) -> RequestView:
    view = call.parts.record.view(request_id) if request_id else None
    if view is None:
        raise unknown("There is no request of this id.", "request_id")
    return view


def _fresh(call: Call, request_id: str) -> Reply:
    view = _known(call, request_id)
    return _accepted(call, view.request, view.status)


def _accepted(call: Call, request: GenerationRequest, status: Status) -> Reply:
    estimate = call.parts.estimates.of(request, call.parts.record)
    return Reply(status=202, value=Accepted(
        request_id=request.request_id, status=status, status_url=status_url(request.request_id),
        events_url=events_url(request.request_id), estimated_seconds=estimate.seconds,
        estimated_cost_usd=None if estimate.usd is None else usd(estimate.usd),
    ))


def _key_of(call: Call) -> str | None:
    """The caller's key as the record keeps it: two people who think of the same key do not meet."""
    said = call.request.headers.get(KEY_HEADER)
    if said is None:
        return None
    if not KEY.fullmatch(said):
        raise invalid(KEY_HEADER, "must have 1 to 200 visible ASCII characters.")
    return "api:" + hashlib.sha256(f"{call.actor.user_id}\n{said}".encode()).hexdigest()


def _stage_of(said: Any) -> Stage | None:
    if said is None:
        return None
    if not isinstance(said, str) or said not in list(Stage):
        raise invalid("from_stage", f"must be one of {', '.join(Stage)}.")
    return Stage(said)


def _text(call: Call, name: str) -> str | None:
    said = call.body.get(name)
    if said is not None and not isinstance(said, str):
        raise invalid(name, "must be text.")
    return said


def _words(status: Status) -> str:
    return status.replace("_", " ")
