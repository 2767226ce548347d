"""Prompts are data: files under `data/prompts`, rendered by Jinja2 in a sandbox. A missing variable is an error
before any model is called."""

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path

from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import OperatorError
from pipeline.ports import Prompt
from pipeline.visuals import Text, Value

SANDBOX = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)


class PromptText(Value):
    """One prompt as it stands in its file."""

    name: Text
    system: Text
    user: Text
    max_tokens: int
    temperature: float = 0.0
    stop: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """A digest of everything that changes the model's answer."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:10]


class PromptBook:
    """All prompts of a folder, by name."""

    def __init__(self, prompts: Mapping[str, PromptText]) -> None:
        self._prompts = dict(prompts)

    @property
    def version(self) -> str:
        """A digest over all prompts."""
        versions = "|".join(f"{name}@{p.version}" for name, p in sorted(self._prompts.items()))
        return hashlib.sha256(versions.encode()).hexdigest()[:10]

    def render(
        self, name: str, variables: Mapping[str, object], *, seed: int = 1,
        schema: Mapping[str, object] | None = None,
    ) -> Prompt:
        """The prompt with its variables filled in. Raises `OperatorError` when one is missing."""
        text = self._prompts[name]
        try:
            user = SANDBOX.from_string(text.user).render(**variables)
        except UndefinedError as fault:
            raise OperatorError(f"The prompt {name!r} needs a variable that was not given: {fault}") from fault
        return Prompt(
            name=name, version=text.version, system=text.system, user=user.strip(), max_tokens=text.max_tokens,
            temperature=text.temperature, seed=seed, schema=schema, stop=text.stop,
        )


def read_prompts(folder: Path) -> PromptBook:
    """The prompts in a folder of TOML files. Raises `OperatorError` naming a file that cannot be used."""
    prompts = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            prompts[path.stem] = PromptText.model_validate(
                {"name": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))}
            )
        except ValueError as fault:
            raise OperatorError(f"{path} is not a usable prompt: {fault}") from fault
    return PromptBook(prompts)
