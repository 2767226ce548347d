"""Bases: which declarative base a class comes from, and in which registry and metadata its table therefore stands."""

import ast
import builtins
import sys
from dataclasses import dataclass, field

from pipeline.doctor.library import Library
from pipeline.doctor.reading import Declared, argument
from pipeline.doctor.schema import Base
from pipeline.doctor.scope import Scope, last

BASE_CLASSES = {"DeclarativeBase", "DeclarativeBaseNoMeta"}
BASE_MAKERS = {"declarative_base", "generate_base", "automap_base", "as_declarative_base"}
CLASS_DECORATORS = {"mapped", "mapped_as_dataclass"}


@dataclass(kw_only=True)
class Lineage:
    """Where a class comes from: the classes above it that were read, in order, and the base at the end."""

    above: list[Declared] = field(default_factory=list)
    base: Base | None = None
    open: bool = False
    """Whether a class above could not be read: it may lend columns, or a base."""
    strangers: list[str] = field(default_factory=list)


def trace(declared: Declared, known: dict[str, Declared], library: Library) -> Lineage:
    """The lineage of a class; circles in the source end it."""
    lineage = Lineage()
    _decorated(declared, lineage, library)
    _climb(declared, lineage, known, library)
    return lineage


def _climb(declared: Declared, lineage: Lineage, known: dict[str, Declared], library: Library) -> None:
    scope = declared.scope
    metaclass = next((k.value for k in declared.node.keywords if k.arg == "metaclass"), None)
    if metaclass is not None and last(metaclass) == "DeclarativeMeta":
        lineage.base = lineage.base or class_base(declared, library)
    for node in declared.node.bases:
        plain = node.value if isinstance(node, ast.Subscript) else node
        dotted = library.dotted(plain, scope)
        if dotted in known:
            if known[dotted] is not declared and known[dotted] not in lineage.above:
                lineage.above.append(known[dotted])
                _decorated(known[dotted], lineage, library)
                _climb(known[dotted], lineage, known, library)
            continue
        _meet(dotted, declared, lineage, library)


def _meet(dotted: str, declared: Declared, lineage: Lineage, library: Library) -> None:
    """A base class that is not a class of the examined code."""
    name = dotted.split(".")[-1]
    if name in BASE_CLASSES:
        lineage.base = lineage.base or class_base(declared, library)
    elif base := _made_base(dotted, library):
        lineage.base = lineage.base or base
    elif dotted.split(".")[0] not in sys.stdlib_module_names | {"sqlalchemy", "builtins"} | _BUILTINS:
        lineage.open = True
        lineage.strangers.append(dotted)
    elif name == "DeferredReflection":
        lineage.open = True


_BUILTINS = set(dir(builtins))


def class_base(declared: Declared, library: Library) -> Base:
    """The base that a class is by deriving from `DeclarativeBase`."""
    registry = _shared(declared.special.get("registry"), declared.scope, library) or declared.dotted
    metadata = _shared(declared.special.get("metadata"), declared.scope, library)
    return Base(registry=registry, metadata=metadata or _metadata_of(registry, library) or registry,
                name=declared.name, scope=declared.scope, line=declared.node.lineno)


def _made_base(dotted: str, library: Library) -> Base | None:
    """`Base = declarative_base()`, `Base = registry.generate_base()` or `db.Model`."""
    made = library.value_of(dotted) or library.value_of(dotted.rpartition(".")[0])
    if made is None or not isinstance(made[0], ast.Call):
        return None
    kind = last(made[0].func)
    if kind in BASE_MAKERS or kind == "SQLAlchemy" and dotted.endswith(".Model"):
        return _call_base(dotted, made[0], made[1], library)
    return None


def _call_base(dotted: str, call: ast.Call, scope: Scope, library: Library) -> Base:
    registry = dotted
    if last(call.func) == "generate_base" and isinstance(call.func, ast.Attribute):
        registry = library.dotted(call.func.value, scope) or dotted
    metadata = _shared(argument(call, "metadata"), scope, library) or _metadata_of(registry, library) or registry
    name = dotted.split(".")[-1]
    return Base(registry=registry, metadata=metadata, name=name, scope=scope, line=call.lineno,
                names_tables=last(call.func) == "SQLAlchemy")


def _decorated(declared: Declared, lineage: Lineage, library: Library) -> None:
    """`@registry.mapped`, `@registry.mapped_as_dataclass(…)`, `@mapped_as_dataclass(registry)`, `@as_declarative()`."""
    for decorator in declared.node.decorator_list:
        function = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = last(function)
        if name == "as_declarative":
            lineage.base = lineage.base or class_base(declared, library)
        if name not in CLASS_DECORATORS:
            continue
        owner = function.value if isinstance(function, ast.Attribute) else argument(decorator, "registry", 0) \
            if isinstance(decorator, ast.Call) else None
        registry = library.dotted(owner, declared.scope) if owner is not None else ""
        made = library.value_of(registry)
        lineage.base = lineage.base or Base(
            registry=registry, metadata=_metadata_of(registry, library) or registry, name=registry.split(".")[-1],
            scope=made[1] if made else declared.scope, line=made[0].lineno if made else declared.node.lineno,
        )


def _shared(value: ast.expr | None, scope: Scope, library: Library) -> str:
    """The full name of a registry or metadata that is given by name."""
    return library.dotted(value, scope) if isinstance(value, ast.Name | ast.Attribute) else ""


def _metadata_of(registry: str, library: Library) -> str:
    made = library.value_of(registry)
    if made is None or not isinstance(made[0], ast.Call):
        return ""
    return _shared(argument(made[0], "metadata"), made[1], library)


def default_schema(base: Base, declared: Declared | None, library: Library) -> str | None:
    """The schema that the metadata gives to tables that name none."""
    made = library.value_of(base.metadata)
    call = made[0] if made else declared.special.get("metadata") if declared else None
    if not isinstance(call, ast.Call) or last(call.func) != "MetaData":
        return None
    return library.text(argument(call, "schema", 0), made[1] if made else base.scope)
