"""What the stand-in for Vertex AI keeps of prompts: made, prolonged, given up, forgotten when its time is over."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipeline.testing.cloud_faults import Refused

Body = dict[str, Any]
PLACE = re.compile(r"/v1(?:beta1)?/(?P<parent>projects/[^/]+/locations/[^/]+/cachedContents)(?:/(?P<number>\d+))?")
LEAST_TOKENS = 2_048


@dataclass
class Kept:
    """The texts by their names, each until when."""

    clock: Callable[[], float] = time.monotonic
    texts: dict[str, str] = field(default_factory=dict)
    until: dict[str, float] = field(default_factory=dict)
    token_seconds: float = 0.0
    """What is billed for keeping."""
    made: int = 0

    def answer(self, method: str, path: str, body: Body, tokens: Callable[[str], int]) -> Body | None:
        """What comes of a call; None where it is not for this. Raises `Refused`."""
        found = PLACE.fullmatch(path)
        if found is None:
            return None
        if found["number"] is None:
            return self._make(found["parent"], body, tokens)
        name = f"{found['parent']}/{found['number']}"
        self.text(name)
        if method == "DELETE":
            del self.texts[name]
            return {}
        self._keep(name, body, tokens)
        return self._told(name, tokens)

    def text(self, name: str) -> str:
        """What is kept under the name; nothing under none. Raises `Refused`."""
        if name and (name not in self.texts or self.clock() >= self.until[name]):
            raise Refused(404, f"Not found: cached content metadata for {name.rpartition('/')[2]}.")
        return self.texts.get(name, "")

    def _make(self, parent: str, body: Body, tokens: Callable[[str], int]) -> Body:
        text = "".join(part.get("text", "") for part in body.get("systemInstruction", {}).get("parts", ()))
        if tokens(text) < LEAST_TOKENS:
            raise Refused(400, f"The cached content is of {tokens(text)} tokens, and the minimum is {LEAST_TOKENS}.")
        self.made += 1
        name = f"{parent}/{self.made}"
        self.texts[name] = text
        self._keep(name, body, tokens)
        return self._told(name, tokens)

    def _keep(self, name: str, body: Body, tokens: Callable[[str], int]) -> None:
        seconds = float(body["ttl"].rstrip("s"))
        self.until[name] = self.clock() + seconds
        self.token_seconds += tokens(self.texts[name]) * seconds

    def _told(self, name: str, tokens: Callable[[str], int]) -> Body:
        return {"name": name, "usageMetadata": {"totalTokenCount": tokens(self.texts[name])}}
