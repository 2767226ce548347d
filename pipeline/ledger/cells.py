"""What a batch adds to the roll-ups: added up here, cell by cell, and written in three statements.

Quantities are whole numbers of any size here, and two columns there.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Select,
    String,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB

from pipeline.ledger.raw import KEPT_APART, MILLION, POSTGRESQL, REQUEST_CELLS, USAGE_CELLS, USAGE_KINDS
from pipeline.tables import Cube, Span

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, POSTGRESQL: postgresql.insert}
Used = dict[str, dict[str, int]]
"""What one request used: day -> kind -> millionths, all as JSON has them."""


class Fact(NamedTuple):
    """What is counted of a decided request."""

    request_id: str
    lease: int
    day: date
    modality: str
    organization_id: str
    topic_id: str
    status: str
    origin: str
    skipped: str
    words: int | None
    used: Used


class Kinds:
    """The numbers of the kinds of usage; one that has none gets the next."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        kinds = select(*(USAGE_KINDS.c[name] for name in KEPT_APART), USAGE_KINDS.c.kind_id)
        self._known = {tuple(row[:-1]): str(row[-1]) for row in connection.execute(kinds)}
        self._lean: dict[str, str] = {}

    def number(self, kind: tuple[Any, ...]) -> str:
        """Of a kind, in the order of `raw.KEPT_APART`."""
        if kind not in self._known:
            added = insert(USAGE_KINDS).values(dict(zip(KEPT_APART, kind, strict=True)))
            (number,) = self._connection.execute(added).inserted_primary_key or (None,)
            self._known[kind] = str(number)
        return self._known[kind]

    def lean(self, number: str) -> str:
        """The number of the same kind without form and stage."""
        if number not in self._lean:
            kind = next(kind for kind, known in self._known.items() if known == number)
            self._lean[number] = self.number(("", "", *kind[2:]))
        return self._lean[number]


class Cells:
    """The additions of a batch, or what it takes away."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self._usage: dict[tuple[Cube, str, str], Counter[str]] = {}
        self._requests: dict[tuple[Any, ...], list[int]] = {}

    def use(self, fact: Fact, used: Used, sign: int = 1) -> None:
        """Add usage of a request to every cube."""
        for day, kinds in used.items():
            places = [self._usage.setdefault((cube, day, member), Counter()) for cube, member in _members(fact)]
            for kind, millionths in kinds.items():
                for cell in places:
                    cell[kind] += sign * millionths

    def count(self, fact: Fact, sign: int = 1) -> None:
        """Add the request itself."""
        words = fact.words or 0
        added = (1, int(fact.words is not None), words, words * words)
        days = ((Span.DAY, fact.day), (Span.MONTH, fact.day.replace(day=1)))
        for span, day in days:
            for cube, member in _members(fact):
                place = (span, cube, day.isoformat(), member, fact.modality, fact.status, fact.origin, fact.skipped)
                cell = self._requests.setdefault(place, [0, 0, 0, 0])
                for at, number in enumerate(added):
                    cell[at] += sign * number

    def write(self, connection: Connection) -> None:
        """Add all of it to the cells that are there, and make those that are not."""
        _upsert(connection, USAGE_CELLS, sorted(self._of_usage()))
        _upsert(connection, REQUEST_CELLS, sorted((*place, *cell) for place, cell in self._requests.items()))

    def _of_usage(self) -> Iterator[tuple[Any, ...]]:
        """Of the days, and of what they add up to: the days of the lean cubes, and the months of all."""
        self._add_lean()
        months: dict[tuple[Any, ...], int] = {}
        firsts: dict[tuple[Any, ...], str] = {}
        for (cube, day, member), kinds in self._usage.items():
            for kind, millionths in kinds.items():
                yield Span.DAY, cube, day, member, int(kind), day, *divmod(millionths, MILLION)
                month = Span.MONTH, cube, f"{day[:7]}-01", member, int(kind)
                months[month] = months.get(month, 0) + millionths
                firsts[month] = min(firsts.get(month, day), day)
        for month, millionths in months.items():
            yield *month, firsts[month], *divmod(millionths, MILLION)

    def _add_lean(self) -> None:
        for (cube, day, member), kinds in list(self._usage.items()):
            lean = self._usage.setdefault((cube.lean, day, member), Counter())
            for kind, millionths in kinds.items():
                lean[self._kinds.lean(kind)] += millionths


def merged(used: Used, more: Used) -> Used:
    """Both together."""
    both = {day: dict(kinds) for day, kinds in used.items()}
    for day, kinds in more.items():
        into = both.setdefault(day, {})
        for kind, millionths in kinds.items():
            into[kind] = into.get(kind, 0) + millionths
    return both


def sent(rows: Iterable[Sequence[Any]], columns: Sequence[Column[Any]], dialect: str) -> "Select[Any]":
    """These rows as a relation, sent as one value: a parameter for each of thousands of numbers would be slow."""
    given = json.dumps(list(rows), default=str)
    if dialect == POSTGRESQL:
        each = func.jsonb_array_elements(cast(literal(given, String), JSONB)).table_valued("value")
        return select(*(cast(each.c.value.op("->>")(at), column.type).label(column.name) for at, column in enumerate(columns)))
    each = func.json_each(given).table_valued("value")
    return select(*(
        type_coerce(func.json_extract(each.c.value, f"$[{at}]"), column.type).label(column.name)
        for at, column in enumerate(columns)))


def _members(fact: Fact) -> Sequence[tuple[Cube, str]]:
    return (Cube.EVERYTHING, ""), (Cube.ORGANIZATION, fact.organization_id), (Cube.TOPIC, fact.topic_id)


def _upsert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    dialect = connection.dialect.name
    fresh = INSERT[dialect](table).from_select(
        [column.name for column in table.c], sent(rows, list(table.c), dialect).where(text("true")))
    sums = {column.name: _joined(column, fresh.excluded[column.name]) for column in table.c if not column.primary_key}
    connection.execute(fresh.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums))


def _joined(column: Column[Any], more: ColumnElement[Any]) -> ColumnElement[Any]:
    """Sums, and of days the first."""
    return case((more < column, more), else_=column) if isinstance(column.type, Date) else column + more
