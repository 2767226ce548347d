"""Programs of the tree that import some of the models: what those name must come with them, or no query works there."""

from collections.abc import Iterator

from pipeline.doctor.findings import Code
from pipeline.doctor.imported import doors_of, reach
from pipeline.doctor.links import Link
from pipeline.doctor.schema import Schema
from pipeline.doctor.words import STOPS, Report

ASIDE = ("test_", "conftest")
"""Tests import what each of them needs."""


def check_entries(schema: Schema, links: list[Link], report: Report) -> None:
    """Report relationships to classes that a program leaves out; where the package has a door, that one is asked instead."""
    modules = {model.declared.scope.source.module for model in schema.models}
    modules |= {table.scope.source.module for table in schema.tables}
    if doors_of(schema.library, modules):
        return
    told = set()
    for entry in sorted(_entries(schema, modules)):
        reached = reach({entry}, schema.library)
        for link in links:
            target = link.target
            if target is None or id(target) in told or link.model.declared.scope.source.module not in reached:
                continue
            source = target.declared.scope.source
            if source.inside and source.module not in reached:
                told.add(id(target))
                shown = schema.library.scopes[entry].source.shown
                report.at(link, Code.CLASS_NOT_IMPORTED,
                          f"{link.label} is a relationship to {target.name}, but {shown} imports {link.model.name} and never "
                          f"{target.name} ({target.shown}:{target.line}). {STOPS}",
                          f"Add `from {source.module} import {target.name}` to {shown}, or import all models in one place.")


def _entries(schema: Schema, modules: set[str]) -> Iterator[str]:
    """The modules that declare no model and import some."""
    bases = {base.scope.source.module for base in schema.bases.values()}
    for name, scope in list(schema.library.scopes.items()):
        if not scope.source.inside or scope.source.is_package or name in modules | bases or scope.computes_imports:
            continue
        if name.rpartition(".")[2].startswith(ASIDE):
            continue
        if any(schema.library.module_of(entry.module) in modules and not entry.typing_only for entry in scope.imports):
            yield name
