"""Gemini on Vertex AI, through google-genai: streamed, constrained to a schema where one is given, counted by its own counts."""

import json
import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TypeVar

from google.genai import Client, types
from google.genai.errors import APIError

from pipeline.domain import Unit, Usage
from pipeline.errors import OutOfScope, UnusableOutput
from pipeline.ports import Listener, Paid, Prompt
from pipeline.providers.google.account import FAMILY, Account
from pipeline.providers.google.caching import Heads
from pipeline.providers.google.faults import VERTEX, told

T = TypeVar("T")
NOT_FOUND = 404
LIKELY_TOKENS = 19
"""Vertex AI tells up to so many alternatives for a token."""
ANSWER_SECONDS = 60
SAFETY = [types.SafetySetting(category=category, threshold=types.HarmBlockThreshold.BLOCK_LOW_AND_ABOVE) for category in (
    types.HarmCategory.HARM_CATEGORY_HARASSMENT, types.HarmCategory.HARM_CATEGORY_HATE_SPEECH,
    types.HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT, types.HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT)]
"""The strictest: the readers are children."""
BLOCKED = frozenset({types.FinishReason.SAFETY, types.FinishReason.BLOCKLIST, types.FinishReason.PROHIBITED_CONTENT,
                     types.FinishReason.SPII})
WHOLE = frozenset({types.FinishReason.STOP, types.FinishReason.MAX_TOKENS})


class GeminiModel:
    """`pipeline.ports.TextModel` on Vertex AI."""

    family = FAMILY

    def __init__(self, account: Account, name: str, *, cache_minutes: float = 0.0) -> None:
        """With `cache_minutes` the service keeps for so long what stands unchanged before prompts, where it is long."""
        self.name = name
        self._account = account
        self._client = Client(
            vertexai=True, project=account.project, location=account.location, credentials=account.credentials(),
            http_options=types.HttpOptions(base_url=account.endpoint or None, timeout=ANSWER_SECONDS * 1000))
        self.heads = Heads(self._client, name, cache_minutes) if cache_minutes else None

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        """The answer; text arrives at `hear` piece by piece, and a False from it stops the model.

        Raises `OutOfScope` where Google declines, `UnusableOutput`, `ProviderUnavailable`, `ProviderResting`, `OperatorError`.
        """
        answer = Answer(self.name)
        with told(VERTEX, self._account, f"the model {self.name}", answer.usage):
            stopped = self._asked(prompt, answer, lambda config: answer.take(self._client.models.generate_content_stream(
                model=self.name, contents=prompt.user, config=config), hear))
            if stopped and not answer.counted:
                answer.count(self._tokens(f"{prompt.system}\n{prompt.user}"), self._tokens(answer.text))
            if not stopped:
                answer.judged(prompt)
        return Paid(value=answer.text.strip(), usage=answer.usage())

    def margin(self, prompt: Prompt) -> Paid[float]:
        """P(yes) − P(no) among the likeliest first tokens."""
        answer = Answer(self.name)
        with told(VERTEX, self._account, f"the model {self.name}", answer.usage):
            value = answer.margin(prompt, self._asked(prompt, answer, lambda config: self._client.models.generate_content(
                model=self.name, contents=prompt.user, config=one_word(config))))
        return Paid(value=value, usage=answer.usage())

    def probe(self) -> str:
        """What answers, asked in the way that costs nothing. Raises what `complete` raises."""
        with told(VERTEX, self._account, f"the model {self.name}"):
            self._tokens("word")
        return f"{self.name} in {self._account.location}"

    def _asked(self, prompt: Prompt, answer: "Answer", ask: Callable[[types.GenerateContentConfig], T]) -> T:
        """What comes of asking, with the head of the prompt as it is kept; whole where it is not, or no longer."""
        kept = self.heads.of(prompt.system, answer.charge) if self.heads else ""
        if self.heads is None or not kept:
            return ask(config_of(prompt, self.name))
        try:
            return ask(config_of(prompt, self.name, kept))
        except APIError as fault:
            if fault.code != NOT_FOUND:
                raise
            self.heads.lost(prompt.system)
            return ask(config_of(prompt, self.name))

    def _tokens(self, text: str) -> int:
        """Counting is free: it is asked for where a stream was left before it told its counts."""
        counted = self._client.models.count_tokens(model=self.name, contents=text) if text else None
        return counted.total_tokens or 0 if counted else 0


