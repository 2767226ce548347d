"""Enum members that only the code or only the database has: in PostgreSQL's own enum types, and in CHECK … IN (…)."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, Enum, Table

from pipeline.doctor.findings import Code, Finding
from pipeline.doctor.live_database import Live
from pipeline.doctor.live_notes import Notes, listed
from pipeline.doctor.live_text import members
from pipeline.doctor.live_types import enum_of, is_native

Checks = Sequence[tuple[str, str]]
"""Name and condition of each CHECK."""


class Settled(NamedTuple):
    """CHECKs that are nothing but the list of an enum's members, compared as such, and what differed."""

    findings: tuple[Finding, ...]
    columns: Collection[str]
    wanted: Checks
    found: Checks


def native_enums(tables: Sequence[Table], live: Live, notes: Notes) -> Iterator[Finding]:
    """One finding for each enum type of the database whose members differ, however many columns have it."""
    told: set[tuple[str, frozenset[str]]] = set()
    for column in (column for table in tables for column in table.columns if live.dialect.supports_native_enum):
        found = live.columns[column.table.name].get(column.name)
        wanted = enum_of(column.type, live.dialect)
        has = enum_of(found["type"], live.dialect) if found else None
        if wanted is None or has is None or not is_native(wanted, live.dialect):
            continue
        if (known := (has.name or "", frozenset(wanted.enums))) not in told:
            told.add(known)
            yield from _difference(column, wanted, frozenset(has.enums), notes, where=f"the type {has.name}")


def listed_enums(table: Table, live: Live, notes: Notes, *, wanted: Checks, found: Checks) -> Settled:
    """The enums of the table that a CHECK holds, compared member by member."""
    findings, columns, used_wanted, used_found = [], set(), list[tuple[str, str]](), list[tuple[str, str]]()
    for column, enum in _enums(table, live):
        mine = next((each for each in wanted if members(each[1], column.name) is not None), None)
        theirs = _counterpart(column, mine, found)
        if theirs is None or (has := members(theirs[1], column.name)) is None:
            continue
        used_found.append(theirs)
        used_wanted += [mine] if mine else []
        if told := list(_difference(column, enum, has, notes, where=f"the CHECK {theirs[0]}".strip())):
            findings += told
            columns.add(column.name)
    return Settled(tuple(findings), columns, used_wanted, used_found)


def _enums(table: Table, live: Live) -> Iterator[tuple[Column[Any], Enum]]:
    for column in table.columns:
        enum = enum_of(column.type, live.dialect)
        if enum and not is_native(enum, live.dialect) and column.name in live.columns[table.name]:
            yield column, enum


def _counterpart(column: Column[Any], mine: tuple[str, str] | None, found: Checks) -> tuple[str, str] | None:
    lists = [each for each in found if members(each[1], column.name) is not None]
    named = [each for each in lists if mine and each[0] == mine[0]]
    return next(iter([*named, *lists]), None)


def _difference(column: Column[Any], enum: Enum, has: frozenset[str], notes: Notes, *, where: str) -> Iterator[Finding]:
    name, table = column.name, column.table.name
    only_code, only_database = set(enum.enums) - has, has - set(enum.enums)
    if not only_code | only_database:
        return
    parts = [f"the database lacks {listed(only_code)}, so that writing it fails"] if only_code else []
    parts += [f"the code lacks {listed(only_database)}, so that reading such a row fails"] if only_database else []
    severity = notes.error if only_code else notes.warning
    yield severity(
        Code.ENUM_DIFFERS, (table, name), message=f"The enum of {table}.{name} differs from {where}: {'; '.join(parts)}.",
        step=f"gives {where} the members {listed(enum.enums)}" + (", or add the others to the code" if only_database else ""),
    )
