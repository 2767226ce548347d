"""A file of a lesson for whoever has a signed link: whole, or the ranges that a player asks for."""

import re

from starlette.datastructures import MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.types import Message, Receive, Scope, Send

from pipeline.api.call import Call
from pipeline.api.problems import Problem, unknown

ONE = r"\s*(\d{1,18}-\d{0,18}|-\d{1,18})\s*"
RANGE = re.compile(rf"\s*bytes\s*={ONE}(,{ONE})*", re.ASCII | re.IGNORECASE)
MOST_RANGES = 5
TYPES = {".vtt": "text/vtt", ".wav": "audio/wav", ".m4a": "audio/mp4", ".mp3": "audio/mpeg", ".mp4": "video/mp4",
         ".png": "image/png"}
"""What lessons are made of; anything else is bytes, which no browser runs."""
HEADERS = {"Cache-Control": "private, max-age=3600", "Referrer-Policy": "no-referrer",
           "Content-Security-Policy": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'"}


def artifact(call: Call) -> Response:
    """The file that the signed link names."""
    name = str(call.request.path_params["name"])
    call.parts.links.check(name, call.request.query_params)
    path = call.parts.store.path(name)
    if not path.is_file():
        raise unknown("This file is gone: make the lesson again.", "name")
    kind = TYPES.get(path.suffix, "application/octet-stream")
    whole = FileResponse(path, stat_result=path.stat(), media_type=kind, headers=HEADERS, filename=path.name,
                         content_disposition_type="inline")
    return _Ranged(whole, call.correlation_id)


class _Ranged(Response):
    """The file, with what is wrong about a range told like everything else that is wrong."""

    def __init__(self, file: FileResponse, correlation_id: str) -> None:
        super().__init__()
        self._file, self._correlation_id = file, correlation_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it. A range that is no range is passed over, as HTTP has it."""
        refused = _Refused(send)
        await self._file(_without_nonsense(scope), receive, refused)
        if refused.headers is not None:
            told = {"Content-Range": refused.headers["content-range"]}
            problem = Problem(416, "no-such-range", "The file ends before this range begins.", field="Range", headers=told)
            await problem.response(self._correlation_id)(scope, receive, send)


class _Refused:
    """Passes everything on but a refusal, which it keeps to itself."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.headers: MutableHeaders | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 416:
            self.headers = MutableHeaders(raw=message["headers"])
        if self.headers is None:
            await self._send(message)


def _without_nonsense(scope: Scope) -> Scope:
    """The call without ranges that cannot be read, are backwards, or are too many."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"]
                                 if name != b"range" or _is_range(value.decode("latin-1"))]}


def _is_range(said: str) -> bool:
    if not RANGE.fullmatch(said) or said.count(",") >= MOST_RANGES:
        return False
    pairs = [part.split("-") for part in said.partition("=")[2].split(",")]
    return all(not first.strip() or not last.strip() or int(first) <= int(last) for first, last in pairs)
