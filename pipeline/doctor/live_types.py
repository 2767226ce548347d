"""Column types in one spelling, and whether the database's type holds what the model's does."""

import re

from sqlalchemy import Dialect, Enum
from sqlalchemy.types import ARRAY, NullType, TypeDecorator, TypeEngine

from pipeline.visuals import Value

SPELLING = {
    "sqlite": {"decimal": "numeric", "int": "integer", "timestamp": "datetime", "real": "float", "double": "float",
               "double precision": "float", "double_precision": "float"},
    "postgresql": {"decimal": "numeric", "int": "integer", "timestamp": "timestamp without time zone",
                   "time": "time without time zone", "float": "double precision", "bool": "boolean"},
}
WIDER = {("smallint", "integer"), ("smallint", "bigint"), ("integer", "bigint"), ("varchar", "text"), ("char", "varchar"),
         ("char", "text"), ("real", "double precision"), ("json", "jsonb")}
"""Pairs of a type and one that holds all of its values and answers to all of its operators."""
SIZED = ("varchar", "char", "numeric", "bytea", "varbinary", "bit")
SHORT_FLOAT_BITS = 24
"""FLOAT(24) and below is REAL (PostgreSQL manual, 8.1.3)."""


class Kind(Value):
    """A type as its database names it; `size` is empty where there is no limit."""

    name: str
    size: tuple[int, ...] = ()
    many: str = ""

    def __str__(self) -> str:
        size = f"({', '.join(map(str, self.size))})" if self.size else ""
        return f"{self.name}{size}{self.many}".upper()

    def holds(self, other: "Kind") -> bool:
        """Whether every value of the other type can be stored, and read again, in this one."""
        if self.many != other.many or (self.name != other.name and (other.name, self.name) not in WIDER):
            return False
        return not self.size or (bool(other.size) and self._room(other))

    def _room(self, other: "Kind") -> bool:
        mine, its = ((*size, 0)[:2] for size in (self.size, other.size))
        return mine[1] >= its[1] and mine[0] - mine[1] >= its[0] - its[1]


def kind(column_type: TypeEngine[object], dialect: Dialect) -> Kind | None:
    """The type in one spelling; None for one that SQLAlchemy read but does not know."""
    if isinstance(column_type, NullType):
        return None
    enum = enum_of(column_type, dialect)
    if enum and is_native(enum, dialect):
        return Kind(name=enum.name or "", many="[]" if isinstance(column_type.dialect_impl(dialect), ARRAY) else "")
    text = dialect.type_compiler_instance.process(column_type).lower().replace('"', "")
    numbers = re.search(r"\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)", text)
    name = re.sub(r"\s*\(.*?\)|(\[\])+$", "", text).strip()
    size = tuple(int(number) for number in numbers.groups() if number) if numbers else ()
    if name == "float" and dialect.name == "postgresql" and size and size[0] <= SHORT_FLOAT_BITS:
        name = "real"
    name = SPELLING[dialect.name].get(name, name)
    if name == "numeric" and len(size) == 1:
        size = (*size, 0)
    return Kind(name=name, size=size if name in SIZED else (), many="[]" if text.endswith("[]") else "")


def enum_of(column_type: TypeEngine[object], dialect: Dialect) -> Enum | None:
    """The enum of a column, also when it is wrapped or stands in an array."""
    inner = column_type.dialect_impl(dialect)
    while isinstance(inner, TypeDecorator | ARRAY):
        inner = inner.impl_instance if isinstance(inner, TypeDecorator) else inner.item_type.dialect_impl(dialect)
    return inner if isinstance(inner, Enum) else None


def is_native(enum: Enum, dialect: Dialect) -> bool:
    """Whether the enum is a type of the database; otherwise it is a VARCHAR, held by a CHECK if by anything."""
    return enum.native_enum and dialect.supports_native_enum
