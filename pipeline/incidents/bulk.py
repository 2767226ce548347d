"""Thousands of rows into one table, quickly: tuples by the driver on SQLite, one JSON document on PostgreSQL.

A row that is there already is added to: numbers are summed, first moments become the least, last moments the greatest.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, case, column, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from pipeline.database import Base

POSTGRESQL = "postgresql"
TABLES: Mapping[str, Table] = Base.metadata.tables
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, POSTGRESQL: postgresql.insert}
LEAST, GREATEST = ("first_at", "first_seen"), ("last_at", "last_seen")
AT_ONCE = 500


def put(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]], *, sums: tuple[str, ...] | None = None) -> None:
    """Insert the rows, in the order of the table's columns without the one that the database counts up.

    With `sums`, a row whose key is there adds these columns to it and widens its moments; with none to sum it changes nothing.
    """
    given = list(rows)
    if not given:
        return
    if connection.dialect.name == POSTGRESQL:
        names = _names(table)
        document = json.dumps([dict(zip(names, row, strict=True)) for row in given])
        connection.execute(_statement(table, sums, POSTGRESQL), {"document": document})
    else:
        connection.exec_driver_sql(_text(table, sums), given)


def among(connection: Connection, found: Column[Any], wanted: Collection[Any], *columns: Column[Any]) -> list[Any]:
    """The rows whose column is one of these."""
    values, rows = list(wanted), list[Any]()
    for begin in range(0, len(values), AT_ONCE):
        rows += connection.execute(select(*columns).where(found.in_(values[begin:begin + AT_ONCE]))).all()
    return rows


@cache
def _text(table: Table, sums: tuple[str, ...] | None) -> str:
    return str(_statement(table, sums, "sqlite").compile(dialect=sqlite.dialect()))


@cache
def _statement(table: Table, sums: tuple[str, ...] | None, dialect: str) -> Any:
    adding = INSERT[dialect](table)
    if dialect == POSTGRESQL:
        kinds = [column(name, table.c[name].type) for name in _names(table)]
        said = func.json_to_recordset(text("CAST(:document AS json)").bindparams(bindparam("document"))).table_valued(*kinds)
        adding = adding.from_select(_names(table), select(said.render_derived(name="said", with_types=True)))
    else:
        adding = adding.values({name: bindparam(name) for name in _names(table)})
    if sums is None:
        return adding
    keys = list(table.primary_key)
    changed = {name: table.c[name] + adding.excluded[name] for name in sums} | _moments(table, adding.excluded)
    return adding.on_conflict_do_update(index_elements=keys, set_=changed) if changed else (
        adding.on_conflict_do_nothing(index_elements=keys))


@cache
def _names(table: Table) -> list[str]:
    return [c.name for c in table.c if c is not table.autoincrement_column]


def _moments(table: Table, new: Any) -> dict[str, Any]:
    first = {name: case((new[name] < table.c[name], new[name]), else_=table.c[name]) for name in LEAST if name in table.c}
    last = {name: case((new[name] > table.c[name], new[name]), else_=table.c[name]) for name in GREATEST if name in table.c}
    return first | last