class Answer:
    """What has been learned from the parts of one answer."""

    def __init__(self, model: str, *, tier: str = "standard") -> None:
        self.text = ""
        self.counted = False
        self._model, self._tier = model, tier
        self._kept: list[Usage] = []
        self._finish: types.FinishReason | None = None
        self._blocked = ""
        self._read, self._cached, self._written = 0, 0, 0

    def take(self, parts: Iterable[types.GenerateContentResponse], hear: Listener | None) -> bool:
        """Read the parts; whether the listener wanted no more of them."""
        for part in parts:
            self._note(part)
            said = "".join(piece.text or "" for piece in _pieces(part) if not piece.thought)
            self.text += said
            if said and hear and not hear(said):
                return True
        return False

    def count(self, read: int, written: int) -> None:
        self._read, self._written = read, written

    def usage(self) -> tuple[Usage, ...]:
        quantities = {Unit.INPUT_TOKEN: self._read - self._cached, Unit.CACHED_INPUT_TOKEN: self._cached,
                      Unit.OUTPUT_TOKEN: self._written}
        used = (Usage(provider=FAMILY, model=self._model, unit=unit, quantity=Decimal(quantity), tier=self._tier, size=self._read)
                for unit, quantity in quantities.items() if quantity)
        return (*self._kept, *used)

    def charge(self, usage: Usage) -> None:
        """Something besides was used for this answer."""
        self._kept.append(usage)

    def margin(self, prompt: Prompt, whole: types.GenerateContentResponse) -> float:
        """P(yes) − P(no) of an answer of one word. Raises what `judged` raises."""
        self.take([whole], None)
        self.judged(prompt)
        found = whole.candidates[0].logprobs_result if whole.candidates else None
        if found is None or not found.top_candidates:
            raise UnusableOutput(f"{self._model} does not tell how likely its words are: choose a model that does.")
        likely = found.top_candidates[0].candidates or []
        return _share(likely, "yes") - _share(likely, "no")

    def judged(self, prompt: Prompt) -> None:
        """Raises `OutOfScope` or `UnusableOutput` for an answer that cannot be used."""
        if self._blocked:
            raise OutOfScope(f"Google's safety filter declined this ({self._blocked}): please ask about a topic from class.")
        if self._finish is None:
            raise UnusableOutput(f"The answer to {prompt.name!r} broke off.")
        if self._finish not in WHOLE or (prompt.schema is not None and self._finish is types.FinishReason.MAX_TOKENS):
            raise UnusableOutput(f"The answer to {prompt.name!r} ended early ({self._finish.value}).")
        if prompt.schema is not None:
            self.text = _repaired(self.text, prompt.name)

    def _note(self, part: types.GenerateContentResponse) -> None:
        if part.prompt_feedback and part.prompt_feedback.block_reason:
            self._blocked = part.prompt_feedback.block_reason.value
        for candidate in part.candidates or []:
            self._finish = candidate.finish_reason or self._finish
            if candidate.finish_reason in BLOCKED:
                self._blocked = candidate.finish_reason.value
        counts = part.usage_metadata
        if counts and counts.prompt_token_count is not None:
            self.counted = counts.candidates_token_count is not None
            self._read, self._cached = counts.prompt_token_count, counts.cached_content_token_count or 0
            self._written = (counts.candidates_token_count or 0) + (counts.thoughts_token_count or 0)


def config_of(prompt: Prompt, model: str, kept: str = "") -> types.GenerateContentConfig:
    """How the model is asked; `kept` is the name under which the service keeps what the system says."""
    return types.GenerateContentConfig(
        system_instruction=None if kept else prompt.system, cached_content=kept or None, temperature=prompt.temperature,
        seed=prompt.seed, max_output_tokens=prompt.max_tokens, stop_sequences=list(prompt.stop) or None,
        safety_settings=SAFETY, thinking_config=_thinking(model), candidate_count=1,
        response_mime_type="application/json" if prompt.schema is not None else None,
        response_json_schema=dict(prompt.schema) if prompt.schema is not None else None)


def one_word(config: types.GenerateContentConfig) -> types.GenerateContentConfig:
    """The same for one word, with how likely it and others were."""
    return config.model_copy(update={
        "max_output_tokens": 1, "response_logprobs": True, "logprobs": LIKELY_TOKENS, "stop_sequences": None})


def _thinking(model: str) -> types.ThinkingConfig:
    """As little as the model can: what is asked for here is short, and thoughts are billed as output."""
    if model.startswith(("gemini-1", "gemini-2")):
        return types.ThinkingConfig(thinking_budget=0)
    return types.ThinkingConfig(thinking_level=types.ThinkingLevel.MINIMAL)


def _pieces(part: types.GenerateContentResponse) -> list[types.Part]:
    content = part.candidates[0].content if part.candidates else None
    return (content.parts or []) if content else []


def _repaired(text: str, name: str) -> str:
    """The JSON object within what was said around it. Raises `UnusableOutput` when there is none."""
    bare = text[text.find("{"):text.rfind("}") + 1]
    try:
        json.loads(bare)
    except ValueError as fault:
        raise UnusableOutput(f"The answer to {name!r} is not JSON: {text[:80]!r}") from fault
    return bare


def _share(tokens: Iterable[types.LogprobsResultCandidate], word: str) -> float:
    return sum(math.exp(token.log_probability or 0.0) for token in tokens if (token.token or "").strip().lower() == word)
