"""The ledger of one database: what was used, by any dimension, and what it comes to under a price book."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext

from sqlalchemy import Engine, func, select

from pipeline.ledger.balance import imbalances
from pipeline.ledger.bills import Bills, bills
from pipeline.ledger.counts import behind, counts, first_day
from pipeline.ledger.entries import Entries
from pipeline.ledger.folding import fold
from pipeline.ledger.lessons import cache_savings, lesson_costs
from pipeline.ledger.pricing import Till, price_cuts, priced_row, priced_rows, rebates, with_contracts
from pipeline.ledger.reading import MEMBERS, Group, cube_of, usage_groups
from pipeline.ledger.spans import Window
from pipeline.ledger.trend import Point, points, with_others
from pipeline.ledger.words import (
    ZERO,
    By,
    CacheSavings,
    Counts,
    Imbalance,
    LessonCosts,
    Spend,
    SpendRow,
    Where,
    window,
)
from pipeline.prices import EXACT, Book, read_book
from pipeline.tables import CreditRow, Cube, Organization
from pipeline.tracking import NONE

BOOK = "embedded"
ANY = Where()
TAIL = 200
"""How many requests are added up one by one at each reading before a reader folds a batch itself."""
CREDITS = "(credits)"
NO_CONTRACTS = "Contracts are between organisations and providers: by topic only the cost at the book's prices can be told."


class Ledger(Entries):
    """Reads and adds; the roll-ups behind it are kept as needed."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._engine = engine

    def fold(self, *, seconds: float | None = None) -> int:
        """Bring the roll-ups up to date, for about so many seconds at most; how many requests were folded."""
        return fold(self._engine, seconds=seconds)

    def spend(
        self, since: date | None = None, until: date | None = None, *, by: By = By.DAY, book: str | Book = BOOK,
        where: Where = ANY,
    ) -> Spend:
        """What was used from `since` until before `until`, by day, stage, …: nothing is ever behind or counted twice.

        Raises `BadRequest` for a window without days, or for an organisation and a topic at once.
        """
        window(since, until)
        self._catch_up()
        of = read_book(book) if isinstance(book, str) else book
        cube, span, till = _cube(by, where), Window(since, until), Till(of)
        groups = usage_groups(self._engine, cube, by, span, where, cuts=price_cuts(of))
        rows, notes = priced_rows(groups, till), []
        own = with_contracts(of, self._organisations())
        if cube is Cube.TOPIC and own:
            rows, notes = {key: _untold(row) for key, row in rows.items()}, [NO_CONTRACTS]
        elif own:
            theirs = usage_groups(self._engine, Cube.ORGANIZATION, by, span, where, cuts=None, members=list(own))
            rows = _contracted(rows, rebates(theirs, till, own))
        given = ZERO if where.of_part else self._credited(rows, by, span, where)
        total = _total(groups, till, rows)
        return Spend(by=by, book=of.name, since=since, until=until, rows=tuple(rows[key] for key in sorted(rows)),
                     total=total, credits=given, notes=tuple(notes))

    def over_time(
        self, since: date | None = None, until: date | None = None, *, by: By = By.STAGE, book: str | Book = BOOK,
        where: Where = ANY, keys: Sequence[str] = (),
    ) -> Sequence[Point]:
        """What each key came to on each day, at the book's prices. Raises `BadRequest` as `spend` does.

        With `keys`, of organisations or topics only these, and all others under `trend.OTHERS`.
        """
        window(since, until)
        self._catch_up()
        till, span, only = Till(read_book(book) if isinstance(book, str) else book), Window(since, until), by in MEMBERS and keys
        named = points(self._engine, _cube(by, where), by, span, where=where, till=till, members=only or None)
        if not only:
            return named
        return with_others(named, points(self._engine, _cube(By.DAY, where), By.DAY, span, where=where, till=till))

    def bills(
        self, since: date | None = None, until: date | None = None, *, book: str | Book = BOOK, where: Where = ANY,
    ) -> Bills:
        """The dearest requests behind a sum, of the newest 2,000 of its time."""
        window(since, until)
        return bills(self._engine, Window(since, until), where, read_book(book) if isinstance(book, str) else book)

    def lessons(self, since: date | None = None, until: date | None = None, *, book: str | Book = BOOK) -> LessonCosts:
        """What a completed lesson cost by form, of the newest 5,000 of the window."""
        window(since, until)
        return lesson_costs(self._engine, Window(since, until), read_book(book) if isinstance(book, str) else book).told

    def cache_savings(
        self, since: date | None = None, until: date | None = None, *, book: str | Book = BOOK
    ) -> CacheSavings:
        """What the lessons from the shelf would have cost more, had each been made."""
        shelved = self.counts(since, until, cached=True)
        made = lesson_costs(self._engine, Window(since, until), read_book(book) if isinstance(book, str) else book)
        return cache_savings(shelved, made.spreads)

    def counts(
        self, since: date | None = None, until: date | None = None, *, where: Where = ANY, cached: bool = False
    ) -> Counts:
        """How many requests were decided; with `cached`, only those that were answered from the shelf."""
        window(since, until)
        self._catch_up()
        return counts(self._engine, _cube(By.DAY, where), Window(since, until), where, cached=cached)

    def first_day(self) -> date | None:
        """The first day on which something was used."""
        with self._engine.connect() as connection:
            return first_day(connection)

    def balance(self) -> list[Imbalance]:
        """Where the roll-ups and the record differ: nowhere. Reads every row of usage."""
        return imbalances(self._engine)

    def _catch_up(self) -> None:
        with self._engine.connect() as connection:
            late = behind(connection, TAIL)
        if late:
            fold(self._engine, seconds=0)

    def _organisations(self) -> list[str]:
        with self._engine.connect() as connection:
            return [*connection.scalars(select(Organization.organization_id)), NONE]

    def _credited(self, rows: dict[str, SpendRow], by: By, span: Window, where: Where) -> Decimal:
        """Take the credits off the rows they belong to, or add a row of them; their sum."""
        organisation = func.coalesce(CreditRow.organization_id, NONE)
        found = select(CreditRow.day, organisation, CreditRow.usd).where(*span.of(CreditRow.day.expression))
        if where.organisation:
            found = found.where(organisation == where.organisation)
        with self._engine.connect() as connection:
            entries = connection.execute(found).tuples().all()
        for day, member, usd in entries:
            key = {By.DAY: day.isoformat(), By.ORGANISATION: member}.get(by, CREDITS)
            rows[key] = _less(rows.get(key) or SpendRow(key=key), usd)
        return sum((usd for _, _, usd in entries), ZERO)


