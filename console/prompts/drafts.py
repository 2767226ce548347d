"""What somebody is typing: kept in the session under the prompt's name, so that looking elsewhere loses nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st
from pydantic import ValidationError

from console.prompts import wording
from pipeline.prompts import Fault, PromptText
from pipeline.registry import Version


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A version that is being written, as it stands in the fields."""

    base: str
    """The version that it is made from."""
    system: str
    user: str
    variables: tuple[str, ...]
    max_tokens: int
    temperature: float
    stop: str
    schema: str

    def read(self, name: str) -> PromptText | Sequence[Fault]:
        """The prompt; or what keeps the fields from being one, each with its place."""
        faults: list[Fault] = []
        said = {"stop": _json(self.stop, "stop", faults), "schema": _json(self.schema, "schema", faults)}
        if faults:
            return faults
        try:
            return PromptText.model_validate({
                "name": name, "system": self.system, "user": self.user, "variables": self.variables,
                "max_tokens": self.max_tokens, "temperature": self.temperature, "stop": said["stop"] or [],
                "schema": said["schema"]})
        except ValidationError as fault:
            return [Fault(place=".".join(map(str, one["loc"])) or "prompt", said=one["msg"]) for one in fault.errors()]


def of(version: Version) -> Draft:
    """The version as somebody begins to change it."""
    text = version.text
    return Draft(base=version.version, system=text.system, user=text.user, variables=text.variables, max_tokens=text.max_tokens,
                 temperature=text.temperature, stop=wording.stops(text), schema=wording.schema(text))


def kept(name: str) -> Draft | None:
    """What was typed."""
    draft = st.session_state.get(_key(name))
    return draft if isinstance(draft, Draft) else None


def keep(name: str, draft: Draft, changed: Mapping[str, object] | None = None) -> None:
    """Keep what was typed."""
    st.session_state[_key(name)] = replace(draft, **(changed or {}))  # type: ignore[arg-type]


def drop(name: str) -> None:
    """Begin anew; a callback."""
    st.session_state.pop(_key(name), None)


def _key(name: str) -> str:
    return f"prompt_draft_{name}"


def _json(said: str, place: str, faults: list[Fault]) -> object:
    try:
        return json.loads(said) if said.strip() else None
    except (ValueError, RecursionError) as fault:
        faults.append(Fault(place=place, said=f"is not JSON: {fault}"))
        return None
