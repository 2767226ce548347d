"""One call from the moment its route is known: body, token, ration, handler, and every fault as a problem document.

What the student wrote never reaches the log: not in paths, and not in the words of an unforeseen fault either.
"""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from pipeline.api.body import parse_body, read_body
from pipeline.api.models import Body
from pipeline.api.parts import Parts
from pipeline.api.problems import Problem, problem_of, too_many, unauthorised
from pipeline.errors import OperatorError
from pipeline.organisation import Actor
from pipeline.tables import TokenScope, UserRole
from pipeline.visuals import Value

logger = logging.getLogger("pipeline")
OPERATION, CORRELATION = "vividly.operation", "vividly.correlation_id"
"""Where a call's scope says what was called and how our log names it."""
NOBODY = Actor(user_id="nobody", name="nobody", role=UserRole.STUDENT)
"""Whoever shows no token where none is needed: the role that may do nothing."""
T = TypeVar("T")
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="api")
"""Fewer than the database has connections, so that pages in the same process are never starved of them."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a handler may know."""

    request: Request
    parts: Parts
    actor: Actor
    body: Mapping[str, Any] = field(repr=False)

    @property
    def correlation_id(self) -> str:
        """The name of this call in our log."""
        return correlation_of(self.request)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A value, and the status that it is sent with."""

    value: Value
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A route: what opens it, what serves it, and what it may answer."""

    method: str
    path: str
    name: str
    summary: str
    handle: Callable[[Call], Reply | Response]
    scope: TokenScope | None = TokenScope.READ
    """What the token must be for; None where nobody needs one."""
    answers: Mapping[int, type[Value] | str]
    """The model, or the media type, by status."""
    problems: tuple[int, ...] = ()
    body: type[Body] | None = None
    needs_body: bool = True
    rationed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    """What it reads, and what that is for."""
    query: Mapping[str, str] = field(default_factory=dict)


async def in_thread(work: Callable[[], T]) -> T:
    """What the work comes to, done beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


def endpoint(operation: Operation, parts: Parts) -> Callable[[Request], Awaitable[Response]]:
    """The operation as Starlette calls it. Never raises."""

    async def serve(request: Request) -> Response:
        request.scope[OPERATION] = operation.name
        try:
            body = await read_body(request) if operation.body else b""
            return await in_thread(lambda: _served(operation, request, parts, body))
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except Exception as fault:
            return answer_to(fault, request)

    return serve


def answer_to(fault: Exception, request: Request) -> Response:
    """The problem document for the fault; what nobody foresaw is logged by kind and place, without its words."""
    problem = problem_of(fault)
    if problem is None or problem.status == 503:
        logger.error("call failed", extra={
            "action": "call_failed", "correlation_id": correlation_of(request), "operation": request.scope.get(OPERATION),
            "fault": type(fault).__name__, "sentence": str(fault) if isinstance(fault, OperatorError) else "",
            "place": "".join(traceback.format_tb(fault.__traceback__)),
        })
    unforeseen = Problem(500, "unforeseen", "Something went wrong here; our log knows it by the correlation id.")
    return (problem or unforeseen).response(correlation_of(request))


def correlation_of(request: Request) -> str:
    """The name of the call in our log."""
    return str(request.scope[CORRELATION])


def _served(operation: Operation, request: Request, parts: Parts, body: bytes) -> Response:
    actor = NOBODY if operation.scope is None else _caller(operation, request, parts)
    said = parse_body(body, needed=operation.needs_body) if operation.body else {}
    reply = operation.handle(Call(request=request, parts=parts, actor=actor, body=said))
    if isinstance(reply, Reply):
        return Response(reply.value.model_dump_json(), reply.status, media_type="application/json")
    return reply


def _caller(operation: Operation, request: Request, parts: Parts) -> Actor:
    """Whoever the token acts for; raises what a wrong token, or too many calls with a right one, come to."""
    assert operation.scope is not None
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise unauthorised("Send an API token as `Authorization: Bearer viv_…`: the console makes them.")
    actor = parts.tokens.verify(secret.strip(), operation.scope, datetime.now(UTC))
    if operation.rationed and (seconds := parts.ration.take(secret.strip())):
        raise too_many(f"A token may ask for {parts.per_minute} lessons a minute.", seconds, "Authorization")
    return actor
