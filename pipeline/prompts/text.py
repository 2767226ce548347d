"""A prompt as it is written: the instructions, a template with declared variables, the settings, the form of the answer."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from pipeline.visuals import Text, Value

VERSION_CHARACTERS = 10
Plain = str | int | float | bool
Filling = Plain | Sequence[Plain] | Sequence[Mapping[str, Plain]]
"""What a variable may hold: text, a number, or a list of these or of plain mappings. Never an object with methods."""


class PromptText(Value):
    """One prompt. `variables` are all names that `user` may use; `schema` is the form of an answer in JSON."""

    name: Text
    system: Text
    user: Text
    variables: tuple[Text, ...] = ()
    max_tokens: Annotated[int, Field(ge=1, le=32_768)]
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    stop: tuple[str, ...] = ()
    output: Mapping[str, object] | None = Field(default=None, alias="schema")

    @property
    def version(self) -> str:
        """A digest of everything that changes the model's answer."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()[:VERSION_CHARACTERS]
