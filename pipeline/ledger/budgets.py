"""Budgets: what may be spent in a day or a month, by everybody or by one organisation, and how that stands."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from pipeline.errors import BadRequest
from pipeline.ledger.entries import amount
from pipeline.ledger.forecast import LOOKED_BACK, Forecast, forecast
from pipeline.ledger.ledger import BOOK, Ledger
from pipeline.ledger.words import ZERO, By, UnpricedUsage, Where
from pipeline.organisation import Actor, Permission, changing, known, note, require, utc_now
from pipeline.prices import Book, read_book
from pipeline.tables import BudgetPeriod, BudgetRow, Organization
from pipeline.visuals import Value

THRESHOLDS = (50, 75, 90, 100)
"""Percent of a budget at which somebody should know."""
EVERYBODY = "everybody"


class Budget(Value):
    """What may be spent; an organisation of None is everybody."""

    organisation: str | None
    period: BudgetPeriod
    usd: Decimal


class BudgetState(Value):
    """How a budget stands in the period that it is now."""

    budget: Budget
    since: date
    until: date
    spent: Decimal
    share: float
    """1 is all of it."""
    crossed: tuple[int, ...]
    forecast: Forecast | None
    """None while there is no complete day to go by."""
    unpriced: tuple[UnpricedUsage, ...]
    """What was used in the period and is not in `spent`."""


class Budgets:
    """The budgets of one database."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        self._engine, self._ledger = engine, ledger

    def set(self, actor: Actor, period: str, usd: Decimal, *, organisation: str | None = None) -> Budget:
        """Set what may be spent in the period; what was set before is replaced."""
        require(actor, Permission.COSTS)
        of, money = _period(period), amount("usd", usd)
        if money < 0:
            raise BadRequest("usd", "must be more than 0.")
        with changing(self._engine) as session:
            if organisation is not None:
                known(session, Organization, organisation, "organisation")
            row = _row(session, of, organisation)
            before = _said(row) if row else None
            if row is None:
                row = BudgetRow(organization_id=organisation, period=of)
                session.add(row)
            row.usd = money
            note(session, actor, "budget.set", f"{of}_budget", organisation or EVERYBODY, before, _said(row))
            return _budget(row)

    def remove(self, actor: Actor, period: str, *, organisation: str | None = None) -> None:
        """Take the budget away. Raises `BadRequest` when there is none."""
        require(actor, Permission.COSTS)
        of = _period(period)
        with changing(self._engine) as session:
            row = _row(session, of, organisation)
            if row is None:
                raise BadRequest("budget", "there is none for this period and organisation.")
            note(session, actor, "budget.removed", f"{of}_budget", organisation or EVERYBODY, _said(row), None)
            session.delete(row)

    def list(self) -> Sequence[Budget]:
        """All of them, everybody's first."""
        with Session(self._engine) as session:
            rows = session.scalars(select(BudgetRow).order_by(BudgetRow.organization_id, BudgetRow.period))
            return sorted((_budget(row) for row in rows), key=lambda b: (b.organisation or "", b.period))

    def state(self, now: datetime | None = None, *, book: str | Book = BOOK) -> Sequence[BudgetState]:
        """How each budget stands, by effective cost."""
        day, of = (now or utc_now()).date(), read_book(book) if isinstance(book, str) else book
        return [self._state(budget, day, of) for budget in self.list()]

    def _state(self, budget: Budget, day: date, book: Book) -> BudgetState:
        since, until = _bounds(budget.period, day)
        where = Where(organisation=budget.organisation)
        back = min(since, day - timedelta(days=LOOKED_BACK))
        days = self._ledger.spend(back, day + timedelta(days=1), by=By.DAY, book=book, where=where).rows
        costs = {date.fromisoformat(row.key): row.effective or ZERO for row in days}
        spent = sum((usd for at, usd in costs.items() if at >= since), ZERO)
        ahead = forecast(costs, spent=spent, now=day, end=until, first=self._ledger.first_day())
        share = float(spent / budget.usd)
        return BudgetState(
            budget=budget, since=since, until=until, spent=spent, share=share, forecast=ahead,
            crossed=tuple(percent for percent in THRESHOLDS if spent * 100 >= budget.usd * percent),
            unpriced=tuple(u for row in days if row.key >= since.isoformat() for u in row.unpriced))


def _bounds(period: BudgetPeriod, day: date) -> tuple[date, date]:
    """The period that the day is in: its first day, and the day after its last."""
    if period is BudgetPeriod.DAY:
        return day, day + timedelta(days=1)
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _period(value: str) -> BudgetPeriod:
    if value not in list(BudgetPeriod):
        raise BadRequest("period", f"must be one of {', '.join(BudgetPeriod)}.")
    return BudgetPeriod(value)


def _row(session: Session, period: BudgetPeriod, organisation: str | None) -> BudgetRow | None:
    mine = BudgetRow.organization_id.is_(None) if organisation is None else BudgetRow.organization_id == organisation
    return session.scalar(select(BudgetRow).where(BudgetRow.period == period, mine))


def _budget(row: BudgetRow) -> Budget:
    return Budget(organisation=row.organization_id, period=row.period, usd=row.usd)


def _said(row: BudgetRow) -> dict[str, str]:
    return {"usd": f"{row.usd:f}"}
