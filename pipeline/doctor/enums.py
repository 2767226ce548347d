"""Enum types of the database: two with one name must have the same members, because the database keeps only one."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.doctor.annotations import inner_class
from pipeline.doctor.findings import Code
from pipeline.doctor.reading import Declared, Kind, Member, argument, called
from pipeline.doctor.schema import Model, Schema
from pipeline.doctor.words import Report, listed


class EnumType(NamedTuple):
    """One use of an enum type."""

    model: Model
    member: Member
    name: str
    labels: tuple[str, ...]
    python: str
    """The Python enum behind it; "" for a plain list of strings."""


def check_enums(schema: Schema, report: Report) -> None:
    """Report the second of two enum types that share a name but not their members."""
    first: dict[tuple[str, str], EnumType] = {}
    for model in schema.models:
        for used in _types(model, schema):
            other = first.setdefault((model.metadata, used.name), used)
            if set(other.labels) == set(used.labels) or not report.first("enum", used.name, used.labels):
                continue
            only = sorted(set(used.labels) ^ set(other.labels))
            code = Code.ENUM_DIFFERS if used.python and other.python else Code.NAME_CLASH
            report.add(code,
                       f"{model.name}.{used.member.name} uses the enum type {used.name!r}, which {other.model.name}."
                       f"{other.member.name} declares with other members ({listed(only)} on one side only). The database keeps "
                       f"one type of that name, so writing the other's members fails.",
                       "Use one enum for both, or give this one a name of its own: Enum(…, name=\"OTHER_NAME\").",
                       file=used.member.scope.source.shown, line=used.member.line, model=model.name,
                       attribute=used.member.name)


def _types(model: Model, schema: Schema) -> Iterator[EnumType]:
    for member in model.members.values():
        if member.kind is not Kind.COLUMN:
            continue
        call = next((c for c in _calls(member) if called(c, member.scope, schema.library) in ("Enum", "ENUM")), None)
        if call is not None:
            yield from _declared_type(model, member, call, schema)
        elif member.call is None or not member.call.args:
            yield from _annotated_type(model, member, schema)


def _calls(member: Member) -> list[ast.Call]:
    return [node for node in ast.walk(member.call) if isinstance(node, ast.Call)] if member.call else []


def _declared_type(model: Model, member: Member, call: ast.Call, schema: Schema) -> Iterator[EnumType]:
    native = argument(call, "native_enum")
    if isinstance(native, ast.Constant) and native.value is False or not call.args:
        return
    name = schema.library.text(argument(call, "name"), member.scope)
    python = _enum_class(call.args[0], member, schema)
    if python:
        labels = _labels(python, values=argument(call, "values_callable") is not None)
        yield EnumType(model, member, name or python.name.lower(), labels, python.dotted)
    elif name and all(isinstance(a, ast.Constant) for a in call.args):
        yield EnumType(model, member, name, tuple(str(ast.literal_eval(a)) for a in call.args), "")


def _annotated_type(model: Model, member: Member, schema: Schema) -> Iterator[EnumType]:
    inner = inner_class(member.annotation)
    if inner is not None and (python := _enum_class(inner, member, schema)):
        yield EnumType(model, member, python.name.lower(), _labels(python, values=False), python.dotted)


def _enum_class(node: ast.expr, member: Member, schema: Schema) -> Declared | None:
    declared = schema.declared.get(schema.library.dotted(node, member.scope))
    return declared if declared and any("Enum" in ast.unparse(base) for base in declared.node.bases) else None


def _labels(python: Declared, *, values: bool) -> tuple[str, ...]:
    """What the database stores: the names of the members, or their values where the column asks for them."""
    found = []
    for node in python.node.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value.value if isinstance(node.value, ast.Constant) else None
            found.append(str(value) if values and value is not None else node.targets[0].id)
    return tuple(found)
