"""A file of a lesson for whoever has a signed link: whole, or the ranges that a player asks for, or the way to its bucket."""

import logging
import re
from collections.abc import Callable
from functools import partial

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

from pipeline.api.call import Call, in_thread
from pipeline.api.parts import Parts
from pipeline.api.problems import Problem, unknown
from pipeline.store import media_type

logger = logging.getLogger("pipeline")
ONE = r"\s*(\d{1,18}-\d{0,18}|-\d{1,18})\s*"
RANGE = re.compile(rf"\s*bytes\s*={ONE}(,{ONE})*", re.ASCII | re.IGNORECASE)
MOST_RANGES = 5
FOLLOWED_SECONDS = 300
"""How long a browser may go to the bucket without asking us: a link to it lives longer."""
HEADERS = {"Cache-Control": "private, max-age=3600", "Referrer-Policy": "no-referrer",
           "Content-Security-Policy": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"}


def artifact(call: Call) -> Response:
    """The file that the signed link names; what of it is sent counts for the request that the link was handed out for."""
    name = str(call.request.path_params["name"])
    request_id = call.parts.links.check(name, call.request.query_params)
    size = call.parts.store.sizes([name]).get(name)
    if size is None:
        raise unknown("This file is gone: make the lesson again.", "name")
    if address := call.parts.store.link(name):
        return _sent_on(call, request_id, name, address=address, size=size)
    path = call.parts.store.path(name)
    whole = FileResponse(path, stat_result=path.stat(), media_type=media_type(name), headers=HEADERS, filename=path.name,
                         content_disposition_type="inline")
    return _Ranged(whole, call.correlation_id, count=partial(_count, call.parts, request_id))


def _sent_on(call: Call, request_id: str, name: str, *, address: str, size: int) -> Response:
    """Where the bucket hands the file out. Whoever begins with its first byte is counted as having been sent the whole file:
    how far they came is never told to us, and a player that goes on from the middle has begun before.
    """
    if call.request.method == "HEAD":  # the link is signed for GET
        told = {**HEADERS, "Content-Length": str(size), "Accept-Ranges": "bytes"}
        return Response(headers=told, media_type=media_type(name))
    if _begins(call.request.headers.get("range", "")):
        _count(call.parts, request_id, size)
    return RedirectResponse(address, 307, {**HEADERS, "Cache-Control": f"private, max-age={FOLLOWED_SECONDS}"})


def _count(parts: Parts, request_id: str, byte_count: int) -> None:
    """Put the bytes into the books. They have been sent: nothing that fails now may reach whoever has them."""
    try:
        parts.ledger.delivered(request_id, byte_count)
    except Exception as fault:
        logger.warning("delivery not counted", extra={
            "action": "delivery_uncounted", "request_id": request_id, "bytes": byte_count, "fault": type(fault).__name__})


class _Ranged(Response):
    """The file, with what is wrong about a range told like everything else that is wrong, and what was sent of it counted."""

    def __init__(self, file: FileResponse, correlation_id: str, *, count: Callable[[int], None]) -> None:
        super().__init__()
        self._file, self._correlation_id, self._count = file, correlation_id, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it. A range that is no range is passed over, as HTTP has it."""
        sent = _Sent(send)
        await self._file(_without_nonsense(scope), receive, sent)
        if sent.refused is not None:
            told = {"Content-Range": sent.refused["content-range"]}
            problem = Problem(416, "no-such-range", "The file ends before this range begins.", field="Range", headers=told)
            await problem.response(self._correlation_id)(scope, receive, send)
        elif sent.complete and sent.byte_count:
            await in_thread(partial(self._count, sent.byte_count))


class _Sent:
    """Passes everything on but a refusal, which it keeps to itself, and knows how much that was."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.refused: MutableHeaders | None = None
        self.byte_count, self.complete = 0, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 416:
            self.refused = MutableHeaders(raw=message["headers"])
        if self.refused is not None:
            return
        await self._send(message)
        if message["type"] == "http.response.body":
            self.byte_count += len(message.get("body", b""))
            self.complete = not message.get("more_body", False)


def _without_nonsense(scope: Scope) -> Scope:
    """The call without ranges that cannot be read, are backwards, or are too many."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"]
                                 if name != b"range" or _is_range(value.decode("latin-1"))]}


def _begins(said: str) -> bool:
    """Whether the file is asked for from its first byte: without a range, or with one that is passed over."""
    return not _is_range(said) or said.partition("=")[2].strip().startswith("0-")


def _is_range(said: str) -> bool:
    if not RANGE.fullmatch(said) or said.count(",") >= MOST_RANGES:
        return False
    pairs = [part.split("-") for part in said.partition("=")[2].split(",")]
    return all(not first.strip() or not last.strip() or int(first) <= int(last) for first, last in pairs)