def _cube(by: By, where: Where) -> Cube:
    return cube_of(topic=by is By.TOPIC or where.topic is not None,
                   organisation=by is By.ORGANISATION or where.organisation is not None)


def _less(row: SpendRow, usd: Decimal) -> SpendRow:
    with localcontext(EXACT):
        return row.model_copy(update={"effective": None if row.effective is None else row.effective - usd})


def _untold(row: SpendRow) -> SpendRow:
    return row.model_copy(update={"contracted": None, "effective": None})


def _contracted(rows: Mapping[str, SpendRow], less: Mapping[str, Decimal]) -> dict[str, SpendRow]:
    with localcontext(EXACT):
        paid = {key: row.listed - less.get(key, ZERO) for key, row in rows.items()}
    return {key: row.model_copy(update={"contracted": paid[key], "effective": paid[key]}) for key, row in rows.items()}


def _total(groups: Sequence[Group], till: Till, rows: Mapping[str, SpendRow]) -> SpendRow:
    with localcontext(EXACT):
        contracted = [row.contracted for row in rows.values()]
        effective = [row.effective for row in rows.values()]
        sums = {"contracted": None if None in contracted else sum((c for c in contracted if c is not None), ZERO),
                "effective": None if None in effective else sum((e for e in effective if e is not None), ZERO)}
    return priced_row("total", groups, till).model_copy(update=sums)
