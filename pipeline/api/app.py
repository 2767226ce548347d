"""The table of routes -> an application. Every call has a name in our log, every answer has it too, and each is counted."""

import json
import logging
import re
import secrets
import time

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.api.call import CORRELATION, OPERATION, answer_to, endpoint
from pipeline.api.metrics import Meters
from pipeline.api.openapi import document
from pipeline.api.operations import OPENAPI, OPERATIONS
from pipeline.api.parts import Parts
from pipeline.api.problems import Problem, unknown
from pipeline.api.push import PUSH, push_endpoint
from pipeline.wiring import Wiring

logger = logging.getLogger("pipeline")
CORRELATION_HEADER = "X-Correlation-ID"
OURS = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
NOWHERE = "nowhere"


def build_app(wiring: Wiring) -> Starlette:
    """The API of this installation. Nothing is opened before a call needs it."""
    parts = Parts(wiring)
    described = json.dumps(document(OPERATIONS)).encode()

    async def openapi(request: Request) -> Response:
        request.scope[OPERATION] = "openapi"
        return Response(described, media_type="application/json")

    routes = [Route(o.path, endpoint(o, parts), methods=[o.method]) for o in OPERATIONS]
    others = [Route(OPENAPI, openapi), Route(PUSH, push_endpoint(parts), methods=["POST"])]
    app = Starlette(
        routes=[*routes, *others], exception_handlers={HTTPException: _lost},
        middleware=[Middleware(_Envelope, meters=parts.meters)])
    app.router.redirect_slashes = False
    return app


async def _lost(request: Request, fault: Exception) -> Response:
    """There is no such route, or not for this method."""
    assert isinstance(fault, HTTPException)
    if fault.status_code == 405:
        problem = Problem(405, "method", "This address is for other methods.", headers=fault.headers)
    else:
        problem = unknown("There is nothing at this address.")
    return answer_to(problem, request)


class _Envelope:
    """Around every call: its name, what browsers need to be told, and one line and two numbers about how it went."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self._app, self._meters = app, meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the call."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        said, begun = Headers(scope=scope).get(CORRELATION_HEADER, ""), time.perf_counter()
        scope[CORRELATION] = said if OURS.fullmatch(said) else f"req_{secrets.token_hex(8)}"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[CORRELATION_HEADER] = scope[CORRELATION]
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("X-Content-Type-Options", "nosniff")
                self._tell(scope, message["status"], time.perf_counter() - begun)
            await send(message)

        await self._app(scope, receive, answer)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        operation = scope.get(OPERATION, NOWHERE)
        self._meters.answered(operation, status, seconds)
        logger.info("call answered", extra={
            "action": "call_answered", "operation": operation, "status_code": status, "duration_seconds": round(seconds, 4),
            "correlation_id": scope[CORRELATION]})
