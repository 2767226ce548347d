"""Reading sums: the roll-ups and what is not in them yet, in one statement, so that a fold in between changes nothing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Engine,
    Select,
    Subquery,
    case,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)

from pipeline.domain import Unit
from pipeline.errors import BadRequest
from pipeline.ledger import raw
from pipeline.ledger.raw import (
    KEPT_APART,
    MILLION,
    USAGE_CELLS,
    USAGE_KINDS,
)
from pipeline.ledger.spans import Window, slices
from pipeline.ledger.words import By, Where
from pipeline.tables import Cube, Span

KEYS = {By.DAY: "day", By.STAGE: "stage", By.MODALITY: "modality", By.MODEL: "model", By.FAMILY: "family",
        By.ORGANISATION: "member", By.TOPIC: "member"}
MEMBERS = (By.ORGANISATION, By.TOPIC)
"""Dimensions of which there may be any number of keys."""
OF_FULL = (By.STAGE, By.MODALITY)
"""Dimensions that the lean roll-ups do not have."""
PRICED_BY = ("provider", "model", "unit", "tier", "band")
SUMMED = ("first", "whole", "millionths")


def cube_of(*, topic: bool, organisation: bool) -> Cube:
    """The roll-up that tells these apart. Raises `BadRequest` for both: none does."""
    if topic and organisation:
        raise BadRequest("topic", "cannot be asked for together with an organisation: choose one of the two.")
    return Cube.TOPIC if topic else Cube.ORGANIZATION if organisation else Cube.EVERYTHING


class Group(NamedTuple):
    """A quantity with everything that its price depends on; between `first` and the last day the price is one."""

    key: str
    member: str
    first: date
    provider: str
    model: str
    unit: Unit
    tier: str
    band: int
    quantity: Decimal


def usage_groups(
    engine: Engine, cube: Cube, by: By, window: Window, where: Where, *, cuts: Sequence[date] | None,
    members: Sequence[str] | None = None,
) -> list[Group]:
    """The quantities by key, apart at every day of `cuts`, or every day where that is None.

    With `members`, only of these and apart by member.
    """
    whole = by in OF_FULL or where.stage or where.modality
    asked = _Asked(cube if whole else cube.lean, by, window, where, cuts, members)
    parts = [_told(asked, part) for part in (*_held(asked), _live(asked, engine.dialect.name))]
    c = union_all(*parts).subquery().c
    keys = [column for column in c if column.name not in SUMMED]
    found = select(*keys, type_coerce(func.min(c.first), Date).label("first"),
                   func.sum(c.whole).label("whole"), func.sum(c.millionths).label("millionths"))
    with engine.connect() as connection:
        return [_group(row, getattr(row, "member", "")) for row in connection.execute(found.group_by(*keys))]


class _Asked(NamedTuple):
    """What `usage_groups` was asked for."""

    cube: Cube
    by: By
    window: Window
    where: Where
    cuts: Sequence[date] | None
    members: Sequence[str] | None

    def at(self, day: ColumnElement[Any]) -> ColumnElement[Any]:
        """The day or its period, as far as it has to be told apart."""
        return day if self.by is By.DAY or self.cuts is None else period(day, self.cuts)

    def of_kind(self, c: Any) -> list[ColumnElement[bool]]:
        """Conditions on kinds."""
        where = self.where
        wanted = {"stage": where.stage, "modality": where.modality, "model": where.model, "family": where.family}
        return [c[name] == value for name, value in wanted.items() if value is not None]

    @property
    def has_member(self) -> bool:
        """Whether only some organisations or topics are meant."""
        return self.members is not None or self.where.topic is not None or self.where.organisation is not None

    def of_member(self, member: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Conditions on members."""
        one = self.where.topic if self.cube.lean is Cube.LEAN_TOPIC else self.where.organisation
        return [*([member == one] if one is not None else []), *([member.in_(self.members)] if self.members is not None else [])]


def _held(asked: _Asked) -> list[Subquery]:
    """What the cells hold, added up by number of the kind before anything is looked up."""
    c, kinds = USAGE_CELLS.c, asked.of_kind(USAGE_KINDS.c)
    meant = [c.cube == asked.cube, *asked.of_member(c.member)]
    meant += [c.kind_id.in_(select(USAGE_KINDS.c.kind_id).where(*kinds))] if kinds else []
    keys = [asked.at(c.day).label("day"), c.kind_id, *([c.member] if asked.by in MEMBERS or asked.members is not None else [])]
    sums = [func.min(c.first).label("first"), func.sum(c.whole).label("whole"), func.sum(c.millionths).label("millionths")]
    parts = []
    for part in slices(asked.window, None if asked.by is By.DAY else asked.cuts):
        days = [c.day.in_(_days(part.window))] if asked.has_member and part.span is Span.DAY else []
        cells = select(*keys, *sums).where(*part.of(c), *meant, *days).group_by(*keys).subquery()
        rows = cells.join(USAGE_KINDS, USAGE_KINDS.c.kind_id == cells.c.kind_id)
        kind = [USAGE_KINDS.c[name] for name in KEPT_APART]
        parts.append(select(*(column for column in cells.c if column.name != "kind_id"), *kind).select_from(rows).subquery())
    return parts


def _days(window: Window) -> Select[Any]:
    """The days of the window that have cells, for a database that finds a member of one day and not of many."""
    c = USAGE_CELLS.alias("of_day").c
    return select(c.day).where(c.span == Span.DAY, c.cube == Cube.LEAN_EVERYTHING, *window.of(c.day)).distinct()


def _live(asked: _Asked, dialect: str) -> Subquery:
    """What no cell holds yet."""
    rows = raw.unfolded(dialect).subquery()
    member, c = raw.member(rows, asked.cube), rows.c
    meant = [*asked.of_kind(c), *asked.of_member(member), *asked.window.of(c.day)]
    return select(asked.at(c.day).label("day"), member.label("member"), c.day.label("first"),
                  (c.millionths // MILLION).label("whole"), (c.millionths % MILLION).label("millionths"),
                  *(c[name] for name in KEPT_APART)).where(*meant).subquery()


def _told(asked: _Asked, part: Subquery) -> Select[Any]:
    """The part by the key that was asked for."""
    c = part.c
    keys = [c[KEYS[asked.by]].label("key"), c.day, *(c[name] for name in PRICED_BY)]
    return select(*keys, *([c.member] if asked.members is not None else []), *(c[name] for name in SUMMED))


def period(day: ColumnElement[Any], cuts: Sequence[date]) -> ColumnElement[Any]:
    """The number of the period that a day is in; prices change on the cuts between them."""
    return case(*((day >= cut, number) for number, cut in reversed(list(enumerate(cuts, 1)))), else_=0) if cuts else literal(0)


def _group(row: Any, member: str) -> Group:
    return Group(
        key=row.key.isoformat() if isinstance(row.key, date) else row.key, member=member, first=row.first,
        provider=row.provider, model=row.model, unit=Unit(row.unit), tier=row.tier, band=row.band,
        quantity=quantity(row.whole, row.millionths))


def quantity(whole: Any, rest: Any) -> Decimal:
    """A sum of millionths that was added up in two parts, because together they may be more than a database holds."""
    return Decimal(int(whole or 0)) + Decimal(int(rest or 0)).scaleb(-6)
