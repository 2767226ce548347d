"""A call of the stand-in for Google, and what comes of it, for services that need more of HTTP than JSON there and back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import parse_qsl


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call."""

    method: str
    path: str
    query: str
    headers: "Message[str, str]"
    body: bytes = b""

    @property
    def said(self) -> dict[str, str]:
        """What the query says, by name; of several, the last."""
        return dict(parse_qsl(self.query))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What comes of it."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def told_as_json(value: object) -> Answer:
    """The answer that says this."""
    return Answer(body=json.dumps(value).encode(), headers={"Content-Type": "application/json"})
