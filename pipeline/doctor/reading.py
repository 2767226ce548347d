"""A module -> the classes and tables that it declares, as written; what they inherit is worked out in `schema`."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pipeline.doctor.library import Library
from pipeline.doctor.scope import Scope, last, statements

RELATIONSHIPS = {"relationship", "relation", "dynamic_loader"}
COLUMNS = {"Column", "mapped_column"}
COLUMN_WRAPPERS = {"deferred", "column_property"}
OTHERS = {"synonym", "association_proxy", "query_expression", "validates"}
CONTAINERS = {"Mapped", "WriteOnlyMapped", "DynamicMapped"}
SPECIAL = {"__tablename__", "__table__", "__table_args__", "__mapper_args__", "__abstract__", "registry", "metadata",
           "type_annotation_map"}


class Kind(StrEnum):
    """What an attribute of a class is."""

    COLUMN = "column"
    RELATIONSHIP = "relationship"
    OTHER = "other"
    OPAQUE = "opaque"
    """The answer of a function that only running it would tell; it may be a column."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """One attribute of a class."""

    name: str
    line: int
    kind: Kind
    scope: Scope
    call: ast.Call | None = None
    annotation: ast.expr | None = None

    def argument(self, name: str) -> ast.expr | None:
        """The expression given under this name."""
        return argument(self.call, name)


@dataclass(kw_only=True)
class Declared:
    """A class as its body says it."""

    name: str
    scope: Scope
    node: ast.ClassDef
    members: dict[str, Member] = field(default_factory=dict)
    repeated: list[Member] = field(default_factory=list)
    special: dict[str, ast.expr] = field(default_factory=dict)

    @property
    def dotted(self) -> str:
        """Its full name."""
        return f"{self.scope.source.module}.{self.name}"

    @property
    def abstract(self) -> bool:
        """Whether it says `__abstract__ = True`."""
        value = self.special.get("__abstract__")
        return isinstance(value, ast.Constant) and bool(value.value)


def argument(call: ast.Call | None, name: str, position: int = -1) -> ast.expr | None:
    """The expression given under this name, or at this position."""
    if call is None:
        return None
    given = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    if given is None and 0 <= position < len(call.args) and not any(isinstance(a, ast.Starred) for a in call.args):
        return call.args[position]
    return None if isinstance(given, ast.Constant) and given.value is None else given


def truth(call: ast.Call | None, name: str) -> bool:
    """Whether a flag is given as True."""
    value = argument(call, name)
    return isinstance(value, ast.Constant) and value.value is True


def called(call: ast.expr | None, scope: Scope, library: Library) -> str:
    """The last name of what is called, unless it is a function or class of the examined code itself."""
    if not isinstance(call, ast.Call):
        return ""
    dotted = library.dotted(call.func, scope)
    return "" if not dotted or library.defines(dotted) and not _of_extension(dotted, library) else dotted.split(".")[-1]


def _of_extension(dotted: str, library: Library) -> bool:
    """`db.Column` with `db = SQLAlchemy()`: an attribute of an object, which stands for the library's own."""
    owner = library.value_of(dotted.rpartition(".")[0])
    return owner is not None and isinstance(owner[0], ast.Call) and last(owner[0].func) == "SQLAlchemy"


def read_classes(library: Library, scope: Scope) -> Iterator[Declared]:
    """The classes of a module, with the attributes that the module adds to them afterwards."""
    seen: dict[str, Declared] = {}
    doubles: list[Declared] = []
    for statement in scope.body:
        node = statement.node
        if isinstance(node, ast.ClassDef):
            declared = _read_class(node, scope, library)
            if node.name in seen and not statement.branched:
                doubles.append(declared)
            seen.setdefault(node.name, declared)
        elif isinstance(node, ast.Assign) and isinstance(target := node.targets[0], ast.Attribute):
            owner = seen.get(target.value.id) if isinstance(target.value, ast.Name) else None
            if owner and (member := _member(target.attr, node.value, None, node.lineno, scope, library)):
                certain = not statement.branched and not statement.typing_only
                owner.members[target.attr] = member if certain else replace(member, kind=Kind.OPAQUE, call=None)
    yield from [*seen.values(), *doubles]


def _read_class(node: ast.ClassDef, scope: Scope, library: Library) -> Declared:
    declared = Declared(name=node.name, scope=scope, node=node)
    for statement in statements(node.body):
        if statement.typing_only:
            continue
        for name, value, annotation in _assigned(statement.node):
            if name in SPECIAL and called(value, scope, library) not in COLUMNS | RELATIONSHIPS:
                if value is not None:
                    declared.special[name] = value
                continue
            member = _member(name, value, annotation, statement.node.lineno, scope, library)
            if member and name in declared.members and not statement.branched and _mapped(member):
                declared.repeated.append(member)
            if member:
                declared.members[name] = member
    return declared


def _mapped(member: Member) -> bool:
    return member.kind in (Kind.COLUMN, Kind.RELATIONSHIP)


def _assigned(node: ast.stmt) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    """Name, value and annotation of what a statement of a class body makes."""
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node.value, node.annotation
    elif isinstance(node, ast.Assign):
        yield from ((target.id, node.value, None) for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.FunctionDef):
        names = {last(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}
        attributes = {part for d in node.decorator_list for part in _attribute_path(d)}
        if "declared_attr" in names | attributes:
            yield node.name, _returned(node), node.returns
        elif names & {"hybrid_property", "property", "cached_property"}:
            yield node.name, ast.Constant(value=None), None


def _attribute_path(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    yield last(node)


def _returned(node: ast.FunctionDef) -> ast.expr:
    """What a declared_attr answers when that is one expression; otherwise a call that cannot be read."""
    answers = [s.value for s in ast.walk(node) if isinstance(s, ast.Return) and s.value is not None]
    return answers[0] if len(answers) == 1 else ast.Call(func=ast.Name(id=node.name), args=[], keywords=[])


def _member(name: str, value: ast.expr | None, annotation: ast.expr | None, line: int, scope: Scope,
            library: Library) -> Member | None:
    kind, call = _kind(value, annotation, scope, library)
    if kind is None:
        return None
    return Member(name=name, line=line, kind=kind, scope=scope, call=call, annotation=annotation)


def _kind(value: ast.expr | None, annotation: ast.expr | None, scope: Scope,
          library: Library) -> tuple[Kind | None, ast.Call | None]:
    contained = isinstance(annotation, ast.Subscript) and last(annotation.value) in CONTAINERS
    if not isinstance(value, ast.Call):
        is_other = isinstance(value, ast.Constant) and value.value is None and annotation is None
        return (Kind.COLUMN if contained else Kind.OTHER if is_other else None), None
    name = called(value, scope, library)
    if name in RELATIONSHIPS:
        return Kind.RELATIONSHIP, value
    if name in COLUMNS:
        return Kind.COLUMN, value
    if name in COLUMN_WRAPPERS:
        inner = next((a for a in value.args if called(a, scope, library) in COLUMNS), None)
        return (Kind.COLUMN, inner) if isinstance(inner, ast.Call) else (Kind.OTHER, None)
    harmless = name in OTHERS or library.dotted(value.func, scope).split(".")[0] in sys.stdlib_module_names
    return (Kind.OTHER if harmless else Kind.OPAQUE), None
