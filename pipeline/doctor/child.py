"""The child process: imports the files it is told to, then initialises every relationship by itself, and tells its parent.

It is run by its path and knows only SQLAlchemy, and `against` where a database is asked for: what it imports may print,
exit or hang. Each step is announced on a pipe of its own before it begins, so that the parent knows what the child died of.
"""

import contextlib
import gc
import importlib
import json
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Mapper, configure_mappers
from sqlalchemy.orm.mapper import _all_registries

CONFIGURE, DATABASE = "the configuration of all mappers", "the comparison with the database"


class Child:
    """One run. `order` says what to import, from where, and what to leave alone because an earlier child died of it."""

    def __init__(self, order: dict[str, Any], pipe: int) -> None:
        self.order, self.pipe = order, pipe
        self.skip = set(order["skip"])
        self.failed: dict[str, BaseException] = {}

    def tell(self, **news: Any) -> None:
        """One line to the parent."""
        os.write(self.pipe, json.dumps(news).encode() + b"\n")

    def run(self) -> None:
        """Import, examine, say that it is done."""
        self.tell(step="ready")
        sys.meta_path.insert(0, _Finder(self))
        importlib.invalidate_caches()
        for module, file in self.order["modules"]:
            self._import(module, file)
        if self.order["modules"]:
            self._examine()
        if self.order["database"]:
            self.tell(step="at", label=DATABASE, file="", model="", attribute="")
            modules = [vars(sys.modules[name]).values() for name, _ in self.order["modules"] if name in sys.modules]
            tables = [mapper.local_table for mapper in _mappers()]
            against = importlib.import_module("pipeline.doctor.against")  # brings the rest of ours: only when asked for
            against.tell_differences([*tables, *(value for values in modules for value in values)], self.order["database"],
                                     self.tell)
        self.tell(step="done")

    def _import(self, module: str, file: str) -> None:
        known = sys.modules.get(module)
        if known is not None and getattr(known, "__file__", None) != file:
            self._import_from(f"_examined_{module}", file)  # a name that Python itself uses already
            return
        with contextlib.suppress(BaseException):  # failures were told by the loader
            importlib.import_module(module)
        if module not in sys.modules and file not in self.failed and file not in self.skip:
            self._import_from(module, file)

    def _import_from(self, name: str, file: str) -> None:
        module = sys.modules[name] = ModuleType(name)
        module.__file__ = file
        with contextlib.suppress(BaseException):
            Loader(name, file, self).exec_module(module)

    def fail(self, file: str, fault: BaseException) -> None:
        """Tell what an import died of, and whether that only follows from something else."""
        frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == file]
        line = frames[-1].lineno if frames else fault.lineno if isinstance(fault, SyntaxError) else 1
        missing = fault.name if isinstance(fault, ModuleNotFoundError) else None
        self.tell(step="failed", file=file, line=line or 1, kind=type(fault).__name__, message=_sentence(fault),
                  missing=missing, follows=self._follows(fault))
        self.failed[file] = fault

    def _follows(self, fault: BaseException) -> str:
        """Another file raised it, or broke off before making the name that is lacking; or the mappers did."""
        if any(frame.name == "_configure_registries" for frame in traceback.extract_tb(fault.__traceback__)):
            return "mappers"
        lacking = fault.name if isinstance(fault, ImportError) else getattr(getattr(fault, "obj", None), "__name__", None)
        module = sys.modules.get(lacking or "")
        raised = any(other is fault for other in self.failed.values())
        return "file" if raised or getattr(module, "__file__", None) in self.failed else ""

    def _examine(self) -> None:
        """Configure all mappers. Each property is initialised on its own first, so that one offender hides no other."""
        self.tell(step="at", label=CONFIGURE, file="", model="", attribute="")
        if CONFIGURE in self.skip:
            return
        for mapper in _mappers():  # an import may have tried already, and stopped at the first offender
            mapper._configure_failed = False
            for prop in list(mapper._props.values()):
                prop._configure_started = prop._configure_finished
        event.listen(Mapper, "before_configured", self._initialise)
        for _ in range(1 + len(_mappers())):
            try:
                configure_mappers()
                break
            except BaseException as fault:
                self._set_aside(fault)
        self._check_keys()
        for mapper in _mappers():
            broken = any(p._configure_started and not p._configure_finished for p in list(mapper._props.values()))
            self.tell(step="mapper", model=mapper.class_.__name__, file=_file(mapper), table=str(mapper.local_table),
                      ok=mapper.configured and not broken and not getattr(mapper, "_configure_failed", False))

    def _initialise(self) -> None:
        for mapper in _mappers():
            for prop in list(mapper._props.values()):
                label = f"{mapper.class_.__module__}.{mapper.class_.__name__}.{prop.key}"
                prop._configure_started |= label in self.skip
                if prop.parent is not mapper or prop._configure_started:
                    continue
                self.tell(step="at", label=label, file=_file(mapper), model=mapper.class_.__name__, attribute=prop.key)
                try:
                    prop.init()
                except BaseException as fault:
                    self._offend(mapper, prop.key, fault)
        self.tell(step="at", label=CONFIGURE, file="", model="", attribute="")

    def _offend(self, mapper: Mapper[Any], attribute: str, fault: BaseException) -> None:
        self.tell(step="offender", file=_file(mapper), model=mapper.class_.__name__, attribute=attribute,
                  kind=type(fault).__name__, message=_sentence(fault))

    def _set_aside(self, fault: BaseException) -> None:
        for mapper in _mappers():
            if not mapper.configured and getattr(mapper, "_configure_failed", False):
                self._offend(mapper, "", fault)
                mapper.configured = True
                mapper._configure_failed = False

    def _check_keys(self) -> None:
        """Every foreign key of every mapped table, whether a relationship uses it or not."""
        for mapper, key in ((m, key) for m in _mappers() for key in getattr(m.local_table, "foreign_keys", ())):
            try:
                key.column  # noqa: B018  looking it up is the check
            except Exception as fault:
                self._offend(mapper, key.parent.key, fault)


