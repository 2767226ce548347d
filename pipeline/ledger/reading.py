"""Reading sums: the roll-ups and what is not in them yet, in one statement, so that a fold in between changes nothing."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Engine,
    FromClause,
    Subquery,
    case,
    func,
    select,
    true,
    type_coerce,
    union_all,
)

from pipeline.domain import Unit
from pipeline.ledger import raw
from pipeline.ledger.raw import (
    COUNTED,
    MILLION,
    REQUEST_CELLS,
    REQUESTS,
    UNCOUNTED,
    UNFOLDED,
    USAGE,
    USAGE_CELLS,
    day_of,
)
from pipeline.ledger.words import By, Where
from pipeline.tables import Cube

KEYS = {By.DAY: "day", By.STAGE: "stage", By.MODALITY: "modality", By.MODEL: "model", By.FAMILY: "family",
        By.ORGANISATION: "member", By.TOPIC: "member"}
PRICED_BY = ("provider", "model", "unit", "tier", "band")


class Window(NamedTuple):
    """From a day on (it counts) until a day (it does not)."""

    since: date | None = None
    until: date | None = None

    def of(self, day: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """As conditions."""
        return [*([day >= self.since] if self.since else []), *([day < self.until] if self.until else [])]


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
    moved = _moved(engine.dialect.name, cube, window, where, members).subquery()
    m = moved.c
    keys = [m[KEYS[by]].label("key"), *(m[name] for name in PRICED_BY), *([m.member] if members is not None else [])]
    whole, rest = func.sum(m.millionths // MILLION), func.sum(m.millionths % MILLION)
    found = select(*keys, type_coerce(func.min(m.day), Date).label("first"), whole.label("whole"), rest.label("rest"))
    found = found.group_by(*keys, *period(m.day, cuts))
    with engine.connect() as connection:
        return [_group(row, getattr(row, "member", "")) for row in connection.execute(found)]


def _moved(dialect: str, cube: Cube, window: Window, where: Where, members: Sequence[str] | None) -> Any:
    def meant(part: FromClause) -> list[ColumnElement[bool]]:
        wanted = {"stage": where.stage, "modality": where.modality, "model": where.model, "family": where.family,
                  "member": where.topic if cube is Cube.TOPIC else where.organisation}
        held = [part.c[name] == value for name, value in wanted.items() if value is not None]
        return [*held, *window.of(part.c.day), *([part.c.member.in_(members)] if members is not None else [])]

    names = ("day", "member", "modality", "stage", "family", *PRICED_BY, "millionths")
    rows = raw.unfolded(dialect).subquery()
    live = select(*rows.c, raw.member(rows, cube).label("member")).subquery()
    cells = USAGE_CELLS
    return union_all(
        select(*(cells.c[name] for name in names)).where(cells.c.cube == cube, *meant(cells)),
        select(*(live.c[name] for name in names)).where(*meant(live)))


def period(day: ColumnElement[Any], cuts: Sequence[date] | None) -> list[ColumnElement[Any]]:
    """What to group by so that a price is one within a group: where it changes on these days, or on any for None."""
    if cuts is None:
        return [day]
    return [case(*((day >= cut, number) for number, cut in reversed(list(enumerate(cuts, 1)))), else_=0)] if cuts else []


def _group(row: Any, member: str) -> Group:
    return Group(
        key=row.key.isoformat() if isinstance(row.key, date) else row.key, member=member, first=row.first,
        provider=row.provider, model=row.model, unit=Unit(row.unit), tier=row.tier, band=row.band,
        quantity=quantity(row.whole, row.rest))


def quantity(whole: Any, rest: Any) -> Decimal:
    """A sum of millionths that was added up in two parts, because together they may be more than a database holds."""
    return Decimal(int(whole or 0)) + Decimal(int(rest or 0)).scaleb(-6)


def request_sums(cube: Cube, dialect: str) -> Subquery:
    """Cells of decided requests, up to this moment: add up what stands beside the same key."""
    names = [column.name for column in REQUEST_CELLS.c]
    now = raw.facts(dialect).where(UNCOUNTED).subquery()
    before = COUNTED.join(REQUESTS, REQUESTS.c.id == COUNTED.c.request_id)
    gone = select(COUNTED).select_from(before).where(UNCOUNTED).subquery()
    parts = (REQUEST_CELLS, raw.requests(now, cube).subquery(), raw.requests(gone, cube, -1).subquery())
    return union_all(*(
        select(*(part.c[name] for name in names)).where(part.c.cube == cube if part is REQUEST_CELLS else true())
        for part in parts)).subquery()


def behind(connection: Connection, more_than: int) -> bool:
    """Whether more decided requests than this are not counted yet."""
    waits = select(REQUESTS.c.id).where(UNCOUNTED, REQUESTS.c.status.not_in(raw.UNDECIDED)).offset(more_than).limit(1)
    return connection.scalar(waits) is not None


def first_day(connection: Connection) -> date | None:
    """The first day with usage."""
    folded = select(func.min(USAGE_CELLS.c.day)).where(USAGE_CELLS.c.cube == Cube.EVERYTHING)
    at = day_of(func.min(USAGE.c.recorded_at), connection.dialect.name)
    days = [connection.scalar(folded), connection.scalar(select(at).where(UNFOLDED))]
    return min((day for day in days if day is not None), default=None)
