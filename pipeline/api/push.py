"""`POST /push`: where a Pub/Sub push subscription hands its messages in. Who may is the bridge's to say, not a token's."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.api.body import read_body
from pipeline.api.call import OPERATION, answer_to, in_thread
from pipeline.api.parts import Parts
from pipeline.bridge.push import BODY_BYTES, PushAnswer, receive_push

PUSH = "/push"
CLOSED = PushAnswer(status=403, said="not_set_up")


def push_endpoint(parts: Parts) -> Callable[[Request], Awaitable[Response]]:
    """Settles one pushed message. Whatever cannot be settled now is answered so that it comes again."""

    async def receive(request: Request) -> Response:
        request.scope[OPERATION] = "push"
        try:
            answer = await _settled(request, parts)
        except Exception as fault:
            return answer_to(fault, request)
        return JSONResponse({"status": answer.said}, answer.status)

    return receive


async def _settled(request: Request, parts: Parts) -> PushAnswer:
    if parts.guard.trust.nobody:
        return CLOSED  # before anything is read
    body = await read_body(request, most=BODY_BYTES)
    token = request.query_params.get("token", "")
    return await in_thread(
        lambda: receive_push(body, request.headers, guard=parts.guard, intake=parts.intake, token=token))
