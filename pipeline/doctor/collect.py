"""Target -> parsed source files, each with its module name. Nothing is imported, not even a parent package."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.machinery import PathFinder
from pathlib import Path

from pipeline.doctor.findings import CannotLook

SKIPPED = {"__pycache__", "node_modules", "site-packages", "migrations", "alembic"}
"""Folders that hold no models; Alembic's versions name tables that are gone."""
NAMESPACE_DEPTH = 3
"""How many folders without `__init__.py` may stand before a module's name."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file: where it is, how it is imported, and its tree, or why it has none."""

    file: Path
    shown: str
    module: str
    is_package: bool
    inside: bool
    """Whether it belongs to what is examined; other files are read only for what they lend."""
    tree: ast.Module
    text: str = ""
    fault: str = ""
    fault_line: int = 0


@dataclass(frozen=True, kw_only=True)
class Collection:
    """The files of a target, and the folder that has to be on `sys.path` to import them."""

    root: Path
    top: str
    """The first name of every module of the package; empty for a plain folder of modules."""
    shown_from: Path
    sources: dict[str, Source]

    def fetch(self, module: str) -> Source | None:
        """A module of the same package that lies outside of what is examined, read now."""
        if not self.top or module.split(".")[0] != self.top:
            return None
        place = self.root.joinpath(*module.split("."))
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                return read(file, module=module, shown_from=self.shown_from, inside=False)
        return None


def collect(target: str | Path) -> Collection:
    """The files of a package name, a folder or a file. Raises `CannotLook` when there is nothing to read."""
    place = _find(target).resolve()
    files = [place] if place.is_file() else sorted(_walk(place))
    if not files:
        raise CannotLook(f"There is no Python file in {place}.")
    root = _import_root(place)
    named = {file: _module(file, root) for file in files}
    sources = {
        module: read(file, module=module, shown_from=place.parent, inside=True) for file, module in named.items()
    }
    if root == place:
        root, sources = _under_namespace(place, sources)
    top = "" if root == place or place.parent == root and place.is_file() else place.relative_to(root).parts[0]
    return Collection(root=root, top=top.removesuffix(".py"), shown_from=place.parent, sources=sources)


def read(file: Path, *, module: str, shown_from: Path, inside: bool) -> Source:
    """The file, parsed; one that cannot be parsed has an empty tree and says why."""
    shown = str(file.relative_to(shown_from)) if file.is_relative_to(shown_from) else str(file)
    text, tree, fault, line = "", ast.Module(body=[], type_ignores=[]), "", 0
    try:
        data = file.read_bytes()
        text = data.decode("utf-8", errors="replace")
        tree = ast.parse(data)
    except SyntaxError as error:
        fault, line = f"SyntaxError: {error.msg}", error.lineno or 1
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        fault, line = f"{type(error).__name__}: {error}", 1
    return Source(file=file, shown=shown, module=module, is_package=file.name == "__init__.py", inside=inside, tree=tree,
                  text=text if fault else "", fault=fault, fault_line=line)


def _find(target: str | Path) -> Path:
    path = Path(target)
    try:
        if path.is_dir() or path.is_file() and path.suffix == ".py":
            return path
    except (OSError, ValueError) as fault:
        raise CannotLook(f"{target} cannot be read ({fault}).") from fault
    if isinstance(target, str) and all(part.isidentifier() for part in target.split(".")):
        return _find_package(target)
    if path.exists():
        raise CannotLook(f"{target} is neither a folder nor a Python file.")
    raise CannotLook(f"{target} does not exist: give a package, a folder or a Python file.")


def _find_package(name: str) -> Path:
    """Where a dotted name lives, found one part at a time so that no parent is imported."""
    where, spec, so_far = None, None, ""
    for part in name.split("."):
        so_far = f"{so_far}.{part}" if so_far else part
        spec = PathFinder.find_spec(so_far, where)
        if spec is None:
            raise CannotLook(f"There is no package {name} here (no {so_far} on the path): give its folder instead.")
        where = list(spec.submodule_search_locations or [])
    assert spec is not None
    if where:
        return Path(where[0])
    if not spec.origin or not spec.origin.endswith(".py"):
        raise CannotLook(f"{name} is not written in Python: there is no source to examine.")
    return Path(spec.origin)


def _walk(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _skipped(Path(where) / name)]
        yield from (Path(where) / name for name in files if name.endswith(".py"))


def _skipped(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in SKIPPED or (folder / "pyvenv.cfg").exists()


def _import_root(place: Path) -> Path:
    """The folder above the outermost package; a folder that is no package is its own root."""
    if place.is_dir() and not (place / "__init__.py").exists():
        return place
    root = place.parent
    while (root / "__init__.py").exists() and root != root.parent:
        root = root.parent
    return root


def _module(file: Path, root: Path) -> str:
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _under_namespace(place: Path, sources: dict[str, Source]) -> tuple[Path, dict[str, Source]]:
    """The root of a folder without `__init__.py` whose files call each other by the names of folders above them."""
    called = {name for source in sources.values() for name in _absolute_imports(source.tree)}
    relative = any(isinstance(node, ast.ImportFrom) and node.level for s in sources.values() for node in s.tree.body)
    root = place
    for depth in range(1, min(NAMESPACE_DEPTH, len(place.parts) - 1) + 1):
        root = root.parent
        prefix = ".".join(place.parts[-depth:])
        if (relative and depth == 1) or any(f"{prefix}.{module}" in called for module in sources):
            return root, {f"{prefix}.{name}": _renamed(source, prefix) for name, source in sources.items()}
    return place, sources


def _renamed(source: Source, prefix: str) -> Source:
    return replace(source, module=f"{prefix}.{source.module}")


def _absolute_imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
