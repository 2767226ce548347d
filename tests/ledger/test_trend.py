"""Spend over time and the requests behind a sum, on both databases: what is told apart adds up to the whole."""

from datetime import timedelta
from decimal import Decimal

from pipeline.domain import Stage
from pipeline.ledger import By, Where
from pipeline.ledger.trend import OTHERS
from tests.ledger.conftest import AT, Books

NEXT = timedelta(days=1)
VCPU = Decimal("0.000018")


def fill(books: Books) -> None:
    """Three topics over two days; one request waits to be folded, one uses what has no price."""
    for number, topic in enumerate(("topic_a", "topic_b", "topic_c", "topic_a")):
        request_id = books.accept("text")
        books.begin(request_id)
        books.stage(request_id, "nlu", ("m", "vcpu_second", str(number + 1)), at=AT + NEXT * (number % 2))
        books.stage(request_id, "script", ("m", "vcpu_second", "10"), ("m", "gib_second", "0"), at=AT + NEXT * (number % 2))
        books.decide(request_id, topic=topic)
        if number == 1:
            books.ledger.fold()


def test_what_is_named_and_all_others_are_the_whole_of_each_day(books: Books):
    fill(books)
    every = books.ledger.over_time(by=By.TOPIC)
    some = books.ledger.over_time(by=By.TOPIC, keys=["topic_a"])
    assert [(point.day, point.key) for point in some] == [
        (AT.date(), OTHERS), (AT.date(), "topic_a"), (AT.date() + NEXT, OTHERS), (AT.date() + NEXT, "topic_a")]
    by_day = {row.key: row.listed for row in books.ledger.spend(by=By.DAY).rows}
    for points in (every, some):
        assert {str(day): sum(p.listed for p in points if p.day == day) for day in {p.day for p in points}} == by_day


def test_the_requests_behind_a_sum_are_those_that_used_it_the_dearest_first(books: Books):
    fill(books)
    asked_after = books.ledger.bills(AT.date(), AT.date() + NEXT * 2)  # asked now, and their work is dated back
    assert asked_after.rows == () and asked_after.requests == 0
    found = books.ledger.bills(where=Where(stage=Stage.NLU))
    assert [(row.request_id, row.listed) for row in found.rows] == [(f"request-{n}", n * VCPU) for n in (4, 3, 2, 1)]
    assert not found.capped and all(row.whole for row in found.rows)
    assert [row.request_id for row in books.ledger.bills(where=Where(topic="topic_a")).rows] == ["request-4", "request-1"]
    assert len(books.ledger.bills(where=Where(organisation="none")).rows) == 4


def test_a_request_with_something_unpriced_says_so(books: Books):
    request_id = books.accept("text")
    books.begin(request_id)
    books.stage(request_id, "nlu", ("m", "vcpu_second", "5"))
    books.decide(request_id)
    assert [row.whole for row in books.ledger.bills().rows] == [True]
    assert [(row.listed, row.whole) for row in books.ledger.bills(book="planning").rows] == [(0, False)]
