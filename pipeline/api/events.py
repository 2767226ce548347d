"""What happens to a request, as server-sent events. A reader that lost the line goes on after the last event it had."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from functools import partial

from starlette.responses import Response, StreamingResponse

from pipeline.api.call import Call, in_thread
from pipeline.api.handlers import requested
from pipeline.api.models import EventOut
from pipeline.api.problems import invalid
from pipeline.tables import EventKind
from pipeline.tracking import Event, Record

logger = logging.getLogger("pipeline")
LAST = "Last-Event-ID"
NUMBER = re.compile(r"[0-9]{1,9}")
LOOKS_EVERY_SECONDS = 0.5
ALIVE_EVERY_SECONDS = 15.0
COMES_BACK_MILLISECONDS = 2000
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def events(call: Call) -> Response:
    """A stream until the request is decided; 204, which tells a browser to stay away, when there is nothing more to say."""
    view, record = requested(call), call.parts.record
    request_id, after = view.request.request_id, _after(call)
    if view.status.decided and not record.events(request_id, after, limit=1):
        return Response(status_code=204)
    told = _stream(record, request_id, after, view.status.decided)
    return StreamingResponse(told, media_type="text/event-stream", headers=HEADERS)


def _after(call: Call) -> int:
    said = call.request.headers.get(LAST, "0")
    if not NUMBER.fullmatch(said):
        raise invalid(LAST, "must be the id of an event.")
    return int(said)


async def _stream(record: Record, request_id: str, after: int, decided: bool) -> AsyncIterator[str]:
    yield f"retry: {COMES_BACK_MILLISECONDS}\n\n"
    spoke = time.monotonic()
    while True:
        try:
            seen = await in_thread(partial(record.events, request_id, after))
        except Exception as fault:  # the answer has begun: all that can be said now is its end, and the reader comes back
            logger.warning("stream ended", extra={"action": "stream_ended", "request_id": request_id,
                                                  "fault": type(fault).__name__})
            return
        for event in seen:
            yield _told(event)
            decided = _is_decided(decided, event)
            after, spoke = event.event_id, time.monotonic()
        if seen:
            continue
        if decided:
            return
        if time.monotonic() - spoke > ALIVE_EVERY_SECONDS:
            yield ": still here\n\n"
            spoke = time.monotonic()
        await asyncio.sleep(LOOKS_EVERY_SECONDS)


def _is_decided(before: bool, event: Event) -> bool:
    """Whether nothing more is to come; a dead letter that is replayed opens the request again."""
    return event.kind is EventKind.DECIDED or (before and event.kind is not EventKind.REPLAYED)


def _told(event: Event) -> str:
    said = EventOut(event_id=event.event_id, at=event.at, kind=event.kind, data=dict(event.data))
    return f"id: {event.event_id}\nevent: {event.kind}\ndata: {said.model_dump_json()}\n\n"
