"""A message of the original's shape -> the request in it, or one sentence that says why it can never be one."""

import base64
import codecs
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from pipeline.domain import GenerationRequest, Modality
from pipeline.errors import BadRequest
from pipeline.requests import parse
from pipeline.visuals import Value

REQUIRED = ("request_id", "student_id", "student_query", "grade_level")
MESSAGE_BYTES = 64 * 1024
CORRELATION_CHARACTERS = 64
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
KEPT_BYTES = 16 * 1024
"""How much of a dead message is kept."""
KEPT_ATTRIBUTES = 20
KEPT_CHARACTERS = 256


class Message(Value):
    """A message as it was delivered, however often that was."""

    subscription: str
    message_id: str
    published: str
    data: bytes
    attributes: Mapping[str, str] = {}

    @property
    def key(self) -> str:
        """The same for every delivery of one message. Ids alone begin anew when an emulator or a topic does."""
        parts = (self.subscription, self.message_id, self.published)
        known = hashlib.sha256(json.dumps(parts).encode("ascii"))
        known.update(self.data)
        return known.hexdigest()


class Order(Value):
    """What a good message asks for."""

    request: GenerationRequest
    correlation_id: str


def read(message: Message) -> Order:
    """The request in the message. Raises `BadRequest`, and the same whenever it is read again."""
    if len(message.data) > MESSAGE_BYTES:
        raise BadRequest("message", f"must have at most {MESSAGE_BYTES} bytes; it has {len(message.data)}.")
    fields = _fields(message.data)
    for name in REQUIRED:
        if fields.get(name) in (None, ""):
            raise BadRequest(name, "is missing.")
    request = parse(_without_idle_preference(fields), request_id=_uuid(fields["request_id"]))
    return Order(request=request, correlation_id=_correlation(fields.get("correlation_id")))


def kept(message: Message) -> dict[str, Any]:
    """What a dead letter holds of the message: enough to see what it was, and no more than every database can hold."""
    attributes = list(message.attributes.items())[:KEPT_ATTRIBUTES]
    return {
        "subscription": plain(message.subscription), "message_id": plain(message.message_id),
        "published": plain(message.published), "attributes": {plain(name): plain(value) for name, value in attributes},
        "bytes": len(message.data), "cut": len(message.data) > KEPT_BYTES, **_kept_data(message.data),
    }


def plain(text: str) -> str:
    """The text as every database can hold it, cut to a length that somebody may read."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\N{REPLACEMENT CHARACTER}")[:KEPT_CHARACTERS]


def _fields(data: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as fault:  # what is nested too deeply is not JSON of ours either
        raise BadRequest("message", "is not JSON in UTF-8.") from fault
    if not isinstance(fields, dict):
        raise BadRequest("message", "must be one JSON object.")
    return fields


def _uuid(value: Any) -> str:
    """In lower case, so that both spellings are the same request."""
    if not isinstance(value, str) or not UUID.fullmatch(value):
        raise BadRequest("request_id", "must be a UUID.")
    return value.lower()


def _without_idle_preference(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without a preference for a modality that was not asked for.

    The original sent `preferred_modality: "video"` along with every list of modalities and never read it.
    """
    asked, preferred = fields.get("requested_modalities"), fields.get("preferred_modality")
    idle = preferred in list(Modality) and preferred not in (asked if isinstance(asked, list) else [Modality.VIDEO])
    return {name: value for name, value in fields.items() if not (idle and name == "preferred_modality")}


def _correlation(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not value.isprintable() or len(value) > CORRELATION_CHARACTERS:
        raise BadRequest("correlation_id", f"must be printable text of at most {CORRELATION_CHARACTERS} characters.")
    return value


def _kept_data(data: bytes) -> dict[str, str]:
    """As text where it is text that a database can hold; a character that the cut falls into is left out."""
    start = data[:KEPT_BYTES]
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start, final=start == data)
    except UnicodeDecodeError:
        text = "\0"
    return {"data_base64": base64.b64encode(start).decode("ascii")} if "\0" in text else {"data": text}
