"""Every fault of a prompt at once, each with its place, before it is kept and before any model is called."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from pipeline.errors import BadRequest, OperatorError
from pipeline.ports import Prompt
from pipeline.prompts.book import PromptBook
from pipeline.prompts.schemas import schema_faults
from pipeline.prompts.slots import SLOTS
from pipeline.prompts.templates import template_faults, used_variables
from pipeline.prompts.text import PromptText
from pipeline.visuals import Text, Value

CONTEXT_TOKENS = 4096
"""Of the local family; for the prompt and the answer together."""
FORMAT_TOKENS = 16
"""What a chat format adds around the two texts, at most."""


class Fault(Value):
    """What is wrong, and where: `user:3` is the third line of the template."""

    place: Text
    said: Text


class Counter(Protocol):
    """Counts tokens as a model would."""

    name: str
    """Which tokeniser counts."""

    def count(self, prompt: Prompt) -> int:
        """The tokens of the whole prompt, with what the chat format adds."""
        ...


class ByteBound:
    """Counts bytes, where no tokeniser is at hand: a prompt never has more tokens than bytes and marks of the format."""

    name = "counted in bytes, which are never fewer than tokens"

    def count(self, prompt: Prompt) -> int:
        """The bytes, with what the chat format adds."""
        return len(f"{prompt.system}{prompt.user}".encode()) + FORMAT_TOKENS


def check(text: PromptText, *, counter: Counter | None = None, context: int = CONTEXT_TOKENS) -> Sequence[Fault]:
    """Every fault of the prompt. Its slot's longest example is filled in, and must fit the context with the answer."""
    faults = [Fault(place=place, said=said) for place, said in _faults(text)]
    return faults or [Fault(place=place, said=said) for place, said in _tried(text, counter or ByteBound(), context)]


def refuse(text: PromptText, faults: Sequence[Fault]) -> None:
    """Nothing where there is no fault; else `BadRequest` with all of them in one sentence."""
    if faults:
        raise BadRequest("prompt", f"{text.name} cannot be used: "
                                   + "; ".join(f"{fault.place} {fault.said}" for fault in faults) + ".")


def _faults(text: PromptText) -> Iterator[tuple[str, str]]:
    slot = SLOTS.get(text.name)
    if slot is None:
        yield "name", f"is of no prompt that anything asks for: use {', '.join(SLOTS)}"
        return
    if any(mark in text.system for mark in ("{{", "{%", "{#")):
        yield "system", "is not a template: variables are filled in `user` only"
    for name in text.variables:
        if name not in slot.offered:
            yield f"variables.{name}", f"is unknown: the {text.name} prompt is given {', '.join(slot.offered)}"
    wrong = list(template_faults(text.user, text.variables))
    yield from wrong
    if not any(place.startswith("user") for place, _ in wrong):
        yield from ((f"variables.{name}", "is declared and not used") for name in text.variables
                    if name not in used_variables(text.user))
    yield from schema_faults(text.output) if text.output is not None else ()
    known = (text.output or {}).get("properties", {})
    yield from ((f"schema.properties.{name}", "is missing: its stage narrows it") for name in slot.narrowed
                if name not in (known if isinstance(known, dict) else {}))


def _tried(text: PromptText, counter: Counter, context: int) -> Iterator[tuple[str, str]]:
    slot = SLOTS[text.name]
    try:
        prompt = PromptBook({text.name: text}).render(text.name, slot.offered)
    except OperatorError as fault:
        yield "user", f"cannot be filled in: {fault}".rstrip(".")
        return
    if not prompt.user:
        yield "user", "is empty once it is filled in"
    if (tokens := counter.count(prompt) + text.max_tokens) > context:
        yield "user", (f"with its answer comes to {tokens:,} tokens ({counter.name}), more than the {context:,} that the "
                       "model can take")


