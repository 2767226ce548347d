"""What the database has: read in a dozen queries whatever its size, and never changed."""

import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ClauseElement, Connection, Dialect, Engine, Inspector, inspect, text
from sqlalchemy.engine.interfaces import ReflectedCheckConstraint, ReflectedColumn
from sqlalchemy.engine.reflection import ObjectKind
from sqlalchemy.exc import DBAPIError, SAWarning

from pipeline.doctor.live_text import normal, tokens
from pipeline.errors import OperatorError

SQLITE_INDEXES = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
SQLITE_SHADOWS = "SELECT name FROM pragma_table_list WHERE type = 'shadow'"
POSTGRESQL_INDEXES = """
    SELECT t.relname, i.relname, pg_get_indexdef(x.indexrelid)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND NOT EXISTS (
        SELECT 1 FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'))
"""
POSTGRESQL_USUAL_OPERATORS = "SELECT opcname FROM pg_opclass WHERE opcdefault"


@dataclass(frozen=True, kw_only=True)
class Live:
    """The tables of one database, by name, and how it understands an expression."""

    connection: Connection
    schema: str | None
    columns: Mapping[str, Mapping[str, ReflectedColumn]]
    views: Collection[str]
    primary: Mapping[str, Any]
    foreign: Mapping[str, Any]
    uniques: Mapping[str, Any]
    checks: Mapping[str, Sequence[ReflectedCheckConstraint]]
    indexes: Mapping[str, Mapping[str, str]]
    """Their CREATE INDEX statements by table and name; those that a constraint brings along are not among them."""
    usual_operators: Collection[str]
    """Operator classes that PostgreSQL takes unasked, and therefore does not tell of."""
    understood: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def dialect(self) -> Dialect:
        return self.connection.dialect

    @property
    def is_postgresql(self) -> bool:
        return self.dialect.name == "postgresql"

    def rendered(self, clause: ClauseElement) -> str:
        """The clause as `create_all` would send it."""
        compiler = self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]  # a clause is no statement
        return self.as_sent(compiler.sql_compiler.process(clause, include_table=False, literal_binds=True))

    def as_sent(self, sql: str) -> str:
        """Compiled text without the escapes of drivers that write parameters as %s."""
        return sql.replace("%%", "%") if self.dialect.paramstyle in ("format", "pyformat") else sql

    def canonical(self, table: str, expression: str) -> str:
        """The expression as the database understands it; one that it does not understand stays in its own words."""
        known = (table, expression)
        if known not in self.understood:
            self.understood[known] = self._explained(table, expression) if self.is_postgresql else normal(expression)
        return self.understood[known]

    def _explained(self, table: str, expression: str) -> str:
        # PostgreSQL stores `a IN ('x')` as `(a)::text = 'x'::text`. EXPLAIN prints any expression in that spelling and
        # runs nothing. An expression is one of the models' own or the catalogue's; a second statement is not one.
        source = f" FROM {self.dialect.identifier_preparer.quote(table)}" if table else ""
        if ";" in tokens(expression):
            return normal(expression)
        question = f"EXPLAIN (VERBOSE, FORMAT JSON) SELECT ({expression}){source}"
        try:
            with self.connection.begin_nested():
                plan = self.connection.exec_driver_sql(question, execution_options={"no_parameters": True}).scalar_one()
        except DBAPIError as fault:
            if fault.connection_invalidated:
                raise
            return normal(expression)
        return normal(str(plan[0]["Plan"]["Output"][0])).replace("now ( )", "current_timestamp")


@contextmanager
def read_live(engine: Engine) -> Iterator[Live]:
    """The database as it is, open for as long as the block lasts and closed to writing."""
    if engine.dialect.name not in ("sqlite", "postgresql"):
        raise OperatorError(f"The doctor reads SQLite and PostgreSQL, not {engine.dialect.name}.")
    with _closed_to_writing(engine) as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # a type that SQLAlchemy does not know is simply not compared
        yield _read(connection)


@contextmanager
def _closed_to_writing(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            yield connection.execution_options(postgresql_readonly=True)
            return
        connection.exec_driver_sql("PRAGMA query_only = ON")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("PRAGMA query_only = OFF")


def _read(connection: Connection) -> Live:
    inspector = inspect(connection)
    postgresql = connection.dialect.name == "postgresql"
    schema = inspector.default_schema_name if postgresql else None
    shadows = set() if postgresql else set(connection.scalars(text(SQLITE_SHADOWS)))
    columns = inspector.get_multi_columns(schema=schema, kind=ObjectKind.ANY)
    return Live(
        connection=connection, schema=schema,
        columns={name: {column["name"]: column for column in found}
                 for (_, name), found in columns.items() if name not in shadows},
        views=_views(inspector, schema, postgresql=postgresql),
        primary=_by_table(inspector.get_multi_pk_constraint(schema=schema)),
        foreign=_by_table(inspector.get_multi_foreign_keys(schema=schema)),
        uniques=_by_table(inspector.get_multi_unique_constraints(schema=schema)),
        checks=_by_table(inspector.get_multi_check_constraints(schema=schema)),
        indexes=_indexes(connection, POSTGRESQL_INDEXES if postgresql else SQLITE_INDEXES),
        usual_operators=frozenset(connection.scalars(text(POSTGRESQL_USUAL_OPERATORS)) if postgresql else ()),
    )


def _views(inspector: Inspector, schema: str | None, *, postgresql: bool) -> set[str]:
    materialized = inspector.get_materialized_view_names(schema=schema) if postgresql else []
    return {*inspector.get_view_names(schema=schema), *materialized}


def _by_table(found: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: value for (_, name), value in found.items()}


def _indexes(connection: Connection, question: str) -> dict[str, dict[str, str]]:
    by_table: dict[str, dict[str, str]] = {}
    for table, name, definition in connection.execute(text(question.replace("::", r"\:\:"))):
        by_table.setdefault(table, {})[name] = definition
    return by_table
