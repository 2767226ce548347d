"""The template with its variables filled in: in a sandbox, with what is declared and nothing else."""

from collections.abc import Mapping, Sequence

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import OperatorError
from pipeline.prompts.text import Filling, Plain, PromptText

SANDBOX = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
LONGEST_CHARACTERS = 200_000
"""Of a prompt once it is filled in; far above any context, and far below what would fill the memory."""


def filled(text: PromptText, variables: Mapping[str, object]) -> str:
    """The template with its variables filled in. Raises `OperatorError` for one that is missing, unknown or an object."""
    given = {name: plain(f"{text.name}.{name}", value) for name, value in variables.items()}
    if missing := [name for name in text.variables if name not in given]:
        raise OperatorError(f"The prompt {text.name!r} needs the variable {missing[0]!r}, which was not given.")
    if unknown := [name for name in given if name not in text.variables]:
        raise OperatorError(f"The prompt {text.name!r} does not declare the variable {unknown[0]!r} that it was given.")
    try:
        pieces, length = [], 0
        for piece in SANDBOX.from_string(text.user).generate(**given):
            pieces.append(piece)
            length += len(piece)
            if length > LONGEST_CHARACTERS:
                raise OperatorError(f"The prompt {text.name!r} grows beyond {LONGEST_CHARACTERS:,} characters: its template "
                                    "loops too much.")
    except (TemplateError, ArithmeticError, TypeError, ValueError) as fault:
        raise OperatorError(f"The prompt {text.name!r} could not be filled in: {fault}") from fault
    return "".join(pieces).strip()


def plain(place: str, value: object) -> Filling:
    """The value, when it is text, a number or a list of such or of plain mappings. Raises `OperatorError` with the place."""
    if isinstance(value, Plain):
        return value
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        for number, each in enumerate(value):
            _plain_entry(f"{place}[{number}]", each)
        return value
    raise _refused(place, value)


def _plain_entry(place: str, value: object) -> None:
    if isinstance(value, Plain):
        return
    if not isinstance(value, Mapping):
        raise _refused(place, value)
    for key, each in value.items():
        if not isinstance(key, str) or not isinstance(each, Plain):
            raise _refused(f"{place}.{key}", each)


def _refused(place: str, value: object) -> OperatorError:
    return OperatorError(f"{place} is of type {type(value).__name__}: give text, a number, or a list of these or of plain "
                         "mappings.")
