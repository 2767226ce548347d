"""Budgets: what is spent of them, which thresholds are crossed, what the month will come to."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.errors import BadRequest, NotAllowed
from pipeline.ledger import Budgets
from pipeline.ledger.forecast import forecast
from pipeline.organisation import COMMAND_LINE, Actor, Audit
from pipeline.prices import Book, read_book
from pipeline.tables import UserRole
from tests.ledger.conftest import AT, Books
from tests.ledger.test_spend import PRICE, lesson

DAY = AT.date()
NOW = AT + timedelta(hours=3)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    (tmp_path / "mine.toml").write_text('currency = "USD"\n' + PRICE.format(unit="vcpu_second", usd="1", starts="2026-01-01"))
    return read_book("mine", tmp_path)


def test_a_budget_tells_what_is_spent_and_which_thresholds_are_crossed(books: Books, book: Book):
    budgets = Budgets(books.engine, books.ledger)
    books.person("ann", "school-a")
    budgets.set(COMMAND_LINE, "month", Decimal(100))
    budgets.set(COMMAND_LINE, "day", Decimal(10), organisation="school-a")
    lesson(books, ("m", "vcpu_second", "70"), days=-3)
    lesson(books, ("m", "vcpu_second", "500"), days=-20)  # another month
    lesson(books, ("m", "vcpu_second", "5"), ("m", "image", "2"), student="ann")
    everybody, school = budgets.state(NOW, book=book)
    assert (everybody.spent, everybody.share, everybody.crossed) == (75, 0.75, (50, 75))
    assert (everybody.since, everybody.until) == (date(2026, 3, 1), date(2026, 4, 1))
    assert (school.budget.organisation, school.spent, school.crossed) == ("school-a", 5, (50,))
    assert school.unpriced[0].unit == "image" and (school.since, school.until) == (DAY, DAY + timedelta(1))
    assert school.forecast is not None and school.forecast.days == 7


def test_a_budget_is_replaced_removed_and_every_change_is_logged(books: Books):
    budgets = Budgets(books.engine, books.ledger)
    budgets.set(COMMAND_LINE, "month", Decimal(100))
    budgets.set(COMMAND_LINE, "month", Decimal("250.50"))
    assert [budget.usd for budget in budgets.list()] == [Decimal("250.5")]
    budgets.remove(COMMAND_LINE, "month")
    assert budgets.list() == []
    assert [e.action for e in Audit(books.engine).entries(COMMAND_LINE, entity="month_budget")] == [
        "budget.removed", "budget.set", "budget.set"]
    with pytest.raises(BadRequest, match="there is none for this period"):
        budgets.remove(COMMAND_LINE, "month")


@pytest.mark.parametrize(("period", "usd", "organisation", "field"), [
    ("year", Decimal(1), None, "period"), ("month", Decimal(-1), None, "usd"), ("month", Decimal(0), None, "usd"),
    ("day", Decimal(1), "nobody's", "organisation"),
])
def test_a_budget_that_makes_no_sense_is_refused_by_field(
    books: Books, period: str, usd: Decimal, organisation: str | None, field: str
):
    with pytest.raises(BadRequest, match=field):
        Budgets(books.engine, books.ledger).set(COMMAND_LINE, period, usd, organisation=organisation)


def test_budgets_are_set_by_those_who_may(books: Books):
    viewer = Actor(user_id="v", name="V", role=UserRole.VIEWER)
    with pytest.raises(NotAllowed):
        Budgets(books.engine, books.ledger).set(viewer, "month", Decimal(1))


def days(*usd: int) -> dict[date, Decimal]:
    """These costs of the complete days before `DAY`, the latest last."""
    return {DAY - timedelta(days=len(usd) - n): Decimal(each) for n, each in enumerate(usd)}


def test_days_that_are_alike_leave_no_doubt():
    told = forecast(days(*[4] * 7), spent=Decimal(40), now=DAY, end=DAY + timedelta(10), first=DAY - timedelta(30))
    assert told is not None and (told.usd, told.low, told.high, told.days) == (80, 80, 80, 7)


def test_a_weekday_is_expected_to_be_as_dear_as_a_week_ago():
    costs = days(7, 1, 1, 1, 1, 1, 1)  # a week ago it was 7
    told = forecast(costs, spent=Decimal(0), now=DAY, end=DAY + timedelta(2), first=DAY - timedelta(30))
    assert told is not None and told.usd == 8 and told.low == 0 < told.usd < told.high


def test_a_day_that_is_dearer_than_usual_already_is_not_taken_back():
    costs = {**days(*[4] * 7), DAY: Decimal(9)}
    told = forecast(costs, spent=Decimal(9), now=DAY, end=DAY + timedelta(1), first=DAY - timedelta(30))
    assert told is not None and told.usd == 9


def test_a_new_installation_goes_by_the_days_it_has():
    assert forecast({DAY: Decimal(3)}, spent=Decimal(3), now=DAY, end=DAY + timedelta(9), first=DAY) is None
    told = forecast(days(6), spent=Decimal(6), now=DAY, end=DAY + timedelta(2), first=DAY - timedelta(1))
    assert told is not None and (told.usd, told.days, told.low) == (18, 1, 18)


def test_a_month_ends_with_its_last_day(books: Books, book: Book):
    budgets = Budgets(books.engine, books.ledger)
    budgets.set(COMMAND_LINE, "month", Decimal(1))
    (state,) = budgets.state(datetime(2026, 12, 31, 23, 59, tzinfo=UTC), book=book)
    assert (state.since, state.until, state.spent, state.forecast) == (date(2026, 12, 1), date(2027, 1, 1), 0, None)
