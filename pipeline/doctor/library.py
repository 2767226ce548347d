"""What dotted names mean across all modules that were read: each followed through re-exports, without importing anything."""

import ast
import sys
from dataclasses import dataclass, field
from importlib.machinery import PathFinder

from pipeline.doctor.collect import Collection
from pipeline.doctor.scope import Scope, read_scope

HOPS = 20
"""How often a name may be re-exported before the search gives up; circles end here too."""


@dataclass(kw_only=True)
class Library:
    """Every module that was read, and what dotted names mean across them."""

    collection: Collection
    scopes: dict[str, Scope]
    _found: dict[str, str | None] = field(default_factory=dict)
    _outside: dict[str, bool] = field(default_factory=dict)

    def module_of(self, dotted: str) -> str | None:
        """The longest beginning of the name that is a module of ours, or stands for one that was uploaded alone."""
        if dotted not in self._found:
            self._found[dotted] = self._search(dotted)
        return self._found[dotted]

    def _search(self, dotted: str) -> str | None:
        parts = dotted.split(".")
        for count in range(len(parts), 0, -1):
            name = ".".join(parts[:count])
            if name in self.scopes:
                return name
            if count > 1 and (source := self.collection.fetch(name)):
                self.scopes[name] = read_scope(source)
                return name
        return None

    def dotted(self, node: ast.expr, scope: Scope) -> str:
        """Where a name or attribute comes from at last, such as `sqlalchemy.orm.relationship`; "" for other expressions."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return self.resolve(".".join([scope.names.get(node.id) or self._own(node.id, scope), *reversed(parts)]))

    def _own(self, name: str, scope: Scope) -> str:
        if scope.defines(name):
            return f"{scope.source.module}.{name}"
        for star in scope.stars:
            found = self.resolve(f"{star}.{name}")
            if self.defines(found):
                return found
        return name

    def resolve(self, dotted: str) -> str:
        """The name under which a thing was first made, behind every re-export."""
        for _ in range(HOPS):
            module, rest = self._split(dotted)
            if not module:
                return dotted
            step = self._step(self.scopes[module], rest)
            if step is None:
                return ".".join([module, *rest])
            dotted = step
        return dotted

    def _split(self, dotted: str) -> tuple[str, list[str]]:
        for name in (dotted, self._shortened(dotted)):
            if module := self.module_of(name):
                return module, name.split(".")[len(module.split(".")):]
        return "", []

    def _step(self, scope: Scope, rest: list[str]) -> str | None:
        if not rest or scope.defines(rest[0]):
            return None
        if rest[0] in scope.names:
            return ".".join([scope.names[rest[0]], *rest[1:]])
        return next((".".join([star, *rest]) for star in scope.stars if self._star_has(star, rest[0])), None)

    def _star_has(self, star: str, name: str) -> bool:
        scope = self.scopes.get(self.module_of(star) or "")
        return scope is not None and (scope.defines(name) or name in scope.names)

    def _shortened(self, dotted: str) -> str:
        """The name without the folders that an uploaded file left behind; unchanged when it is installed here."""
        first, _, rest = dotted.partition(".")
        if not rest or self._installed(first):
            return dotted
        parts = rest.split(".")
        return next((".".join(parts[n:]) for n in range(len(parts)) if parts[n] in self.scopes), dotted)

    def _installed(self, name: str) -> bool:
        if name not in self._outside:
            self._outside[name] = name in sys.stdlib_module_names or PathFinder.find_spec(name) is not None
        return self._outside[name]

    def defines(self, dotted: str) -> bool:
        """Whether the name is a class, value or function of a module that was read."""
        module, rest = self._split(dotted)
        return bool(module and rest) and self.scopes[module].defines(rest[0])

    def value_of(self, dotted: str) -> tuple[ast.expr, Scope] | None:
        """The expression that a module-level name was given, and where to read it."""
        module, _, name = dotted.rpartition(".")
        scope = self.scopes.get(module)
        return (scope.values[name], scope) if scope and name in scope.values else None

    def text(self, node: ast.expr | None, scope: Scope) -> str | None:
        """A string that can be read off the source: a constant, or a module-level name for one."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name | ast.Attribute) and (value := self.value_of(self.dotted(node, scope))):
            return value[0].value if isinstance(value[0], ast.Constant) and isinstance(value[0].value, str) else None
        return None


def read_library(collection: Collection) -> Library:
    """The scopes of all collected modules."""
    return Library(collection=collection, scopes={name: read_scope(s) for name, s in collection.sources.items()})
