"""Usage of the record that a book has no price for: named, by book, with its days."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline.__main__ import main
from pipeline.domain import Unit
from pipeline.ledger import lacks
from pipeline.ledger.lacks import Days
from pipeline.prices import Book, read_book
from pipeline.tables import UsageRow
from tests.ledger.conftest import AT, Books
from tests.ledger.test_spend import DAY, PRICE, lesson

URL = pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing here depends on the database


@pytest.fixture
def books_of_prices(tmp_path: Path) -> list[Book]:
    """`early` prices vCPU-seconds until the day after `DAY`, `late` from two days after it on, `plans` nothing at all."""
    ends = f"ends = {DAY + timedelta(1)}\n"
    early = PRICE.format(unit="vcpu_second", usd="2", starts="2026-01-01") + ends
    late = PRICE.format(unit="vcpu_second", usd="2", starts=DAY + timedelta(2))
    for name, rows in (("early", early), ("late", late)):
        (tmp_path / f"{name}.toml").write_text(f'currency = "USD"\n{rows}')
    return [read_book("early", tmp_path), read_book("late", tmp_path), read_book("planning")]


def test_each_kind_is_named_with_the_days_on_which_a_book_has_no_price_for_it(books: Books, books_of_prices: list[Book]):
    for days in (0, 1, 1, 2, 5):
        lesson(books, ("m", "vcpu_second", "1.5"), days=days)
    books.ledger.fold()
    lesson(books, ("m", "image", "3"), days=6)
    found = {(lack.book, lack.unit): lack for lack in lacks(books.ledger, books_of_prices)}
    assert {key: (lack.quantity, lack.nowhere) for key, lack in found.items()} == {
        ("early", Unit.VCPU_SECOND): (Decimal(6), True), ("late", Unit.VCPU_SECOND): (Decimal("4.5"), True),
        ("early", Unit.IMAGE): (Decimal(3), True), ("late", Unit.IMAGE): (Decimal(3), True)}
    day = [DAY + timedelta(n) for n in range(7)]
    assert found["early", Unit.VCPU_SECOND].spans == (Days(day[1], day[2]), Days(day[5], day[5]))
    assert found["late", Unit.VCPU_SECOND].spans == (Days(day[0], day[1]),)
    assert str(found["late", Unit.IMAGE]) == (
        f"late has no price for image of embedded (m) on {day[6]}, nor has any other book: 3 in no sum")


def test_what_another_book_prices_on_these_days_is_not_lacking_everywhere(books: Books, books_of_prices: list[Book]):
    lesson(books, ("m", "vcpu_second", "1"))
    (lack,) = lacks(books.ledger, books_of_prices)
    assert (lack.book, lack.nowhere) == ("late", False)


def test_what_was_taken_back_whole_lacks_no_price(books: Books, books_of_prices: list[Book]):
    lesson(books, ("m", "image", "1"), ("m", "image", "-1"))
    assert lacks(books.ledger, books_of_prices) == []


@URL
def test_the_check_of_prices_names_usage_without_a_price(
    books: Books, url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
):
    lesson(books, ("m", "vcpu_second", "1"))
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["prices", "check"]) == 0
    assert "usage:" not in capsys.readouterr().out
    with books.engine.begin() as connection:
        connection.execute(update(UsageRow).values(provider="elsewhere", model="m", unit="vcpu_second"))
    assert main(["prices", "check"]) == 0  # the list book has a price
    said = capsys.readouterr().out
    assert f"warning: usage: embedded has no price for vcpu_second of elsewhere (m) on {AT:%Y-%m-%d}: 1" in said
    with books.engine.begin() as connection:
        connection.execute(update(UsageRow).values(provider="google", unit="output_token", model="gemini-99", tier="batch"))
    assert main(["prices", "check", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["usage_untold"]) == (False, None)
    assert [(u["book"], u["model"], u["tier"], u["days"], u["nowhere"]) for u in told["unpriced"]] == [
        (book, "gemini-99", "batch", [str(date(2026, 3, 10))], True) for book in ("embedded", "list")]
    assert main(["prices", "check"]) == 1
    assert "error: usage: list has no price for output_token of google (gemini-99) in a batch" in capsys.readouterr().out
