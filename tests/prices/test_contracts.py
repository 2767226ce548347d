"""What an organisation pays: list prices under its contract, and prices in another currency at the rate of the day."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.domain import Unit, Usage
from pipeline.prices import Priced, Unpriced, contracted, cost, read_book

BOOK = """
currency = "{currency}"
[[price]]
provider = "google"
model = "gemini-2.5-*"
unit = ["input_token", "output_token"]
usd = "0.40"
per = 1_000_000
starts = 2026-01-01
source = "made up"
checked = 2026-11-01
"""
CONTRACT = """
[[contract]]
organisation_id = "{who}"
provider = "google"
{what}
starts = {starts}
ends = {ends}
source = "made up"
"""
RATE = """
[[rate]]
currency = "EUR"
usd = "{usd}"
starts = {starts}
source = "made up"
checked = 2026-11-01
"""
DAY = date(2026, 6, 1)


def contract(what: str, *, who: str = "o", starts: str = "2026-01-01", ends: str = "2027-01-01") -> str:
    return CONTRACT.format(who=who, what=what, starts=starts, ends=ends)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "book.toml").write_text(BOOK.format(currency="USD"))
    return tmp_path


def million(book: Priced, unit: Unit = Unit.INPUT_TOKEN, *, on: date = DAY, model: str = "gemini-2.5-pro") -> str:
    """What a million units cost."""
    usage = Usage(provider="google", model=model, unit=unit, quantity=Decimal(10**6))
    return str(cost([usage], on=on, book=book).normalize())


def under(folder: Path, *contracts: str, who: str = "o") -> Priced:
    (folder / "contracts.toml").write_text("\n".join(contracts))
    return contracted(read_book("book", folder), who, folder)


def test_without_a_contract_the_list_price_is_paid(folder: Path):
    book = read_book("book", folder)
    assert contracted(book, "o", folder) is book
    assert under(folder, contract('percent = "10"'), who="another") is book


@pytest.mark.parametrize(("day", "usd"), [
    (date(2026, 2, 28), "0.4"),
    (date(2026, 3, 1), "0.3"),   # the first day counts
    (date(2026, 3, 31), "0.3"),
    (date(2026, 4, 1), "0.4"),   # the last one does not
])
def test_a_percentage_is_taken_off_while_the_contract_holds(folder: Path, day: date, usd: str):
    assert million(under(folder, contract('percent = "25"', starts="2026-03-01", ends="2026-04-01")), on=day) == usd


def test_an_own_price_takes_the_place_of_the_list_price_and_needs_none(folder: Path):
    book = under(folder, contract('unit = "input_token"\nusd = "0.30"\nper = 1_000_000'))
    assert (million(book), million(book, Unit.OUTPUT_TOKEN)) == ("0.3", "0.4")
    assert million(book, model="not in the list") == "0.3"
    with pytest.raises(Unpriced, match="book price book has no price for output_token of google"):
        million(book, Unit.OUTPUT_TOKEN, model="not in the list")


def test_the_most_specific_contract_wins(folder: Path):
    book = under(folder, contract('percent = "10"'), contract('model = "gemini-2.5-pro"\npercent = "50"'))
    assert (million(book), million(book, model="gemini-2.5-flash")) == ("0.2", "0.36")


def test_all_of_it_off_is_free(folder: Path):
    assert million(under(folder, contract('percent = "100"'))) == "0"


def test_a_book_in_another_currency_is_priced_at_the_rate_of_the_day(folder: Path):
    (folder / "book.toml").write_text(BOOK.format(currency="EUR"))
    rates = [RATE.format(usd="1.25", starts="2026-03-01"), RATE.format(usd="1.50", starts="2026-07-01")]
    (folder / "currencies.toml").write_text("".join(rates))
    book = read_book("book", folder)
    assert [million(book, on=date(2026, month, 30)) for month in (6, 7)] == ["0.5", "0.6"]
    with pytest.raises(Unpriced, match="There is no rate for EUR on that day"):
        million(book, on=date(2026, 2, 1))
