"""What Pub/Sub pushes -> an HTTP status. It tries again whatever is not answered with 2xx.

So what can never succeed is answered with 200, as a dead letter, and only what may succeed later with 503.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from pipeline.bridge.guard import Guard
from pipeline.bridge.intake import Fate, Intake
from pipeline.bridge.message import Message, plain
from pipeline.errors import NotAllowed, ProviderUnavailable
from pipeline.visuals import Value

BODY_BYTES = 16 * 1024 * 1024
"""What the server must let through: a message of Pub/Sub's own limit of 10 MB in base64, with its attributes."""
STATUS: Mapping[Fate, int] = {Fate.RECORDED: 200, Fate.DEAD_LETTERED: 200, Fate.LATER: 503, Fate.AWAY: 503}


class PushAnswer(Value):
    """What to answer."""

    status: int
    said: str
    """One word for a machine: what became of the message, or why it was not looked at."""


def receive_push(
    body: bytes, headers: Mapping[str, str], *, guard: Guard, intake: Intake, token: str = ""
) -> PushAnswer:
    """Settle one pushed message; `token` is what the query of the address says. Never raises.

    200 recorded or dead_lettered, 401 not_genuine, 403 not_set_up, 503 later, away or unknown_keys.
    """
    if guard.trust.nobody:
        return PushAnswer(status=403, said="not_set_up")
    try:
        guard.check(_bearer(headers), token)
    except NotAllowed:
        return PushAnswer(status=401, said="not_genuine")
    except ProviderUnavailable:
        return PushAnswer(status=503, said="unknown_keys")
    fate = _settled(body, intake)
    return PushAnswer(status=STATUS[fate], said=fate)


def _bearer(headers: Mapping[str, str]) -> str:
    said = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    scheme, _, bearer = said.partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else ""


def _settled(body: bytes, intake: Intake) -> Fate:
    try:
        message = _message(json.loads(body.decode("utf-8")))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        shapeless = Message(subscription="", message_id="", published="", data=body)
        return intake.bury(shapeless, "message: is not in the envelope of a Pub/Sub push.")
    return intake.take(message)


def _message(envelope: Any) -> Message:
    """The message in the envelope. Raises whatever Python raises when that is not one."""
    inner = envelope["message"]
    return Message(
        subscription=plain(envelope["subscription"]), message_id=plain(inner["messageId"]),
        published=plain(inner.get("publishTime") or ""), data=base64.b64decode(inner.get("data") or "", validate=True),
        attributes={plain(name): plain(value) for name, value in (inner.get("attributes") or {}).items()},
    )
