"""The names of one module: what it imports, makes and assigns, without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from pipeline.doctor.collect import Source

COMPUTED_IMPORTS = {"import_module", "__import__", "walk_packages", "iter_modules"}


class Statement(NamedTuple):
    """A statement of a module or class body, and under what it stands."""

    node: ast.stmt
    typing_only: bool
    guarded: bool
    branched: bool


def statements(body: list[ast.stmt], *, typing_only: bool = False, guarded: bool = False,
               branched: bool = False) -> Iterator[Statement]:
    """The statements that run when the body runs, those in branches included, those in functions not."""
    for node in body:
        if isinstance(node, ast.If):
            checking = "TYPE_CHECKING" in ast.dump(node.test)
            yield from statements(node.body, typing_only=typing_only or checking, guarded=guarded, branched=True)
            yield from statements(node.orelse, typing_only=typing_only, guarded=guarded, branched=True)
        elif isinstance(node, ast.Try):
            yield from statements(node.body, typing_only=typing_only, guarded=True, branched=branched)
            for part in (*(handler.body for handler in node.handlers), node.orelse, node.finalbody):
                yield from statements(part, typing_only=typing_only, guarded=guarded, branched=True)
        elif isinstance(node, ast.With | ast.For | ast.While):
            yield from statements(node.body, typing_only=typing_only, guarded=guarded, branched=branched)
        else:
            yield Statement(node, typing_only, guarded, branched)


class Import(NamedTuple):
    """A module that another one imports."""

    module: str
    typing_only: bool
    guarded: bool


@dataclass(kw_only=True)
class Scope:
    """The names of one module."""

    source: Source
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)

    @cached_property
    def body(self) -> tuple[Statement, ...]:
        """Its statements, flat."""
        return tuple(statements(self.source.tree.body))

    @cached_property
    def computes_imports(self) -> bool:
        """Whether it imports modules by names that only running it would tell."""
        return any(isinstance(node, ast.Name | ast.Attribute) and last(node) in COMPUTED_IMPORTS
                   for node in ast.walk(self.source.tree))

    def defines(self, name: str) -> bool:
        """Whether the module itself makes this name."""
        return name in self.classes or name in self.values or name in self.functions

    def knows(self, name: str) -> bool:
        """Whether the name may mean something in this module."""
        return self.defines(name) or name in self.names or bool(self.stars)


def read_scope(source: Source) -> Scope:
    """The names of a parsed module."""
    scope = Scope(source=source)
    for statement in scope.body:
        node = statement.node
        if isinstance(node, ast.ClassDef):
            scope.classes.setdefault(node.name, node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            scope.functions[node.name] = node
        elif isinstance(node, ast.Assign):
            scope.values.update({t.id: node.value for t in node.targets if isinstance(t, ast.Name)})
        elif isinstance(node, ast.AnnAssign) and node.value and isinstance(node.target, ast.Name):
            scope.values[node.target.id] = node.value
        elif isinstance(node, ast.Import | ast.ImportFrom):
            _read_import(node, statement, scope)
    return scope


def _read_import(node: ast.Import | ast.ImportFrom, statement: Statement, scope: Scope) -> None:
    def note(module: str) -> None:
        scope.imports.append(Import(module, statement.typing_only, statement.guarded))

    if isinstance(node, ast.Import):
        for alias in node.names:
            scope.names[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
            note(alias.name)
        return
    base = _absolute(node, scope.source)
    note(base)
    for alias in node.names:
        if alias.name == "*":
            scope.stars.append(base)
            continue
        scope.names[alias.asname or alias.name] = f"{base}.{alias.name}" if base else alias.name
        note(f"{base}.{alias.name}" if base else alias.name)


def _absolute(node: ast.ImportFrom, source: Source) -> str:
    if not node.level:
        return node.module or ""
    parts = source.module.split(".")
    kept = parts[:len(parts) - node.level + (1 if source.is_package else 0)]
    return ".".join([*kept, *([node.module] if node.module else [])])


def last(node: ast.expr) -> str:
    """The last name of `a.b.c`, or "" for other expressions."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
