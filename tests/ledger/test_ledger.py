"""Usage × dated prices = cost: exact, additive, and never 0 for what has no price."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain import Stage, Unit, Usage
from pipeline.errors import OperatorError
from pipeline.ledger import PRICES, Unpriced, cost, read_prices, skipped_value

TODAY = date(2026, 11, 22)


def used(quantity: str, unit: Unit = Unit.VCPU_SECOND, provider: str = "embedded") -> Usage:
    return Usage(provider=provider, model="m", unit=unit, quantity=Decimal(quantity))


def test_costs_are_exact():
    assert cost([used("0.1")] * 3, on=TODAY) == cost([used("0.3")], on=TODAY) == Decimal("0.0000054")


def test_nothing_costs_nothing():
    assert cost([], on=TODAY) == 0


@pytest.mark.parametrize("unit", list(Unit))
def test_the_embedded_family_has_a_price_for_everything_that_it_counts(unit: Unit):
    if unit is Unit.BYTE_STORED:  # the local store is not billed by the byte and never counts them
        return
    assert cost([used("1", unit)], on=TODAY) >= 0


@pytest.mark.parametrize(("usage", "on", "named"), [
    (used("1", provider="nobody"), TODAY, "nobody"),
    (used("1", Unit.BYTE_STORED), TODAY, "byte_stored"),
    (used("1"), date(2024, 12, 31), "2024-12-31"),  # before the first price
])
def test_what_has_no_price_is_named(usage: Usage, on: date, named: str):
    with pytest.raises(Unpriced, match=named) as fault:
        cost([used("1", Unit.IMAGE), usage], on=on) if on == TODAY else cost([usage], on=on)
    assert isinstance(fault.value, OperatorError)


def test_a_book_that_does_not_know_the_provider_says_which_book():
    with pytest.raises(Unpriced, match="planning price book"):
        cost([used("1")], on=TODAY, book="planning")


def test_what_a_film_would_have_cost_is_the_original_figure():
    assert str(skipped_value([Stage.VIDEO])) == "0.183"


def test_text_and_film_are_the_two_hundred_mills_of_the_original():
    assert skipped_value([Stage.SCRIPT, Stage.VIDEO]) == Decimal("0.200")
    assert skipped_value([]) == 0


@pytest.fixture
def dated(tmp_path: Path) -> Path:
    prices = [("2025-01-01", "2"), ("2026-01-01", "1"), ("2026-06-01", "3")]
    entries = [
        f'[[price]]\nprovider = "p"\nunit = "image"\nusd = "{usd}"\nfrom = {day}\nsource = "made up"' for day, usd in prices
    ]
    (tmp_path / "book.toml").write_text("\n".join(entries))
    return tmp_path


@pytest.mark.parametrize(("day", "usd"), [
    (date(2025, 1, 1), "2"),   # the first day counts
    (date(2025, 12, 31), "2"),
    (date(2026, 1, 1), "1"),
    (date(2026, 5, 31), "1"),
    (date(2026, 6, 1), "3"),
    (date(2030, 1, 1), "3"),
])
def test_the_price_is_the_one_of_the_day(dated: Path, day: date, usd: str):
    newest_first = read_prices("book", dated)
    assert next(price.usd for price in newest_first if price.starts <= day) == Decimal(usd)


@pytest.mark.parametrize("book", sorted(path.stem for path in PRICES.glob("*.toml")))
def test_every_shipped_price_has_a_date_and_a_source_and_is_exact(book: str):
    assert all(price.source and price.starts.year >= 2025 for price in read_prices(book))
    assert 'usd = "' in (text := (PRICES / f"{book}.toml").read_text(encoding="utf-8")) and "usd = 0" not in text


units = st.sampled_from([Unit.VCPU_SECOND, Unit.GIB_SECOND, Unit.INPUT_TOKEN, Unit.IMAGE])
usages = st.lists(st.builds(used, st.decimals(0, 10**6, places=3).map(str), units), max_size=12)


@given(usages, st.integers(0, 12))
def test_costs_add_up_over_any_split_of_the_usage(everything: list[Usage], at: int):
    def whole(usage: list[Usage]) -> Decimal:
        return cost(usage, on=TODAY)

    assert whole(everything[:at]) + whole(everything[at:]) == whole(everything)
    assert whole(everything[::-1]) == whole(everything)


@given(st.decimals(0, 10**6, places=3), st.decimals(0, 10**6, places=3))
def test_one_quantity_costs_what_its_parts_cost(a: Decimal, b: Decimal):
    assert cost([used(str(a + b))], on=TODAY) == cost([used(str(a)), used(str(b))], on=TODAY)
