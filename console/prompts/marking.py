"""A prompt as HTML: its template with the variables marked, and two texts word by word. All of it is text and is escaped.
Pure."""

import re
from collections.abc import Collection, Mapping, Sequence

from markupsafe import Markup, escape

from pipeline.prompts import Change, PartDiff, Piece

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_]\w*")
_BOUND = re.compile(r"\{%-?\s*(?:for|set)\s+([\w\s,]+?)\s*(?:\bin\b|=)")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_VARIABLE = Markup('<mark class="variable" title="The variable {}">{}</mark>')
_RULE = Markup('<i title="A rule of the template: it is carried out, not said">{}</i>')
_STRANGE = Markup('<mark class="strange" title="Not declared">{}</mark>')
_PIECES = {Change.SAME: Markup("{}"), Change.ADDED: Markup("<ins>{}</ins>"), Change.REMOVED: Markup("<del>{}</del>")}
_PRE = Markup('<pre class="prompt">{}</pre>')
_PART = Markup("<section><h4>{}</h4>{}</section>")


def template(text: str, declared: Collection[str]) -> str:
    """The template with its declared variables, its rules, and what nobody declared marked."""
    bound = {name for found in _BOUND.findall(text) for name in _NAME.findall(found)} | {"loop"}
    done: list[Markup] = []
    at = 0
    for found in _TAG.finditer(text):
        done += [escape(text[at:found.start()]), _tag(found.group(), declared, bound)]
        at = found.end()
    return str(_PRE.format(Markup("").join([*done, escape(text[at:])])))


def plain(text: str) -> str:
    """The text as it is."""
    return str(_PRE.format(text))


def pieces(found: Sequence[Piece]) -> Markup:
    """What stayed, came and went."""
    return Markup("").join(_PIECES[piece.change].format(piece.text) for piece in found)


def compared(found: Sequence[Piece]) -> str:
    """What stayed, came and went, as a text of its own."""
    return str(_PRE.format(pieces(found)))


def named(name: str, found: Sequence[Piece]) -> str:
    """What stayed, came and went, under a heading."""
    return str(_PART.format(name, Markup(compared(found))))  # noqa: S704 (escaped where it was put together)


def added(found: Sequence[Piece]) -> Markup:
    """The new text, with what came marked; what went is left out."""
    return pieces([piece for piece in found if piece.change is not Change.REMOVED])


def difference(found: Sequence[PartDiff], names: Mapping[str, str]) -> str:
    """Every part that changed, under its name."""
    return str(Markup("").join(
        _PART.format(names.get(part.part, part.part), _PRE.format(pieces(part.pieces))) for part in found if part.changed))


def _tag(tag: str, declared: Collection[str], bound: Collection[str]) -> Markup:
    if not tag.startswith("{{"):
        return _RULE.format(tag)
    name = next(iter(_NAME.findall(_QUOTED.sub("", tag))), "")
    return _VARIABLE.format(name, tag) if name in declared else _RULE.format(tag) if name in bound else _STRANGE.format(tag)
