"""What a page says of one request, and what the ledger says of all of them, is the same sum."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import update

from pipeline.domain import Stage, StageRun, StageStatus, Unit, Usage
from pipeline.prices import cost, today
from pipeline.report import total_cost
from pipeline.tables import UsageRow
from pipeline.tracking import Detail
from tests.ledger.conftest import AT, Books

PRO = "gemini-2.5-pro"
LARGE = 200_001


def google(unit: Unit, quantity: int, tier: str = "standard", size: int = 0, model: str = PRO) -> Usage:
    return Usage(provider="google", model=model, unit=unit, quantity=Decimal(quantity), tier=tier, size=size)


def written(books: Books, *usage: Usage) -> str:
    """A lesson whose script used this; its id."""
    request_id = books.accept()
    books.begin(request_id)
    run = StageRun(stage=Stage.SCRIPT, status=StageStatus.COMPLETED, family="google", model=PRO, usage=usage, started_at=AT)
    books.record.stage_finished(request_id, run, 0.5, lease=books.leases[request_id])
    books.decide(request_id)
    return request_id


def test_tiers_and_sizes_of_calls_reach_the_record_and_every_sum(books: Books):
    dear = written(books, google(Unit.INPUT_TOKEN, LARGE, size=LARGE), google(Unit.OUTPUT_TOKEN, 1000, size=LARGE))
    cheap = written(books, google(Unit.INPUT_TOKEN, 1000, "batch", 1000))
    by_hand = {dear: Decimal("0.5150025"), cheap: Decimal("0.000625")}  # .200001 × 2.50 + .001 × 15; .001 × 0.625
    bills = Detail(books.engine).bills([dear, cheap])
    views = {one: books.record.view(one) for one in by_hand}
    assert {one: cost(used, on=today(), book="list") for one, used in bills.items()} == by_hand
    assert {one: cost(view.stages[0].usage, on=today(), book="list") for one, view in views.items() if view} == by_hand
    assert books.ledger.spend(book="list").total.listed == sum(by_hand.values())


def test_a_request_is_priced_by_the_day_that_the_record_has_its_usage_under(books: Books):
    request_id = written(books, google(Unit.OUTPUT_TOKEN, 10**6, model="gemini-3.6-flash"))
    dated = AT.replace(year=2026, month=12, day=31, hour=23)
    for day, usd in ((dated, "3.75"), (dated + timedelta(hours=2), "7.50")):  # the introductory price ends with the year
        with books.engine.begin() as connection:
            connection.execute(update(UsageRow).values(recorded_at=day))
        view = books.record.view(request_id)
        assert view is not None
        (bill,), (run,) = Detail(books.engine).bills([request_id])[request_id], view.stages
        assert bill.day == run.usage[0].day == day.date()
        assert cost([bill], on=today(), book="list") == cost(run.usage, on=today(), book="list") == Decimal(usd)


def test_a_page_prices_a_stage_and_a_whole_request_as_the_ledger_does(books: Books):
    request_id = books.accept()
    books.begin(request_id)
    books.stage(request_id, "nlu", ("m", "vcpu_second", "1000"))
    books.stage(request_id, "script", ("m", "vcpu_second", "2500"), ("m", "gib_second", "300"))
    books.decide(request_id)
    books.ledger.delivered(request_id, 10**9)
    view = books.record.view(request_id)
    assert view is not None
    total = books.ledger.spend().total.listed
    assert total_cost(view.stages) == cost(Detail(books.engine).bills([request_id])[request_id], on=today()) == total
