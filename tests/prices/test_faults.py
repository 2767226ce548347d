"""A file of prices that is wrong says where: file, line, field; and the other files go on."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import OperatorError
from pipeline.prices import PRICES, BadPrices, Severity, UnknownBook, book_names, check_books, contracted, read_book

TODAY = date(2026, 11, 22)
GOOD = {
    "provider": '"p"', "model": '"m"', "unit": '"image"', "usd": '"1"', "starts": "2026-01-01", "source": '"made up"',
    "checked": "2026-11-01",
}
LINES = {name: 3 + number for number, name in enumerate(GOOD)}
"""In a file that begins with the currency and then one row, each field on its own line."""


def row(table: str = "price", **changes: str | None) -> str:
    """A row as TOML; a field that is changed to None is left out."""
    fields = {name: written for name, written in {**GOOD, **changes}.items() if written is not None}
    return f"[[{table}]]\n" + "\n".join(f"{name} = {written}" for name, written in fields.items())


def write(folder: Path, *rows: str, name: str = "book", currency: str = '"USD"') -> Path:
    path = folder / f"{name}.toml"
    path.write_text("\n".join([f"currency = {currency}", *rows]) + "\n", encoding="utf-8")
    return path


def faults(folder: Path) -> list[str]:
    return [str(fault) for fault in check_books(folder, today=TODAY)]


def test_a_good_row_has_no_faults(tmp_path: Path):
    write(tmp_path, row())
    assert faults(tmp_path) == []
    assert read_book("book", tmp_path).prices[0].model == "m"


@pytest.mark.parametrize(("changed", "field", "said"), [
    ({"usd": "0.3"}, "usd", "0.3 is not exact: write it in quotes"),
    ({"usd": "3"}, "usd", "write it in quotes"),
    ({"usd": '"-0.3"'}, "usd", '"-0.3" is below zero'),
    ({"usd": '"cheap"'}, "usd", '"cheap" is not a decimal number'),
    ({"usd": '"nan"'}, "usd", "is not a decimal number"),
    ({"usd": '"1e-6"'}, "usd", "is not a decimal number"),
    ({"usd": '"٣"'}, "usd", "is not a decimal number"),
    ({"unit": '"token"'}, "unit", "'input_token'"),
    ({"model": '"gem*ini"'}, "model", "stands at the end only"),
    ({"provider": '" "'}, "provider", "at least 1 character"),
    ({"starts": '"2026-01-01"'}, "starts", "date"),
    ({"starts": "20260101"}, "starts", "date"),
    ({"checked": "2026-13-01"}, "", "is not TOML"),
])
def test_a_bad_value_is_named_with_its_line(tmp_path: Path, changed: dict[str, str], field: str, said: str):
    write(tmp_path, row(**changed))
    (found,) = check_books(tmp_path, today=TODAY)
    assert (found.file, found.line, found.field, found.severity) == (
        "book.toml", LINES[field or "checked"], field, Severity.ERROR)
    assert said in found.message
    with pytest.raises(BadPrices, match=rf"book\.toml:{found.line}: {field}") as refused:
        read_book("book", tmp_path)
    assert isinstance(refused.value, OperatorError)


@pytest.mark.parametrize(("more", "field", "said"), [
    ({"per": "0"}, "per", "greater than or equal to 1"),
    ({"per": "1.0"}, "per", "integer"),
    ({"above": "-1"}, "above", "greater than or equal to 0"),
    ({"tier": '"flex"'}, "tier", "'standard' or 'batch'"),
    ({"ends": "2026-01-01"}, "ends", "is not after starts = 2026-01-01"),
    ({"euro": '"1"'}, "euro", "is not a field of a price"),
])
def test_a_bad_further_field_is_named_with_its_line(tmp_path: Path, more: dict[str, str], field: str, said: str):
    write(tmp_path, row(), row(model='"other"', **more))
    (found,) = check_books(tmp_path, today=TODAY)
    assert (found.line, found.field) == (2 * len(GOOD) + 4, field)
    assert said in found.message


@pytest.mark.parametrize("field", ["provider", "unit", "usd", "starts", "source", "checked"])
def test_a_missing_field_is_named_with_the_line_of_its_row(tmp_path: Path, field: str):
    write(tmp_path, row(**{field: None}))
    assert faults(tmp_path) == [f"book.toml:2: {field}: is missing"]


def test_all_faults_of_a_file_are_named_and_reading_tells_the_first_and_how_many_more(tmp_path: Path):
    write(tmp_path, row(usd="0.3"), row(unit='"hour"'), row("prices"))
    assert [fault.split(": ")[0:2] for fault in faults(tmp_path)] == [
        ["book.toml:6", "usd"], ["book.toml:13", "unit"], ["book.toml:18", "prices"]]
    with pytest.raises(BadPrices, match="and 2 more"):
        read_book("book", tmp_path)


def test_rows_of_one_line_are_found_by_their_lines_too(tmp_path: Path):
    good = ", ".join(f"{name} = {written}" for name, written in GOOD.items())
    (tmp_path / "book.toml").write_text(f"price = [\n  # why\n  {{ {good} }},\n  {{ {good.replace('image', 'hour')} }},\n]\n")
    (found,) = check_books(tmp_path, today=TODAY)
    assert (found.line, found.field) == (4, "unit")


def test_a_row_may_list_several_models_and_units(tmp_path: Path):
    write(tmp_path, row(model='["a", "b"]', unit='["image", "character"]'))
    assert len({price.key for price in read_book("book", tmp_path).prices}) == 4


@pytest.mark.parametrize(("first", "second", "line", "said"), [
    ({}, {}, 13, "2026-01-01 overlaps line 7, which holds from 2026-01-01 on"),
    ({"ends": "2026-07-01"}, {"starts": "2026-06-30"}, 14, "2026-06-30 overlaps line 7, which holds until 2026-07-01"),
])
def test_two_rows_that_hold_at_once_are_named(
    tmp_path: Path, first: dict[str, str], second: dict[str, str], line: int, said: str,
):
    write(tmp_path, row(**first), row(**second))
    (found,) = check_books(tmp_path, today=TODAY)
    assert (found.line - line, found.field, found.message) == (2, "starts", said)
    with pytest.raises(BadPrices, match="overlaps"):
        read_book("book", tmp_path)


def test_rows_that_differ_in_model_unit_tier_or_size_do_not_overlap(tmp_path: Path):
    write(tmp_path, row(), row(model='"n"'), row(unit='"character"'), row(tier='"batch"'), row(above="10"))
    assert faults(tmp_path) == []


def test_days_without_a_price_are_a_fault_that_keeps_the_book_readable(tmp_path: Path):
    write(tmp_path, row(ends="2026-03-01"), row(starts="2026-04-01"))
    assert faults(tmp_path) == ["book.toml:16: starts: no row holds from 2026-03-01 (line 10) until 2026-04-01"]
    assert len(read_book("book", tmp_path).prices) == 2


def test_a_check_in_the_future_is_a_fault_and_an_old_one_a_warning(tmp_path: Path):
    write(tmp_path, row(checked="2026-11-23"), row(model='"n"', checked="2026-05-25"), row(model='"o"', checked="2026-05-26"))
    found = check_books(tmp_path, today=TODAY)
    assert [(fault.line, fault.severity) for fault in found] == [(9, Severity.ERROR), (17, Severity.WARNING)]
    assert "181 days ago" in found[1].message
    assert read_book("book", tmp_path)


@pytest.mark.parametrize(("text", "said"), [
    (b"currency = \n", "book.toml:1: is not TOML"),
    (b"\xff\xfe", "cannot be read"),
    (b"price = 3\n", "book.toml:1: price: must be rows"),
    (b"# nothing\n", "the book has no rows"),
    (b"", "the book has no rows"),
])
def test_a_file_that_is_no_book_is_named(tmp_path: Path, text: bytes, said: str):
    (tmp_path / "book.toml").write_bytes(text)
    (found,) = faults(tmp_path)
    assert said in found
    with pytest.raises(BadPrices):
        read_book("book", tmp_path)


@pytest.mark.parametrize("currency", ['"EUR"', '"usd"', "5", '["USD"]'])
def test_an_unknown_currency_is_named(tmp_path: Path, currency: str):
    write(tmp_path, row(), currency=currency)
    (found,) = faults(tmp_path)
    assert found.startswith("book.toml:1: currency:")
    assert "has no rate in currencies.toml" in found


def test_a_broken_book_does_not_break_another(tmp_path: Path):
    write(tmp_path, row(usd="0.3"), name="broken")
    write(tmp_path, row(), name="whole")
    assert book_names(tmp_path) == ("broken", "whole")
    assert read_book("whole", tmp_path)


def test_a_book_is_read_again_when_its_file_changes(tmp_path: Path):
    write(tmp_path, row(usd="0.3"))
    with pytest.raises(BadPrices):
        read_book("book", tmp_path)
    write(tmp_path, row())
    before = read_book("book", tmp_path)
    assert read_book("book", tmp_path) is before
    write(tmp_path, row(usd='"25"'))
    assert str(read_book("book", tmp_path).prices[0].usd) == "25"


@pytest.mark.parametrize("name", ["nobody", "", "../book", "currencies", "contracts", "book.toml", "a/b", "a\0b"])
def test_a_name_that_is_no_book_is_refused_with_the_names_that_are(tmp_path: Path, name: str):
    write(tmp_path, row())
    (tmp_path / "currencies.toml").write_text("")
    with pytest.raises(UnknownBook, match="there are: book"):
        read_book(name, tmp_path)


def test_a_contract_that_is_wrong_is_named_and_the_list_prices_stay(tmp_path: Path):
    write(tmp_path, row())
    contract = {"organisation_id": '"o"', "unit": None, "usd": None, "checked": None}
    path = tmp_path / "contracts.toml"
    for changed, field in (
        ({"percent": "10"}, "percent"), ({"percent": '"101"'}, "percent"), ({}, "source"), ({"usd": '"1"'}, "source"),
        ({"usd": '"0"'}, "source"), ({"usd": '"1"', "unit": '"image"', "percent": '"0"'}, "source"),
    ):
        path.write_text(row("contract", **contract | changed))
        (found,) = check_books(tmp_path, today=TODAY)
        assert (found.file, found.field) == ("contracts.toml", field)
        with pytest.raises(BadPrices, match=r"contracts\.toml"):
            contracted(read_book("book", tmp_path), "o", tmp_path)


def test_the_books_that_ship_have_no_errors():
    assert [str(fault) for fault in check_books(PRICES, today=TODAY) if fault.severity is Severity.ERROR] == []
