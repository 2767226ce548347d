"""A part of a day: what was decided in it, whether it is in the roll-ups or not."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from pipeline.domain import Stage
from pipeline.ledger.hours import decided
from pipeline.ledger.prediction import Skipped
from pipeline.prices import Book, read_book
from pipeline.tables import RequestRow
from tests.ledger.conftest import AT, Books

HOUR = timedelta(hours=1)
MIDNIGHT = AT - 12 * HOUR
BOOK = read_book("embedded")


def made(books: Books, hour: float, *, status: str = "completed", cached: bool = False, model: str = "m") -> None:
    """A text that was made at this hour of the day."""
    at = MIDNIGHT + hour * HOUR
    name = books.accept("text")
    books.begin(name)
    books.stage(name, "script", (model, "vcpu_second", "10"), at=at)
    for skipped in ("tts", "images", "video"):
        books.stage(name, skipped, status="skipped")
    books.decide(name, status, cached=cached)
    with books.engine.begin() as connection:
        connection.execute(update(RequestRow).where(RequestRow.id == name).values(finished_at=at))


@pytest.mark.parametrize("folded", [False, True])
def test_what_was_decided_in_the_hour_is_counted_once_whether_folded_or_not(books: Books, folded: bool) -> None:
    for hour in (8.99, 9.0, 9.5, 10.0):
        made(books, hour)
    made(books, 9.1, cached=True)  # used something, and saves nothing
    made(books, 9.2, status="failed")
    if folded:
        books.ledger.fold()
    hour = decided(books.engine, MIDNIGHT + 9 * HOUR, MIDNIGHT + 10 * HOUR, BOOK)
    assert hour.skipped == (Skipped(stages=(Stage.TTS, Stage.IMAGES, Stage.VIDEO), requests=2, words=200),)
    whole = decided(books.engine, MIDNIGHT, MIDNIGHT + 24 * HOUR, BOOK)
    assert hour.whole and hour.listed * 6 == whole.listed * 4
    assert whole.listed == books.ledger.spend(AT.date(), AT.date() + timedelta(days=1)).total.listed > 0


def test_an_hour_without_requests_is_nothing(books: Books) -> None:
    hour = decided(books.engine, MIDNIGHT, MIDNIGHT + HOUR, BOOK)
    assert (hour.listed, hour.whole, hour.skipped) == (0, True, ())


def test_what_has_no_price_is_known_to_be_missing(books: Books) -> None:
    name = books.accept("text")
    books.begin(name)
    books.stage(name, "script", ("m", "video_second", "3"), at=AT)
    books.decide(name)
    with books.engine.begin() as connection:
        connection.execute(update(RequestRow).where(RequestRow.id == name).values(finished_at=AT))
    hour = decided(books.engine, AT, AT + HOUR, Book("nothing", prices=()))
    assert not hour.whole and hour.listed == 0
