"""Columns, foreign keys and tables, read off the calls that declare them."""

import ast
from collections.abc import Iterator

from pipeline.doctor.library import Library
from pipeline.doctor.reading import COLUMNS, Member, argument, called, truth
from pipeline.doctor.schema import Foreign, Table
from pipeline.doctor.scope import Scope, last

PLAIN = {"Mapped", "int", "str", "float", "bool", "datetime", "Optional", "Any", "Decimal", "date", "bytes", "dict", "list"}
"""Names in annotations behind which no column is looked for."""


def add_column(table: Table, member: Member, library: Library) -> None:
    """Put the column of a class attribute into its table, with its foreign keys."""
    name = _column_name(member.call, member.scope, library) or member.name
    table.columns[name] = member.name
    calls: list[ast.Call] = [member.call] if member.call else []
    if member.annotation is not None:
        calls += _annotated_calls(member.annotation, member.scope, library)
    for call in calls:
        _add_keys(table, call, name, member.name, member.scope, library)


def read_table(call: ast.Call, metadata: str, scope: Scope, library: Library, *, line: int,
               items: list[ast.expr]) -> Table | None:
    """The table that `Table(name, metadata, …)` makes; None when its name cannot be read."""
    name = library.text(argument(call, "name", 0) if call.args else argument(call, "name"), scope)
    if name is None:
        return None
    schema = argument(call, "schema")
    table = Table(key=qualified(name, library.text(schema, scope)), metadata=metadata, scope=scope, line=line)
    table.closed = schema is None or library.text(schema, scope) is not None
    table.extends = truth(call, "extend_existing") or truth(call, "keep_existing")
    table.closed &= not (argument(call, "autoload_with") or argument(call, "autoload"))
    add_items(table, items, scope, library)
    return table


def add_items(table: Table, items: list[ast.expr], scope: Scope, library: Library) -> None:
    """Put columns and constraints, as given to `Table(…)` or `__table_args__`, into the table."""
    for item in items:
        name = called(item, scope, library)
        if name in COLUMNS and isinstance(item, ast.Call):
            column = _column_name(item, scope, library)
            if column is None:
                table.closed = False
                continue
            table.columns[column] = column
            _add_keys(table, item, column, column, scope, library)
        elif name == "ForeignKeyConstraint" and isinstance(item, ast.Call):
            _add_constraint(table, item, scope, library)
        elif not name and not isinstance(item, ast.Dict):
            table.closed = False


def qualified(name: str, schema: str | None) -> str:
    """The key of a table in its metadata."""
    return f"{schema}.{name}" if schema else name


def _column_name(call: ast.Call | None, scope: Scope, library: Library) -> str | None:
    if call is None:
        return None
    given = argument(call, "key") or argument(call, "name") or (call.args[0] if call.args else None)
    return library.text(given, scope)


def _annotated_calls(annotation: ast.expr, scope: Scope, library: Library) -> list[ast.Call]:
    """The `mapped_column(…)` inside `Annotated[…]`, written in place or behind a module-level name."""
    found = []
    for node in ast.walk(annotation):
        if isinstance(node, ast.Call):
            found.append(node)
        elif isinstance(node, ast.Name | ast.Attribute) and last(node) not in PLAIN:
            value = library.value_of(library.dotted(node, scope))
            if value and isinstance(value[0], ast.Subscript) and last(value[0].value) == "Annotated":
                found += [inner for inner in ast.walk(value[0]) if isinstance(inner, ast.Call)]
    return [call for call in found if last(call.func) in COLUMNS]


def _add_keys(table: Table, call: ast.Call, column: str, attribute: str, scope: Scope, library: Library) -> None:
    table.closed &= not any(isinstance(a, ast.Starred) for a in call.args) and all(k.arg for k in call.keywords)
    for node in _calls_in(call):
        name = last(node.func)
        if name == "ForeignKey":
            reference = argument(node, "column", 0)
            target, columns = _target(reference, scope, library)
            dotted = library.dotted(reference, scope) if reference is not None and target is None else ""
            table.foreigns.append(Foreign(columns=(column,), target=target, target_columns=columns, scope=scope,
                                          line=node.lineno, attribute=attribute, reference=dotted))
        elif _makes_keys(node, scope, library):
            table.closed = False


def _calls_in(call: ast.Call) -> Iterator[ast.Call]:
    for given in [*call.args, *(keyword.value for keyword in call.keywords)]:
        yield from (node for node in ast.walk(given) if isinstance(node, ast.Call))


def _makes_keys(call: ast.Call, scope: Scope, library: Library) -> bool:
    """Whether a function of the examined code is called that makes foreign keys of its own."""
    module, _, name = library.dotted(call.func, scope).rpartition(".")
    function = library.scopes[module].functions.get(name) if module in library.scopes else None
    return function is not None and any(last(n) == "ForeignKey" for n in ast.walk(function) if isinstance(n, ast.expr))


def _add_constraint(table: Table, call: ast.Call, scope: Scope, library: Library) -> None:
    columns = _texts(argument(call, "columns", 0), scope, library)
    targets = argument(call, "refcolumns", 1)
    pairs = [_target(node, scope, library) for node in targets.elts] if isinstance(targets, ast.List | ast.Tuple) else []
    keys = {key for key, _ in pairs}
    if columns is None or len(keys) != 1 or None in keys:
        table.closed = False
        return
    table.foreigns.append(Foreign(columns=tuple(columns), target=keys.pop(), scope=scope, line=call.lineno,
                                  target_columns=tuple(name for _, names in pairs for name in names)))


def _texts(node: ast.expr | None, scope: Scope, library: Library) -> list[str] | None:
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    found = [library.text(item, scope) for item in node.elts]
    return [text for text in found if text is not None] if None not in found else None


def _target(reference: ast.expr | None, scope: Scope, library: Library) -> tuple[str | None, tuple[str, ...]]:
    """Table and column that a foreign key points at; what is no string is left for running the code."""
    text = library.text(reference, scope)
    if text is None:
        return None, ()
    table, _, column = text.rpartition(".")
    return (table, (column,)) if table else (column, ())

