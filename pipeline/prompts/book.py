"""Which text each name stands for, for one request."""

import hashlib
from collections.abc import Mapping, Sequence

from pipeline.errors import OperatorError
from pipeline.ports import Prompt
from pipeline.prompts.rendering import filled
from pipeline.prompts.slots import SLOTS
from pipeline.prompts.text import VERSION_CHARACTERS, PromptText


class PromptBook:
    """Prompts by name, one version of each."""

    def __init__(self, prompts: Mapping[str, PromptText]) -> None:
        self._prompts = dict(prompts)

    @property
    def version(self) -> str:
        """A digest over all prompts."""
        return _digest(self.versions)

    @property
    def versions(self) -> Mapping[str, str]:
        """Name -> version."""
        return {name: self._prompts[name].version for name in sorted(self._prompts)}

    def text(self, name: str) -> PromptText:
        """The prompt of this name. Raises `OperatorError`."""
        if name not in self._prompts:
            raise OperatorError(f"There is no prompt {name!r} in the book: it has {', '.join(sorted(self._prompts))}.")
        return self._prompts[name]

    def with_texts(self, texts: Sequence[PromptText]) -> "PromptBook":
        """This book with these in the place of those of the same name."""
        return PromptBook(self._prompts | {text.name: text for text in texts})

    def render(
        self, name: str, variables: Mapping[str, object], *, seed: int = 1,
        only: Mapping[str, Sequence[str | int]] | None = None,
    ) -> Prompt:
        """The prompt with its variables filled in; `only` narrows properties of the answer to what is possible here.

        A version may leave out variables that its slot offers. Raises `OperatorError`.
        """
        text = self.text(name)
        offered = SLOTS[name].offered if name in SLOTS else {}
        used = {key: value for key, value in variables.items() if key in text.variables or key not in offered}
        return Prompt(
            name=name, version=text.version, system=text.system, user=filled(text, used), max_tokens=text.max_tokens,
            temperature=text.temperature, seed=seed, schema=_narrowed(text, only or {}), stop=text.stop,
            variables=used,
        )


def _narrowed(text: PromptText, only: Mapping[str, Sequence[str | int]]) -> Mapping[str, object] | None:
    if text.output is None or not only:
        return text.output
    properties = text.output.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    if missing := [name for name in only if name not in known]:
        raise OperatorError(f"The schema of the prompt {text.name!r} has no property {missing[0]!r}, which its stage narrows.")
    return {**text.output, "properties": {**known, **{name: {"enum": list(left)} for name, left in only.items()}}}


def _digest(versions: Mapping[str, str]) -> str:
    told = "|".join(f"{name}@{version}" for name, version in versions.items())
    return hashlib.sha256(told.encode()).hexdigest()[:VERSION_CHARACTERS]
