"""The table of recent requests: what stands in it, how it is searched, sorted and exported."""

import csv
import io

import pandas as pd
import pytest

from console.history import arranged, frame, to_csv
from pipeline.store import LocalStore
from pipeline.tracking import Record
from tests.console import lessons
from tests.console.conftest import Open


@pytest.fixture
def table(record: Record, store: LocalStore) -> pd.DataFrame:
    lessons.everything(record, store)
    lessons.text_lesson(record, "formula", student_query="=HYPERLINK(1) [a(b", interest=None)
    return frame(record.recent())


def test_a_request_that_is_not_decided_has_no_seconds_and_no_cost(table: pd.DataFrame) -> None:
    row = table.set_index("id").loc["running"]
    assert pd.isna(row["Seconds"]) and pd.isna(row["Cost"])


def test_a_decided_request_has_the_cost_of_its_stages(table: pd.DataFrame) -> None:
    assert table.set_index("id").loc["finished", "Cost"] == pytest.approx((4.1 + 0.01 + 0.02 + 18.2) * 2 * 0.000018)


@pytest.mark.parametrize(("search", "found"), [
    ("YESTERDAY", {"declined"}),
    ("[a(b", {"formula"}),  # what is typed is no pattern
    ("nothing like it", set()),
])
def test_the_search_looks_into_questions(table: pd.DataFrame, search: str, found: set[str]) -> None:
    assert set(arranged(table, search=search, states=[], order="Newest first")["id"]) == found


def test_the_filter_keeps_the_chosen_states(table: pd.DataFrame) -> None:
    kept = arranged(table, search="", states=["Failed", "Partial"], order="Newest first")
    assert set(kept["id"]) == {"failed", "partial"}


def test_the_dearest_come_first_and_those_without_a_price_last(table: pd.DataFrame) -> None:
    ordered = list(arranged(table, search="", states=[], order="Dearest first")["id"])
    assert ordered[0] == "whole" and set(ordered[-2:]) == {"running", "waiting"}


def test_the_export_has_a_row_per_request_and_runs_nothing(table: pd.DataFrame) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(table).decode())))
    assert len(rows) == len(table)
    assert {row["Question"] for row in rows if row["id"] == "formula"} == {"'=HYPERLINK(1) [a(b"}


def test_a_filter_that_fits_nothing_says_so(record: Record, store: LocalStore, open_page: Open) -> None:
    lessons.everything(record, store)
    page = open_page()
    page.text_input(key="search").input("nothing like it").run()
    assert "No request fits the search and the filter." in [caption.value for caption in page.caption]
