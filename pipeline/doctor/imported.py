"""Which models are imported when the package is: what its `__init__` reaches through imports, and nothing else."""

from pipeline.doctor.library import Library
from pipeline.doctor.schema import Schema


def mark_imported(schema: Schema) -> set[str]:
    """The modules with models that importing the package brings in; the models of all others are marked."""
    modules = {model.declared.scope.source.module for model in schema.models}
    modules |= {table.scope.source.module for table in schema.tables}
    doors = doors_of(schema.library, modules)
    if any(schema.library.scopes[door].computes_imports for door in doors):
        return modules
    roots = doors | {module for module in modules if not _guarding(module, doors)}
    reached = reach(roots, schema.library)
    for model in schema.models:
        model.imported = model.declared.scope.source.module in reached
    return modules & reached


def doors_of(library: Library, modules: set[str]) -> set[str]:
    """The packages whose `__init__` imports a file of models."""
    return {
        name for name, scope in list(library.scopes.items())
        if scope.source.is_package and any(
            library.module_of(entry.module) in modules - {name} and not entry.typing_only for entry in scope.imports
        )
    }


def _guarding(module: str, doors: set[str]) -> bool:
    """Whether a door stands before the module."""
    return any(module == door or module.startswith(f"{door}.") for door in doors)


def reach(roots: set[str], library: Library) -> set[str]:
    """The modules that importing these brings in, themselves included."""
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in reached or name not in library.scopes:
            continue
        reached.add(name)
        for entry in library.scopes[name].imports:
            module = library.module_of(entry.module)
            if module and not entry.typing_only:
                waiting += [module, *_parents(module)]
    return reached


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]
