"""`tuned=production:seed=2` or `hook@8c1f…+link@0b2d…` -> a variant with every prompt by its version."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from pipeline.errors import BadRequest
from pipeline.experiments.values import MOST_VARIANTS, Variant
from pipeline.plain import one_line
from pipeline.prompts import PromptText
from pipeline.registry import PRODUCTION

NAME_CHARACTERS = 100
SETTINGS = ("seed", "model")
HOW = "say LABEL, NAME=LABEL or NAME=hook@VERSION+link@VERSION, and if wanted :seed=N or :model=ID behind it"


class Versions(Protocol):
    """Where versions of prompts are, and what labels point at (`pipeline.registry.Registry`)."""

    def labelled(self, label: str) -> Mapping[str, str]:
        """By prompt, the version that has the label. Raises `BadRequest` where none has."""
        ...

    def text(self, name: str, version: str) -> PromptText:
        """The version. Raises `BadRequest` where there is none."""
        ...


class Said(NamedTuple):
    """A variant as somebody typed it."""

    name: str
    what: str
    settings: Mapping[str, str]


def variant_of(said: str, versions: Versions) -> Variant:
    """The variant, with the production version of every prompt that it does not name. Raises `BadRequest`."""
    name, what, settings = _read(said)
    pinned = _pinned(what, versions) if "@" in what else versions.labelled(what)
    return Variant(name=one_line("--variants", name, 1, NAME_CHARACTERS), prompts={**versions.labelled(PRODUCTION), **pinned},
                   seed=_seed(settings.get("seed")), model=settings.get("model") or None)


def variants_of(said: str, versions: Versions) -> tuple[Variant, ...]:
    """The variants of a list with commas. Raises `BadRequest`."""
    found = tuple(variant_of(each, versions) for each in said.split(",") if each.strip())
    check(found)
    return found


def check(variants: Sequence[Variant]) -> None:
    """Nothing for variants that can be told apart; else `BadRequest` that says why."""
    if not 1 <= len(variants) <= MOST_VARIANTS:
        raise BadRequest("variants", f"must be 1 to {MOST_VARIANTS}; there are {len(variants)}.")
    names = [each.name for each in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadRequest("variants", f"must have different names; {twice!r} stands there twice.")
    for number, one in enumerate(variants):
        for other in variants[number + 1:]:
            if one.model_copy(update={"name": ""}) == other.model_copy(update={"name": ""}):
                raise BadRequest("variants", f"{one.name!r} and {other.name!r} would be the same lessons, not only the same "
                                             "prompts: give one of them another :seed=N to see what chance does.")


def named(variants: Sequence[Variant], name: str) -> Variant:
    """The variant of this name. Raises `BadRequest`."""
    found = next((each for each in variants if each.name == name), None)
    if found is None:
        raise BadRequest("baseline", f"{name[:NAME_CHARACTERS]!r} is not among the variants: "
                                     f"{', '.join(each.name for each in variants)}.")
    return found


def _read(said: str) -> Said:
    what, *settings = (part.strip() for part in said.split(":"))
    name, equals, rest = (part.strip() for part in what.partition("="))
    pairs = dict(part.partition("=")[::2] for part in settings)
    unknown = next((each for each in pairs if each not in SETTINGS), None)
    if unknown is not None or not name or (equals and not rest):
        raise BadRequest("--variants", f"{said[:NAME_CHARACTERS]!r} cannot be read: {HOW}.")
    return Said(name if equals or not settings else ":".join([name, *settings]), rest or name, pairs)


def _pinned(what: str, versions: Versions) -> dict[str, str]:
    pins: dict[str, str] = {}
    for each in what.split("+"):
        name, _, version = (part.strip() for part in each.partition("@"))
        if name in pins:
            raise BadRequest("--variants", f"name the prompt {name[:NAME_CHARACTERS]!r} once.")
        pins[name] = versions.text(name, version).version
    return pins


def _seed(said: str | None) -> int | None:
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and int(said[:10]) < 2**31):
        raise BadRequest("--variants", f"seed must be a whole number from 0 to {2**31 - 1}; it is {said[:40]!r}.")
    return int(said)