class Loader(SourceFileLoader):
    """Runs a file once; a file that fails stays as far as it came, so that the others can be examined."""

    def __init__(self, name: str, file: str, child: Child) -> None:
        super().__init__(name, file)
        self.child = child

    def exec_module(self, module: ModuleType) -> None:
        """Run it, and tell when it fails, unless it holds no models and its importer is prepared for that."""
        if self.path in self.child.skip:
            self.child.failed[self.path] = ImportError("set aside")
            return
        guarded = self.name in self.child.order["guarded"]
        if guarded and self.path in self.child.failed:
            raise self.child.failed[self.path]
        self.child.tell(step="start", file=self.path)
        try:
            super().exec_module(module)
        except BaseException as fault:
            if not guarded or self.name in dict(self.child.order["modules"]):
                self.child.fail(self.path, fault)
            if guarded:
                raise
        finally:
            self.child.tell(step="end", file=self.path)


class _Finder:
    """Finds the files of the examined folder as Python does, and gives them our loader."""

    def __init__(self, child: Child) -> None:
        self.child, self.folder = child, os.path.join(child.order["watch"], "")

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader) or not (spec.origin or "").startswith(self.folder):
            return None
        spec.loader = Loader(name, str(spec.origin), self.child)
        return spec


def _mappers() -> list[Mapper[Any]]:
    managers = (manager for registry in _all_registries() for manager in list(registry._managers))
    return sorted((m.mapper for m in managers if m.is_mapped), key=lambda mapper: mapper._sort_key)  # a class may be half made


def _file(mapper: Mapper[Any]) -> str:
    return getattr(sys.modules.get(mapper.class_.__module__), "__file__", None) or ""


def _sentence(fault: BaseException) -> str:
    """The first lines of what the fault says, without SQLAlchemy's link to its web page."""
    return str(fault).split("\n(Background on this error")[0].strip()[:2000] or type(fault).__name__


if __name__ == "__main__":
    gc.disable()  # a third of the time goes into looking for garbage among classes, and the process ends soon
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    orders = json.loads(sys.stdin.buffer.read())
    sys.path[:] = orders["path"]
    channel = int(sys.argv[1])
    os.set_inheritable(channel, False)
    child = Child(orders, channel)
    try:
        child.run()
    except BaseException as failure:
        child.tell(step="broke", message=f"{type(failure).__name__}: {_sentence(failure)}")
    os._exit(0)  # no exit handlers, no waiting for threads of what was imported
