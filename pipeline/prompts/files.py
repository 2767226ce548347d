"""Prompts as files: one TOML file each, which git can keep and people can read."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.errors import OperatorError
from pipeline.prompts.book import PromptBook
from pipeline.prompts.text import PromptText


def read_prompts(folder: Path) -> PromptBook:
    """The prompts of a folder. Raises `OperatorError` naming a file that cannot be used."""
    return PromptBook({text.name: text for text in read_texts(folder)})


def read_texts(folder: Path) -> Sequence[PromptText]:
    """The prompt of each TOML file of the folder, by name. Raises `OperatorError`."""
    return [read_text(path) for path in sorted(folder.glob("*.toml"))]


def read_text(path: Path) -> PromptText:
    """The prompt of one file, which has the file's name. Raises `OperatorError`."""
    try:
        return PromptText.model_validate({"name": path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))})
    except (OSError, ValueError) as fault:
        raise OperatorError(f"{path} is not a usable prompt: {fault}") from fault


def as_toml(text: PromptText) -> str:
    """The file of a prompt: `read_text` of it gives the same version."""
    lines = [f"system = {_text(text.system)}", f"user = {_text(text.user)}", f"variables = {_value(list(text.variables))}",
             f"max_tokens = {text.max_tokens}"]
    lines += [f"temperature = {text.temperature}"] if text.temperature else []
    lines += [f"stop = {_value(list(text.stop))}"] if text.stop else []
    lines += [f"schema = {_value(text.output)}"] if text.output is not None else []
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """A TOML string; over several lines where it has some."""
    if "\n" not in text:
        return _value(text)
    inside = "".join(_escaped(character, keep="\n\"") for character in text).replace('"""', '""\\"')
    inside = inside[:-1] + '\\"' if inside.endswith('"') else inside
    return f'"""\n{inside}"""'


def _value(value: object) -> str:
    """A TOML value on one line. Raises `OperatorError` for what TOML does not have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return '"' + "".join(_escaped(character) for character in value) + '"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_value(str(key))} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(_value, value))}]"
    raise OperatorError(f"A file of a prompt cannot hold {value!r}.")


def _escaped(character: str, keep: str = "") -> str:
    if character in keep:
        return character
    if character in '"\\':
        return f"\\{character}"
    return f"\\u{ord(character):04X}" if ord(character) < 32 or ord(character) == 127 else character
