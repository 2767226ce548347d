"""How often a model may be asked, counted over every process of the installation: before each call, and settled after it.

A call that would be one too many waits, or is put off with the whole request where the wait is long. Nothing here speaks to
a database: whoever keeps the count is a `Calls`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol, TypeVar

from pipeline.domain import Unit, Usage
from pipeline.errors import PipelineError
from pipeline.ports import Listener, Paid, Prompt, Speech, TextModel, Voice

T = TypeVar("T")
TOKENS = (Unit.INPUT_TOKEN, Unit.CACHED_INPUT_TOKEN, Unit.OUTPUT_TOKEN)
CHARACTERS_PER_TOKEN = 3
"""Few, so that what a prompt is expected to take is rather too much until it is known."""


class Limit(NamedTuple):
    """What a model may be asked; 0 is no limit."""

    calls: int = 0
    """Within any minute."""
    tokens: int = 0
    """Within any minute, those of the answers too."""
    at_once: int = 0


class Calls(Protocol):
    """Who counts (`pipeline.tracking.Record`)."""

    def begin_call(self, model: str, limit: Limit, tokens: int) -> int:
        """The number of a call that is expected to take so many tokens. Raises `ProviderResting` where it is too many."""
        ...

    def end_call(self, call: int, tokens: int) -> None:
        """The call is over, and took so many tokens."""
        ...


class LimitedModel:
    """A text model within its limit."""

    def __init__(self, model: TextModel, limit: Limit, calls: Calls) -> None:
        self.family, self.name = model.family, model.name
        self._model, self._limit, self._calls = model, limit, calls

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        """The model's answer. Raises `ProviderResting` too."""
        return self._within(_expected(prompt) + prompt.max_tokens, lambda: self._model.complete(prompt, hear))

    def margin(self, prompt: Prompt) -> Paid[float]:
        """The model's margin. Raises `ProviderResting` too."""
        return self._within(_expected(prompt) + 1, lambda: self._model.margin(prompt))

    def _within(self, tokens: int, ask: Callable[[], Paid[T]]) -> Paid[T]:
        with _call(self._calls, self.name, self._limit, tokens) as used:
            paid = ask()
            used.extend(paid.usage)
            return paid


class LimitedVoice:
    """A voice within its limit; what it reads counts as no tokens."""

    def __init__(self, voice: Voice, limit: Limit, calls: Calls) -> None:
        self.family, self.name = voice.family, voice.name
        self._voice, self._limit, self._calls = voice, limit, calls

    def speak(self, text: str) -> Paid[Speech]:
        """The text read aloud. Raises `ProviderResting` too."""
        with _call(self._calls, self.name, self._limit, 0):
            return self._voice.speak(text)


def limited_model(model: TextModel, limits: Mapping[str, Limit], calls: Calls) -> TextModel:
    """The model within its limit, if it has one."""
    return LimitedModel(model, limits[model.name], calls) if model.name in limits else model


def limited_voice(voice: Voice, limits: Mapping[str, Limit], calls: Calls) -> Voice:
    """The voice within its limit, if it has one."""
    return LimitedVoice(voice, limits[voice.name], calls) if voice.name in limits else voice


@contextmanager
def _call(calls: Calls, model: str, limit: Limit, tokens: int) -> Iterator[list[Usage]]:
    number = calls.begin_call(model, limit, tokens)
    used: list[Usage] = []
    try:
        yield used
    except PipelineError as fault:
        used.extend(fault.usage)
        raise
    finally:
        calls.end_call(number, _tokens(used))


def _expected(prompt: Prompt) -> int:
    return (len(prompt.system) + len(prompt.user)) // CHARACTERS_PER_TOKEN


def _tokens(usage: Sequence[Usage]) -> int:
    return int(sum(row.quantity for row in usage if row.unit in TOKENS))
