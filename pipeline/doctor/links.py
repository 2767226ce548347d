"""Relationships -> links: which class each one means, or why that cannot be said."""

import ast
from dataclasses import dataclass
from enum import StrEnum

from pipeline.doctor.annotations import inner_class, parsed
from pipeline.doctor.reading import Member, truth
from pipeline.doctor.schema import Model, Schema


class State(StrEnum):
    """What became of a relationship's target."""

    FOUND = "found"
    MISSING = "missing"
    SEVERAL = "several"
    OTHER_BASE = "other_base"
    UNKNOWN = "unknown"
    """Only running the code would tell."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Link:
    """One relationship of one class."""

    model: Model
    member: Member
    state: State
    name: str
    target: Model | None = None
    choices: tuple[Model, ...] = ()

    @property
    def label(self) -> str:
        """`User.school`."""
        return f"{self.model.name}.{self.member.name}"

    @property
    def shown(self) -> str:
        """The file of the line that declares it, which may be a mixin's."""
        return self.member.scope.source.shown

    @property
    def place(self) -> str:
        """`models/user.py:12`."""
        return f"{self.shown}:{self.member.line}"

    @property
    def back_populates(self) -> str | None:
        """The attribute of the other class that it names."""
        value = self.member.argument("back_populates")
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None

    @property
    def backref(self) -> str | None:
        """The attribute that it makes on the other class."""
        value = self.member.argument("backref")
        if isinstance(value, ast.Call) and value.args:  # backref("name", lazy=…)
            value = value.args[0]
        return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None

    @property
    def viewonly(self) -> bool:
        """Whether it never writes."""
        return truth(self.member.call, "viewonly")


def read_links(schema: Schema) -> list[Link]:
    """Every relationship of every model. One that a mixin or parent declares is a link of each class that has it."""
    return [_link(model, member, schema) for model in schema.models for member in model.relationships()]


def _link(model: Model, member: Member, schema: Schema) -> Link:
    given = member.argument("argument")
    if given is None and member.call is not None and member.call.args:
        given = member.call.args[0]
    if isinstance(given, ast.Lambda):
        return _by_object(model, member, given.body, schema, late=True)
    text = schema.library.text(given, member.scope)
    if text is not None:
        return _by_name(model, member, text, schema)
    if given is not None:
        return _by_object(model, member, given, schema, late=False)
    inner = inner_class(member.annotation)
    if inner is None:
        return Link(model=model, member=member, state=State.UNKNOWN, name="")
    return _by_object(model, member, inner, schema, late=True)


def _by_object(model: Model, member: Member, node: ast.expr, schema: Schema, *, late: bool) -> Link:
    """A target given as a class. `late` ones are looked up after all classes exist, by name if need be."""
    dotted = schema.library.dotted(node, member.scope)
    if target := schema.of_class(dotted):
        return Link(model=model, member=member, state=State.FOUND, name=target.name, target=target)
    if late and isinstance(node, ast.Name) and dotted == node.id:
        return _by_name(model, member, node.id, schema)
    return Link(model=model, member=member, state=State.UNKNOWN, name=dotted.split(".")[-1])


def _by_name(model: Model, member: Member, text: str, schema: Schema) -> Link:
    name = text.strip()
    found = schema.named(name, model.registry)
    if len(found) == 1:
        return Link(model=model, member=member, state=State.FOUND, name=name, target=found[0])
    if found:
        return Link(model=model, member=member, state=State.SEVERAL, name=name, choices=tuple(found))
    elsewhere = [other for other in schema.named(name) if {other.registry, model.registry} <= set(schema.bases)]
    if elsewhere:
        return Link(model=model, member=member, state=State.OTHER_BASE, name=name, choices=tuple(elsewhere))
    state = State.MISSING if _is_missing(name, member, schema) else State.UNKNOWN
    return Link(model=model, member=member, state=state, name=name)


def _is_missing(name: str, member: Member, schema: Schema) -> bool:
    """Whether nothing that was read, or that may exist beyond it, is called so."""
    bare = name.split(".")[-1]
    if not isinstance(parsed(name), ast.Name | ast.Attribute) or bare in schema.claimed:
        return False
    if any(declared.name == bare for declared in schema.declared.values()):
        return False  # it is declared, but whether it is mapped only running the code would tell
    origins = {origin for scope in schema.library.scopes.values() if (origin := scope.names.get(bare))}
    return not any(_may_exist(origin, schema) for origin in origins)


def _may_exist(origin: str, schema: Schema) -> bool:
    """Whether an imported name may be made by code that was not read; a missing file of the package itself makes none."""
    library = schema.library
    if origin.split(".")[0] != library.collection.top:
        return True
    return library.module_of(origin.rpartition(".")[0]) == origin.rpartition(".")[0]
