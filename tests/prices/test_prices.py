"""Usage × dated prices = cost: exact, additive, and never 0 for what has no price."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain import Stage, Unit, Usage
from pipeline.errors import OperatorError
from pipeline.prices import EXACT, Book, Price, Unpriced, book_names, cost, read_book, skipped_value

TODAY = date(2026, 11, 22)


def used(quantity: str, unit: Unit = Unit.VCPU_SECOND, provider: str = "embedded", model: str = "m") -> Usage:
    return Usage(provider=provider, model=model, unit=unit, quantity=Decimal(quantity))


def price(usd: str, starts: str = "2025-01-01", **more: object) -> Price:
    days = {name: date.fromisoformat(str(more.pop(name))) for name in ("ends",) if name in more}
    return Price.model_validate({
        "provider": "p", "model": "m", "unit": "input_token", "usd": usd, "starts": date.fromisoformat(starts), **days,
        "source": "made up", "checked": TODAY, **more,
    })


def book(*prices: Price) -> Book:
    return Book("made up", prices=prices)


def asked(it: Book, day: date = TODAY, *, provider: str = "p", model: str = "m", **more: object) -> str:
    """The price of an input token as text, or what is said when there is none."""
    try:
        return str(it.unit_price(provider, model, Unit.INPUT_TOKEN, day, **more))  # type: ignore[arg-type]
    except Unpriced:
        return "unpriced"


def test_costs_are_exact():
    assert cost([used("0.1")] * 3, on=TODAY) == cost([used("0.3")], on=TODAY) == Decimal("0.0000054")


def test_nothing_costs_nothing():
    assert cost([], on=TODAY) == 0


COUNTED = [unit for unit in Unit if unit is not Unit.TOKEN_HOUR]
"""What the embedded family uses: no prompt of it is kept by anybody for hours."""


@pytest.mark.parametrize("unit", COUNTED)
def test_the_embedded_family_has_a_price_for_everything_that_can_be_counted(unit: Unit):
    assert cost([used("1", unit)], on=TODAY) >= 0


@pytest.mark.parametrize("unit", COUNTED)
def test_what_the_embedded_family_used_can_be_priced_at_the_public_prices_too(unit: Unit):
    assert cost([used("1", unit)], on=TODAY, book="list") >= 0


def test_a_byte_is_a_part_of_two_to_the_thirty():
    assert cost([used(str(5 * 2**30), Unit.BYTE_DELIVERED)], on=TODAY) == Decimal("0.60")
    assert cost([used("1", Unit.BYTE_STORED)], on=TODAY) * 2**30 == Decimal("0.020")


@pytest.mark.parametrize(("usage", "on", "named"), [
    (used("1", provider="nobody"), TODAY, "vcpu_second of nobody"),
    (used("1"), date(2024, 12, 31), "2024-12-31"),  # before the first price
])
def test_what_has_no_price_is_named(usage: Usage, on: date, named: str):
    with pytest.raises(Unpriced, match=named) as fault:
        cost([used("1", Unit.IMAGE), usage], on=on) if on == TODAY else cost([usage], on=on)
    assert isinstance(fault.value, OperatorError)
    assert (fault.value.book, fault.value.unit, fault.value.model) == ("embedded", usage.unit, "m")


def test_a_book_that_does_not_know_the_provider_says_which_book():
    with pytest.raises(Unpriced, match="planning price book"):
        cost([used("1")], on=TODAY, book="planning")


def test_what_a_film_would_have_cost_is_the_original_figure():
    assert str(skipped_value([Stage.VIDEO])) == "0.183"


def test_text_and_film_are_the_two_hundred_mills_of_the_original():
    assert str(skipped_value([Stage.SCRIPT])) == "0.017"
    assert str(skipped_value([Stage.SCRIPT, Stage.VIDEO])) == "0.200"
    assert skipped_value([]) == 0


def test_a_plan_is_the_one_of_its_day():
    assert read_book("planning").planned([Stage.VIDEO], date(2025, 10, 31)) == 0
    assert read_book("planning").planned([Stage.VIDEO], date(2025, 11, 1)) == Decimal("0.183")


@pytest.mark.parametrize(("day", "usd"), [
    ("2024-12-31", "unpriced"),
    ("2025-01-01", "2"),   # the first day counts
    ("2025-12-31", "2"),
    ("2026-01-01", "1"),   # a row without an end ends where the next begins
    ("2026-05-31", "1"),
    ("2026-06-01", "unpriced"),  # the last day does not count
    ("2026-07-01", "3"),
    ("2030-01-01", "3"),
])
def test_the_price_is_the_one_of_the_day(day: str, usd: str):
    dated = book(price("3", "2026-07-01"), price("2"), price("1", "2026-01-01", ends="2026-06-01"))
    assert asked(dated, date.fromisoformat(day)) == usd


@pytest.mark.parametrize(("model", "usd"), [
    ("gemini-2.5-flash", "1"),       # the exact name
    ("gemini-2.5-flash-001", "2"),   # the longest beginning
    ("gemini-2.5-pro", "3"),
    ("anything", "4"),
])
def test_the_most_specific_row_wins(model: str, usd: str):
    patterns = ["*", "gemini-2.5-*", "gemini-2.5-flash*", "gemini-2.5-flash"]
    several = book(*(price(usd, model=pattern) for usd, pattern in zip("4321", patterns, strict=True)))
    assert asked(several, model=model) == usd


def test_a_named_provider_wins_over_any_provider():
    several = book(price("1", provider="*"), price("2", model="*"))
    assert (asked(several), asked(several, provider="q")) == ("2", "1")


def test_where_the_most_specific_row_does_not_hold_yet_the_next_one_does():
    several = book(price("1", model="*"), price("2", "2026-01-01"))
    assert [asked(several, date(year, 6, 1)) for year in (2025, 2026)] == ["1", "2"]


@pytest.mark.parametrize(("size", "usd"), [(0, "1"), (200_000, "1"), (200_001, "2"), (500_001, "3")])
def test_large_calls_have_their_own_price(size: int, usd: str):
    assert asked(book(price("2", above=200_000), price("3", above=500_000), price("1")), size=size) == usd


def test_a_batch_has_its_own_price_and_never_the_standard_one():
    assert asked(book(price("2"), price("1", tier="batch")), tier="batch") == "1"
    assert asked(book(price("2")), tier="batch") == "unpriced"
    with pytest.raises(Unpriced, match="in a batch on 2026-11-22"):
        book(price("2")).unit_price("p", "m", Unit.INPUT_TOKEN, TODAY, tier="batch")


units = st.sampled_from([Unit.VCPU_SECOND, Unit.GIB_SECOND, Unit.INPUT_TOKEN, Unit.IMAGE, Unit.BYTE_STORED])
usages = st.lists(st.builds(used, st.decimals(0, 10**12, places=6).map(str), units), max_size=12)


@given(usages, st.integers(0, 12), st.sampled_from(["embedded", "list"]))
def test_costs_add_up_over_any_split_of_the_usage(everything: list[Usage], at: int, name: str):
    def whole(usage: list[Usage]) -> Decimal:
        return cost(usage, on=TODAY, book=name)

    from_parts = cost([], on=TODAY) if not everything else add(whole(everything[:at]), whole(everything[at:]))
    assert from_parts == whole(everything) == whole(everything[::-1])


@given(st.decimals(0, 10**12, places=6), st.decimals(0, 10**12, places=6), st.sampled_from([1, 3, 7, 60, 10**6, 2**30]))
def test_one_quantity_costs_what_its_parts_cost(a: Decimal, b: Decimal, per: int):
    odd = book(price("0.016", per=per))
    parts = [used(str(quantity), Unit.INPUT_TOKEN, "p") for quantity in (a, b, add(a, b))]
    first, second, both = (cost([part], on=TODAY, book=odd) for part in parts)
    assert add(first, second) == both == cost(parts[:2], on=TODAY, book=odd)


def add(a: Decimal, b: Decimal) -> Decimal:
    return EXACT.add(a, b)


@pytest.mark.parametrize("name", book_names())
def test_every_shipped_row_has_a_source_and_the_day_it_was_checked(name: str):
    shipped = read_book(name)
    assert all(row.source and row.checked.year >= 2025 for row in (*shipped.prices, *shipped.plans))


def test_what_google_did_in_an_installation_of_this_machine_has_its_list_price():
    words = used("1000000", Unit.OUTPUT_TOKEN, provider="google", model="gemini-3.5-flash-lite")
    assert cost([words], on=TODAY) == cost([words], on=TODAY, book="list") == Decimal("2.50")


def test_the_rest_of_a_book_prices_nobody_whom_it_does_not_name():
    with pytest.raises(Unpriced):
        cost([used("1", Unit.VCPU_SECOND, provider="elsewhere", model="m")], on=TODAY)
