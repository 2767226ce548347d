"""What stands unchanged before many prompts, kept by Vertex AI for some minutes, so that reading it again costs a tenth.

Only a text that is long enough to be kept at all is: the prompts that ship are far shorter. Keeping it is billed by the token
and the hour when it is made and when it is prolonged, so that a bill is never too low where one is given up early.
"""

import atexit
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal

import httpx
from google.genai import Client, types
from google.genai.errors import APIError

from pipeline.domain import Unit, Usage
from pipeline.providers.google.account import FAMILY

logger = logging.getLogger("pipeline")
LEAST_TOKENS = 2_048
"""Vertex AI keeps nothing shorter (cloud.google.com/vertex-ai/generative-ai/docs/context-cache)."""
PROLONGED_AT = 0.25
"""Of its minutes: with less than this left, what is asked for again is kept for as long once more."""
AT_WORST = (APIError, httpx.TransportError, ValueError)
MINUTES_AN_HOUR = Decimal(60)


@dataclass(frozen=True, kw_only=True)
class Head:
    """A text that is kept; without a name it is one that is not, and `until` then says when to think again."""

    name: str
    tokens: int
    until: float


class Heads:
    """The texts of one model that are kept by this process. What keeping them costs goes to whoever asked."""

    def __init__(self, client: Client, model: str, minutes: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._model, self._minutes, self._clock = client, model, minutes, clock
        self._turn = threading.Lock()
        self._there: dict[str, Head] = {}

    def of(self, text: str, charge: Callable[[Usage], None]) -> str:
        """The name under which the text is kept; empty where it is not, because it is short or the service will not."""
        with self._turn:
            head = self._there.get(text)
            if head is None or self._clock() >= head.until:
                head = self._there[text] = self._made(text, charge)
            elif head.name and head.until - self._clock() < self._seconds * PROLONGED_AT:
                head = self._there[text] = self._prolonged(text, head, charge)
            return head.name

    def lost(self, text: str) -> None:
        """The service no longer has it: it is made again at the next call."""
        with self._turn:
            self._there.pop(text, None)

    def close(self) -> None:
        """Give up what is kept, so that nobody pays for it any longer; what cannot be given up ends by itself."""
        with self._turn:
            names = [head.name for head in self._there.values() if head.name and self._clock() < head.until]
            self._there.clear()
        for name in names:
            with suppress(*AT_WORST):
                self._client.caches.delete(name=name)

    @property
    def _seconds(self) -> float:
        return self._minutes * 60

    def _made(self, text: str, charge: Callable[[Usage], None]) -> Head:
        config = types.CreateCachedContentConfig(system_instruction=text, ttl=f"{self._seconds:.0f}s")
        try:
            if len(text) < LEAST_TOKENS or self._tokens(text) < LEAST_TOKENS:  # a token is a character at the least
                return Head(name="", tokens=0, until=float("inf"))
            kept = self._client.caches.create(model=self._model, config=config)
        except AT_WORST as fault:
            return self._refused(fault)
        first = not any(head.name for head in self._there.values())
        tokens = (kept.usage_metadata.total_token_count if kept.usage_metadata else None) or 0
        if first:
            atexit.register(self.close)
        charge(Usage(provider=FAMILY, model=self._model, unit=Unit.INPUT_TOKEN, quantity=Decimal(tokens), size=tokens))
        charge(self._hours(tokens))
        return Head(name=kept.name or "", tokens=tokens, until=self._clock() + self._seconds)

    def _prolonged(self, text: str, head: Head, charge: Callable[[Usage], None]) -> Head:
        config = types.UpdateCachedContentConfig(ttl=f"{self._seconds:.0f}s")
        try:
            self._client.caches.update(name=head.name, config=config)
        except APIError as fault:
            return self._made(text, charge) if fault.code == 404 else head
        except AT_WORST:
            return head
        charge(self._hours(head.tokens))
        return replace(head, until=self._clock() + self._seconds)

    def _hours(self, tokens: int) -> Usage:
        kept = tokens * Decimal(str(self._minutes)) / MINUTES_AN_HOUR
        return Usage(provider=FAMILY, model=self._model, unit=Unit.TOKEN_HOUR, quantity=kept.quantize(Decimal("0.000001")))

    def _tokens(self, text: str) -> int:
        """Counting is free."""
        return self._client.models.count_tokens(model=self._model, contents=text).total_tokens or 0

    def _refused(self, fault: Exception) -> Head:
        """Prompts are read whole for as long as the text would have been kept."""
        logger.warning("prompt not kept", exc_info=fault, extra={"action": "prompt_not_kept", "model": self._model})
        return Head(name="", tokens=0, until=self._clock() + self._seconds)
