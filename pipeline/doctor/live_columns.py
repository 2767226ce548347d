"""Columns: missing, extra, and those whose type, nullability or default differ."""

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.engine.interfaces import ReflectedColumn

from pipeline.doctor.findings import Code, Finding
from pipeline.doctor.live_database import Live
from pipeline.doctor.live_notes import Notes
from pipeline.doctor.live_text import literal, normal
from pipeline.doctor.live_types import enum_of, kind

DIFFERS = Code.COLUMN_DIFFERS


def columns(table: Table, live: Live, notes: Notes, settled: Collection[str]) -> Iterator[Finding]:
    """All findings about the columns of one table; what is wrong with those in `settled` was told with their enum."""
    found = live.columns[table.name]
    for column in table.columns:
        if column.name not in found:
            yield _missing(column, notes)
            continue
        is_alike = True
        if column.name not in settled:
            types = list(_type(column, found[column.name], live, notes))
            is_alike = not types
            yield from types
        if table.name not in live.views:
            yield from _nullable(column, found[column.name], notes)
            yield from _default(column, found[column.name], live, notes) if is_alike else ()
    if table.name not in live.views:
        wanted = {column.name for column in table.columns}
        yield from (_extra(table.name, each, notes) for name, each in found.items() if name not in wanted)


def _missing(column: Column[Any], notes: Notes) -> Finding:
    message = f"Table {column.table.name} lacks the column {column.name}: every query of this model fails."
    return notes.error(DIFFERS, _at(column), message=message, step=f"adds {column.name} to {column.table.name}")


def _extra(table: str, found: ReflectedColumn, notes: Notes) -> Finding:
    name = found["name"]
    message = f"Table {table} has a column {name} that the models do not declare"
    step = f"drops {name} from {table}, or declare it in the model"
    filled = found["default"] is not None or "identity" in found or "computed" in found
    if found["nullable"] or filled:
        return notes.warning(DIFFERS, (table, None), message=f"{message}: the code neither reads nor fills it.", step=step)
    text = f"{message}, NOT NULL and without a default: every insert of this model fails."
    return notes.error(DIFFERS, (table, None), message=text, step=step)


def _type(column: Column[Any], found: ReflectedColumn, live: Live, notes: Notes) -> Iterator[Finding]:
    wanted, has = kind(column.type, live.dialect), kind(found["type"], live.dialect)
    if wanted is None or has is None or wanted == has:
        return
    if enum_of(column.type, live.dialect) and has.name == wanted.name and has.holds(wanted):
        return  # room for longer words says nothing about which words there are
    step = f"alters {column.name} of {column.table.name} to {wanted}"
    message = f"The column {column.name} of table {column.table.name} is {has} in the database and {wanted} in the model"
    if has.holds(wanted):
        yield notes.warning(DIFFERS, _at(column), message=f"{message}: values that the model rules out can stand there.",
                            step=step)
    elif not live.is_postgresql and has.name == wanted.name:
        yield notes.warning(DIFFERS, _at(column), message=f"{message}: SQLite does not mind, other databases refuse "
                            "longer values.", step=step)
    else:
        text = f"{message}: values do not fit, or come back as something else."
        yield notes.error(DIFFERS, _at(column), message=text, step=step)


def _nullable(column: Column[Any], found: ReflectedColumn, notes: Notes) -> Iterator[Finding]:
    name, table = column.name, column.table.name
    if column.primary_key or bool(column.nullable) == found["nullable"]:
        return
    if column.nullable:
        message = f"The column {name} of table {table} is NOT NULL in the database and may be empty in the model: "
        yield notes.error(DIFFERS, _at(column), message=f"{message}writing a row without it fails.",
                          step=f"drops NOT NULL from {name} of {table}")
    else:
        message = f"The column {name} of table {table} may be empty in the database and is NOT NULL in the model: "
        yield notes.warning(DIFFERS, _at(column), message=f"{message}code can read a None that it does not expect.",
                            step=f"fills the empty {name} of {table} and sets it NOT NULL")


def _default(column: Column[Any], found: ReflectedColumn, live: Live, notes: Notes) -> Iterator[Finding]:
    name, table, at = column.name, column.table.name, _at(column)
    wanted, has = _made(column, live), _filled(found)
    message = f"The column {name} of table {table} "
    if bool(wanted) == bool(has) and bool(column.computed) == ("computed" in found):
        if wanted and not _same_default(column, found, wanted, has, live):
            yield notes.warning(DIFFERS, at, step=f"sets the default of {name} of {table} to {wanted}", message=(
                f"{message}is filled with {has} in the database and {wanted} in the model: rows start with other values."))
    elif wanted:
        severity = notes.warning if column.nullable else notes.error
        yield severity(DIFFERS, at, step=f"sets the default of {name} of {table} to {wanted}", message=(
            f"{message}is not filled by the database, where the model counts on {wanted}: "
            f"{'new rows stay empty there' if column.nullable else 'an insert that leaves it out fails'}."))
    elif "computed" in found:
        yield notes.error(DIFFERS, at, step=f"makes {name} of {table} a plain column", message=(
            f"{message}is computed by the database, which the model does not know: every write to it fails."))


def _made(column: Column[Any], live: Live) -> str:
    """What the database fills the column with, according to the model; empty where it does not."""
    if column.computed is not None:
        return live.rendered(column.computed.sqltext)
    counts = column is column.table.autoincrement_column and column.server_default is None
    if live.is_postgresql and (column.identity is not None or counts):
        return "the next number"
    compiler = live.dialect.ddl_compiler(live.dialect, None)  # type: ignore[arg-type]  # a default is no statement
    return live.as_sent(compiler.get_column_default_string(column) or "")


def _filled(found: ReflectedColumn) -> str:
    if "computed" in found:
        return found["computed"]["sqltext"]
    return found["default"] or ("the next number" if "identity" in found else "")


def _same_default(column: Column[Any], found: ReflectedColumn, wanted: str, has: str, live: Live) -> bool:
    if wanted == "the next number":
        return "identity" in found or "nextval" in has
    if normal(wanted) == normal(has) or not live.is_postgresql:
        return literal(wanted) == literal(has)
    source = column.table.name if column.computed is not None else ""
    text = live.dialect.type_compiler_instance.process(found["type"])
    one, other = (live.canonical(source, f"CAST(({expression}) AS {text})") for expression in (wanted, has))
    return one == other


def _at(column: Column[Any]) -> tuple[str, str]:
    return column.table.name, column.name
