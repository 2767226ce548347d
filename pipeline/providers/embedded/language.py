"""A GGUF language model in this process, through llama.cpp. One conversation at a time; prefixes are kept warm."""

import json
import math
import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xllamacpp

from pipeline.domain import Unit, Usage
from pipeline.errors import DamagedWeights, ProviderUnavailable, UnusableOutput
from pipeline.ports import Listener, Paid, Prompt

CONTEXT_TOKENS = 4096
"""For all conversations together: the longest prompt of this family has under 600 tokens."""
CONVERSATIONS = 4
"""Prompt prefixes kept at once: nlu, hook, link and the support check each find their own again."""
LIKELY_TOKENS = 20
FAMILY = "embedded"
CONTROL = re.compile(r"<\|(?=[^\s|<>]{1,40}\|>)")


class LocalLanguageModel:
    """`pipeline.ports.TextModel` on this machine's processors."""

    family = FAMILY

    def __init__(self, path: Path, *, threads: int) -> None:
        self.name = path.stem
        self._server = _load(path, threads)
        self._turn = threading.Lock()

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        """The answer; text arrives at `hear` piece by piece, and a False from it stops the model."""
        pieces: list[str] = []
        answer = self._ask(_call(prompt) | {"stream": True}, pieces, hear)
        if prompt.schema is not None and answer.finish != "stop":
            fault = UnusableOutput(f"The answer to {prompt.name!r} was cut off after {prompt.max_tokens} tokens.")
            raise fault.after(self._usage(answer.counts))
        return Paid(value="".join(pieces).strip(), usage=self._usage(answer.counts))

    def margin(self, prompt: Prompt) -> Paid[float]:
        """P(yes) − P(no) among the likeliest first tokens."""
        call = _call(prompt) | {"max_tokens": 1, "logprobs": True, "top_logprobs": LIKELY_TOKENS}
        with self._turn:
            answer = _checked(self._server.handle_chat_completions(call))
        tokens = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        return Paid(value=_share(tokens, "yes") - _share(tokens, "no"), usage=self._usage(answer["usage"]))

    def _ask(self, call: dict[str, object], pieces: list[str], hear: Listener | None) -> "_Answer":
        answer = _Answer()

        def on_chunk(chunk: Any) -> bool:
            text = answer.take(_checked(chunk))
            if text:
                pieces.append(text)
            return bool(text and hear and not hear(text))

        with self._turn:
            self._server.handle_chat_completions(call, on_chunk)
        if answer.error:
            raise ProviderUnavailable(f"The language model {self.name} failed: {answer.error}")
        return answer

    def _usage(self, counts: Mapping[str, Any]) -> tuple[Usage, ...]:
        cached = int((counts.get("prompt_tokens_details") or {}).get("cached_tokens", 0))
        quantities = {
            Unit.INPUT_TOKEN: int(counts["prompt_tokens"]) - cached,
            Unit.CACHED_INPUT_TOKEN: cached,
            Unit.OUTPUT_TOKEN: int(counts["completion_tokens"]),
        }
        return tuple(
            Usage(provider=FAMILY, model=self.name, unit=unit, quantity=Decimal(quantity))
            for unit, quantity in quantities.items() if quantity
        )


class _Answer:
    """What has been learned from the chunks of one streamed answer."""

    def __init__(self) -> None:
        self.finish = "stopped"
        self.error = ""
        self.counts: dict[str, Any] = {"prompt_tokens": 0, "completion_tokens": 0}

    def take(self, chunk: dict[str, Any]) -> str:
        if "error" in chunk:
            self.error = str(chunk["error"])
            return ""
        choice = chunk["choices"][0] if chunk.get("choices") else {"delta": {}}
        self.finish = choice.get("finish_reason") or self.finish
        text = choice["delta"].get("content") or ""
        timings = chunk.get("timings")
        if timings:
            self.counts = {
                "prompt_tokens": timings["cache_n"] + timings["prompt_n"],
                "completion_tokens": timings["predicted_n"],
                "prompt_tokens_details": {"cached_tokens": timings["cache_n"]},
            }
        elif text:
            self.counts["completion_tokens"] += 1
        return text


def _load(path: Path, threads: int) -> xllamacpp.Server:
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = CONVERSATIONS
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.cache_ram_mib = 0  # four warm prefixes are enough; the library would keep gigabytes of old ones
    params.verbosity = 0
    params.ui = False
    # The library opens a loopback port that nobody here uses: a random key shuts it.
    params.api_keys = [secrets.token_urlsafe(32)]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as fault:
        raise DamagedWeights(
            f"{path} could not be loaded as a language model ({fault}). "
            "Run `python -m pipeline models pull`, or point VIVIDLY_LANGUAGE_MODEL at a GGUF file."
        ) from fault


def plain(text: str) -> str:
    """The text with its marks for turns as what they look like: llama.cpp takes `<|im_end|>` in a text for the token itself,
    and the text could end its own turn and speak as somebody else.
    """
    return CONTROL.sub("<\u200b|", text)


def _call(prompt: Prompt) -> dict[str, object]:
    call: dict[str, object] = {
        "messages": [{"role": "system", "content": plain(prompt.system)}, {"role": "user", "content": plain(prompt.user)}],
        "temperature": prompt.temperature, "seed": prompt.seed, "max_tokens": prompt.max_tokens,
        "timings_per_token": True,
    }
    if prompt.stop:
        call["stop"] = list(prompt.stop)
    if prompt.schema is not None:
        call["response_format"] = {
            "type": "json_schema", "json_schema": {"name": prompt.name, "schema": dict(prompt.schema)},
        }
    return call


def _checked(answer: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(answer) if isinstance(answer, str | bytes) else answer
    return parsed


def _share(tokens: Sequence[Mapping[str, Any]], word: str) -> float:
    return sum(math.exp(token["logprob"]) for token in tokens if token["token"].strip().lower() == word)
