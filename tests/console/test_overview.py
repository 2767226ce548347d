"""The overview: numbers beside those of a week ago, what they are worth saying, and that each of them leads to its page."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from console.loaders import overview
from console.loaders.overview import Asked, Money
from console.loaders.workers import Floor
from console.overview import asked, cards, errors, money, work
from console.overview.cards import Card, Notice
from console.overview.day import Day
from console.overview.errors import NewErrors
from pipeline.config import ROOT
from pipeline.domain import Lesson, Modality, Stage, StageStatus, Status
from pipeline.errors import OperatorError
from pipeline.incidents import Group, Standing, State
from pipeline.ledger import Budget, BudgetState, Forecast
from pipeline.ledger.hours import decided
from pipeline.organisation import COMMAND_LINE
from pipeline.prices import read_book
from pipeline.report import Basis, Estimate
from pipeline.store import LocalStore
from pipeline.tables import BudgetPeriod, QueueName, RequestRow, StageRunRow, UsageRow
from pipeline.tracking import QueueView, Record, Speed
from pipeline.wiring import Wiring
from tests.console import lessons, mishaps, visits, works
from tests.console.conftest import PATIENCE_SECONDS, Queue
from tests.console.test_workers import worker

PAGE = ROOT / "console" / "pages" / "overview.py"
NOW = datetime(2026, 11, 22, 6, 50, 31, tzinfo=UTC)
DAY = Day.until_minute(NOW)
HOUR = timedelta(hours=1)


def visit() -> AppTest:
    return AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS).run()


def was(completed: int = 0, failed: int = 0, *, p95: float | None = None, capped: bool = False, **counts: int) -> Asked:
    speeds = [Speed(modality=Modality.TEXT, count=completed, p50=1.0, p95=p95)] if p95 else []
    told = {Status.COMPLETED: completed, Status.FAILED: failed, **{Status(name): count for name, count in counts.items()}}
    return Asked(counts=told, speeds=speeds, capped=capped)


def card(found: Sequence[Card], label: str) -> Card:
    return next(one for one in found if one.label == label)


# the day


def test_a_day_is_compared_with_its_weekday_until_the_same_minute() -> None:
    assert (DAY.since, DAY.until) == (datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 22, 6, 50, tzinfo=UTC))
    assert DAY.before == Day(DAY.since - timedelta(days=7), DAY.until - timedelta(days=7))
    assert (DAY.before.title, DAY.before.short) == ("Sunday 15 November", "Sun 15 Nov")


def test_hours_end_with_the_minute_and_the_first_minute_of_a_day_has_none() -> None:
    hours = overview._hours(DAY)
    assert [begin.hour for begin, _ in hours] == [0, 1, 2, 3, 4, 5, 6]
    assert hours[-1][1] == DAY.until and all(end - begin == HOUR for begin, end in hours[:-1])
    assert overview._hours(Day.until_minute(DAY.since)) == []


# the numbers


@pytest.mark.parametrize(("now", "then", "said"), [
    (112, 100, "+12\u202f%"), (60, 100, "−40\u202f%"), (100, 100, "the same"), (1001, 1000, "the same"), (5, 0, ""), (0, 8, "−100\u202f%"),
])
def test_a_change_is_told_in_percent_where_there_was_something(now: float, then: float, said: str) -> None:
    assert cards.change(now, then) == said


def test_numbers_stand_beside_those_of_a_week_ago() -> None:
    found = asked.cards(DAY, was(40, 10, p95=130.0, running=2), was(20, 0, p95=65.0))
    assert card(found, "Requests").value == "52"
    assert card(found, "Requests").lines == ("Sun 15 Nov: 20 · +160\u202f%", "2 of them not decided yet")
    assert card(found, "Success rate").lines == ("Sun 15 Nov: 100.0%", "10 failed")
    assert card(found, "Text, p95").lines == ("Sun 15 Nov: 1:05 min · +100\u202f%", "40 lessons")
    assert [one.mood for one in found] == ["", "bad", "bad"]


def test_few_requests_are_no_reason_for_alarm_and_nothing_is_no_number() -> None:
    found = asked.cards(DAY, was(2, 3, p95=130.0), was(30, p95=1.0))
    assert [one.mood for one in found] == ["", "", ""]
    found = asked.cards(DAY, was(), was(30, p95=5.0))
    assert [one.value for one in found] == ["0", "–", "–"]
    assert card(found, "Text, p95").lines == ("Sun 15 Nov: 5.0 s", "no lesson yet")


def test_more_than_is_counted_is_said_to_be_more() -> None:
    found = asked.cards(DAY, was(30_000, capped=True), was(20_000))
    assert card(found, "Requests").value == "over 30,000"
    assert card(found, "Requests").lines[0] == "Sun 15 Nov: 20,000"


def spent(usd: str, saved: str, *, listed: str = "", unpriced: int = 0, low: str | None = None, films: int = 42) -> Money:
    fitted = {"low": Decimal(low), "high": Decimal("9"), "basis": Basis.FITTED} if low else {"basis": Basis.PLANNING}
    return Money(spent=Decimal(usd), listed=Decimal(listed or usd), unpriced=unpriced, book="embedded",
                 saved=Estimate.model_validate({"usd": Decimal(saved), "observations": films, **fitted}))


def test_money_says_what_it_rests_on() -> None:
    spend, saved = money.cards(DAY, spent("0.50", "7.25", low="6.5"), spent("0.40", "3"))
    assert spend.lines == ("Sun 15 Nov: $0.400 · +25\u202f%", "price book: embedded") and spend.value == "$0.500"
    assert saved.lines == ("Sun 15 Nov: $3.00 · +142\u202f%", "95 %: $6.50 to $9.00, from 42 films")
    assert money.basis(spent("0", "1", films=3).saved) == "planning assumption: 3 of 20 films to learn from"


def test_what_has_no_price_is_said_loudly_and_not_compared() -> None:
    spend, _ = money.cards(DAY, spent("0.50", "1", unpriced=2), spent("0.40", "1"))
    assert spend.mood == "bad" and spend.lines == ("Sun 15 Nov: $0.400", "2 kinds of usage without a price, not in it")
    spend, _ = money.cards(DAY, spent("0.50", "1"), spent("0.40", "1", unpriced=1))
    assert spend.lines[0] == "Sun 15 Nov: $0.400, not all priced"


def test_credits_do_not_hide_how_much_was_used() -> None:
    spend, _ = money.cards(DAY, spent("0.10", "1", listed="0.50"), spent("0.40", "1"))
    assert spend.value == "$0.100"
    assert spend.lines[:2] == ("$0.500 before contracts and credits, as is what follows", "Sun 15 Nov: $0.400 · +25\u202f%")


def state(share: str, ahead: str | None = None, *, organisation: str | None = None) -> BudgetState:
    usd = Decimal(share) * 100
    forecast = None if ahead is None else Forecast(usd=Decimal(ahead), low=usd, high=Decimal(ahead) + 5, days=7)
    return BudgetState(
        budget=Budget(organisation=organisation, period=BudgetPeriod.MONTH, usd=Decimal(100)), since=DAY.date, until=DAY.date,
        spent=usd, share=float(share), crossed=tuple(t for t in (50, 75, 90, 100) if usd >= t), forecast=forecast, unpriced=())


@pytest.mark.parametrize(("given", "said"), [
    (state("0.4", "80"), None),
    (state("0.4"), None),
    (state("0.8"), "warning This month’s budget: $80.00 of $100.00 is spent (80%)"),
    (state("0.4", "120"), "warning This month’s budget: $40.00 of $100.00 is spent (40%), it is heading for $120.00 "
                          "($40.00 to $125.00)"),
    (state("1.1", "150", organisation="o1"), "error This month’s budget, Lincoln High: $110.00 of $100.00 is spent (110%)"),
])
def test_a_budget_is_told_of_when_somebody_should_look(given: BudgetState, said: str | None) -> None:
    found = money.notices([given], {"o1": "Lincoln High"})
    assert [f"{one.weight} {one.text}" for one in found] == ([said] if said else [])


def floor(*workers: Any, waiting: int = 0, dead: int = 0) -> Floor:
    oldest = NOW - timedelta(minutes=12) if waiting else None
    lines = [QueueView(name=name, waiting=waiting, running=0, done_last_hour=0, oldest_waiting_at=oldest) for name in QueueName]
    return Floor(workers=workers, queues=lines, breakers=(), dead=dead, taken_over={})


def test_work_without_workers_is_alarming_and_without_work_it_is_not() -> None:
    found = work.cards(floor(waiting=2, dead=3), NOW)
    assert [one.value for one in found] == ["4", "0", "3"]
    assert [one.mood for one in found] == ["bad", "bad", "bad"]
    assert found[0].lines == ("the oldest for 12 min", "text 2, video 2")
    assert [one.mood for one in work.cards(floor(), NOW)] == ["", "", ""]
    assert work.cards(floor(worker(), worker("b", silent=40), worker("long gone", silent=9000)), NOW)[1].lines == ("making 0 lessons", "1 silent")
    assert all("no worker polls it" in notice.text for notice in work.notices(floor(waiting=2), NOW))


# new errors


def group(title: str = "Port 9 did not answer.", *, seen: datetime = NOW, state: State = State.NEW, name: str = "c1") -> Group:
    return Group(fingerprint=name, kind="message", title=title, standing=Standing(state=state, at=seen), first_seen=seen,
                 last_seen=seen, total=3, count=3, share=1.0, requests=2)


def test_an_error_is_new_when_its_cause_was_first_seen_today_and_waits_for_somebody() -> None:
    old, solved = group(seen=DAY.since - HOUR, name="old"), group(state=State.RESOLVED, name="solved")
    assert [one.fingerprint for one in errors.fresh([group(), old, solved], DAY.since)] == ["c1"]
    shown = errors.card(NewErrors(groups=[group()], lines=12, found=3))
    assert (shown.value, shown.mood, shown.href) == ("1", "bad", "errors?sort=first")
    assert "12 error lines today in 3 groups" in shown.lines
    assert errors.card(NewErrors()).mood == ""


def test_without_any_log_read_nothing_is_called_free_of_errors() -> None:
    assert errors.card(NewErrors(read=False)).value == "–"


def test_a_strangers_words_are_escaped_and_the_list_ends() -> None:
    many = [group(f"<script>{'x' * number}</script>", name=f"<i>'/?&{number}") for number in range(1, 8)]
    shown = errors.listed(many, NOW)
    assert "<script>" not in shown and "<i>" not in shown and "and 2 others" in shown
    assert "group=%3Ci%3E%27%2F%3F%261" in shown and "3 lines, 2 requests" in shown
    notice = Notice(weight="error", text="<b>x</b>", href='workers"onclick="x')
    assert "<b>x</b>" not in cards.notices([notice]) and 'onclick="' not in cards.notices([notice])


# the page, over a real record


def test_before_anything_was_asked_the_page_says_how_to_begin(queue: Queue) -> None:
    told = visits.told(visit())
    assert 'href="generate"' in told and "make sample" in told and "No worker is running" in told
    assert "Success rate" not in told


def test_the_bare_address_leads_here(queue: Queue) -> None:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=PATIENCE_SECONDS).run()
    assert not app.exception and app.title[0].value == "Overview"


def test_every_number_leads_to_its_page_with_its_filter(record: Record, store: LocalStore, queue: Queue) -> None:
    works.everything(record, store)
    told = visits.told(visit())
    today = datetime.now(UTC).date()
    when = f"when={today}~{today + timedelta(days=1)}"
    for link in (f"requests?{when}", f"requests?status=failed&amp;{when}", f"requests?form=video&amp;{when}", "workers",
                 f"costs?tab=Spend&amp;when=days&amp;from={today}&amp;to={today}", "errors?tab=Sources"):
        assert f'href="{link}"' in told
    assert "The text queue has work and no worker polls it" in told


def test_what_the_logs_tell_of_today_stands_here_and_leads_to_its_group(
    record: Record, store: LocalStore, queue: Queue, wiring: Wiring,
) -> None:
    works.everything(record, store)
    mishaps.hostile(wiring)
    told = visits.told(visit())
    fingerprint = wiring.incidents.groups().groups[0].fingerprint
    assert "New errors today" in told and f'href="errors?group={fingerprint}"' in told and "<script>" not in told


def test_a_budget_over_its_limit_stands_on_top_and_leads_to_budgets(
    record: Record, store: LocalStore, queue: Queue, wiring: Wiring,
) -> None:
    lessons.text_lesson(record)
    wiring.budgets.set(COMMAND_LINE, "day", Decimal("0.000001"))
    told = visits.told(visit())
    assert 'href="costs?tab=Budgets"' in told and "Today’s budget" in told and "is spent" in told


def test_the_spend_of_today_is_the_one_of_costs(record: Record, queue: Queue, wiring: Wiring) -> None:
    lessons.text_lesson(record)
    day = Day.until_minute(datetime.now(UTC))
    wiring.ledger.credit(COMMAND_LINE, Decimal("0.000001"), "a test")
    total = wiring.ledger.spend(day.date, day.date + timedelta(days=1)).total
    seen = overview.money(day)
    assert (seen.spent, seen.listed) == (total.effective, total.listed) and 0 < seen.spent < seen.listed


def moved(wiring: Wiring, name: str, at: datetime) -> None:
    """The request happened then."""
    runs = select(StageRunRow.id).where(StageRunRow.request_id == name)
    with wiring.engine.begin() as connection:
        connection.execute(update(RequestRow).where(RequestRow.id == name).values(created_at=at, started_at=at, finished_at=at))
        connection.execute(update(UsageRow).where(UsageRow.stage_run_id.in_(runs)).values(recorded_at=at))


@pytest.mark.parametrize("folded", [False, True])
def test_a_part_of_a_day_is_as_its_requests_say_and_whole_days_are_as_the_roll_ups_say(
    record: Record, wiring: Wiring, folded: bool,
) -> None:
    skipped = tuple(lessons.run(stage, 0.0, StageStatus.SKIPPED) for stage in (Stage.TTS, Stage.IMAGES, Stage.VIDEO))
    for name, hour in (("early", 3), ("late", 15)):
        lessons.begin(record, lessons.request(name), (*lessons.TEXT_RUNS, *skipped))
        record.finish(Lesson(request_id=name, status=Status.COMPLETED, intent=lessons.INTENT, script=lessons.script()), {})
        moved(wiring, name, DAY.before.since + hour * HOUR)
    if folded:
        wiring.ledger.fold()
    book = read_book("embedded")
    early = decided(wiring.engine, DAY.before.since, DAY.before.until, book)
    whole = decided(wiring.engine, DAY.before.since, DAY.before.since + 24 * HOUR, book)
    assert [group.requests for group in early.skipped] == [1] and [group.requests for group in whole.skipped] == [2]
    assert early.whole and early.listed * 2 == whole.listed
    days = DAY.before.date, DAY.before.date + timedelta(days=1)
    assert whole.listed == wiring.ledger.spend(*days).total.listed > 0
    assert wiring.savings.learned().many(whole.skipped) == wiring.savings.report(*days).saved
    told = overview.money_before(DAY)
    assert (told.spent, told.saved) == (early.listed, wiring.savings.learned().many(early.skipped))
    assert overview.asked_before(DAY).total == 1


def test_without_its_database_the_page_says_so_once(wiring: Wiring, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite")
    assert len(visits.errors(visit())) == 1


def test_a_broken_price_book_takes_only_the_money_away(
    record: Record, store: LocalStore, queue: Queue, monkeypatch: pytest.MonkeyPatch,
) -> None:
    works.everything(record, store)

    def broken(*_: object, **__: object) -> None:
        raise OperatorError("The price book embedded has a gap.")

    monkeypatch.setattr(overview.costs, "spend", broken)
    page = visit()
    assert visits.errors(page) == ["The price book embedded has a gap."]
    assert "Success rate" in visits.told(page) and "Workers alive" in visits.told(page)
