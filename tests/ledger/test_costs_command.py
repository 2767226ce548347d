"""`python -m pipeline costs`: the same figures for people, for machines, and for a spreadsheet."""

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import text

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.testing import FakeWiring
from tests.ledger.conftest import Books
from tests.ledger.test_spend import lesson

URL = pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing here depends on the database


@pytest.fixture
def run(books: Books, settings: Settings, url: str, capsys: pytest.CaptureFixture[str]):
    def ran(*given: str) -> tuple[int, str, str]:
        own = replace(settings, database_url=url, database_is_default=False)
        code = main(["costs", *given], wire=lambda _: FakeWiring(own))
        out = capsys.readouterr()
        return code, out.out, out.err

    return ran


@URL
def test_people_see_lines_that_end_with_their_sum(books: Books, run):
    lesson(books, ("m", "vcpu_second", "100000"))
    lesson(books, ("m", "vcpu_second", "50000"), days=1)
    code, out, _ = run("--by", "day")
    lines = out.splitlines()
    assert code == 0
    assert [line.split() for line in lines[1:3]] == [
        ["2026-03-10", "1.800000", "1.800000", "1.800000"], ["2026-03-11", "0.900000", "0.900000", "0.900000"]]
    assert set(lines[3]) == {"-"} and lines[4].split() == ["total", "2.700000", "2.700000", "2.700000"]
    assert len({len(line) for line in lines[:5]}) == 1  # aligned
    assert "text" in out and "100.0 % of 2 completed lessons were text only." in out


@URL
def test_what_has_no_price_is_said_loudly(books: Books, run):
    lesson(books, ("m", "vcpu_second", "1"))
    with books.engine.begin() as connection:
        connection.execute(text("UPDATE usage SET provider = 'nobody'"))
    _, out, _ = run()
    assert "UNPRICED, and in no sum: 1.000000 vcpu_second of nobody (m), first on 2026-03-10" in out
    assert "0.000000" in out.splitlines()[1]


@URL
def test_machines_get_the_exact_amounts(books: Books, run):
    lesson(books, ("m", "vcpu_second", "0.000001"))
    code, out, _ = run("--json", "--by", "stage", "--since", "2026-03-10")
    told = json.loads(out)
    assert code == 0 and [row["key"] for row in told["rows"]] == ["script"]
    assert Decimal(told["total"]["effective"]) == Decimal("0.000001") * Decimal("0.000018")
    assert told["counts"]["completed"] == 1 and told["text_only"] == 1.0 and told["lessons"]["measured"] == 1


@URL
def test_a_spreadsheet_gets_no_formula(books: Books, run):
    lesson(books, ("=HYPERLINK(1)", "vcpu_second", "1"))
    code, out, _ = run("--csv", "--by", "model")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and [row["model"] for row in rows] == ["'=HYPERLINK(1)", "total"]
    assert rows[-1]["effective_usd"] == "0.000018"


@URL
@pytest.mark.parametrize(("given", "said"), [
    (("--since", "yesterday"), "--since"), (("--since", "2026-03-02", "--until", "2026-03-02"), "until"),
])
def test_a_window_that_is_none_is_a_bad_request(books: Books, run, given: tuple[str, ...], said: str):
    code, _, err = run(*given)
    assert code == 2 and said in err


@URL
def test_an_unknown_book_is_one_sentence(books: Books, run):
    code, out, err = run("--book", "nowhere")
    assert code in (1, 2) and "nowhere" in err and out == "" and "Traceback" not in err


@URL
def test_books_that_do_not_balance_are_told(books: Books, run):
    lesson(books, ("m", "vcpu_second", "1"))
    books.ledger.fold()
    assert run("--check")[0] == 0
    with books.engine.begin() as connection:
        connection.execute(text("UPDATE usage_cells SET millionths = millionths + 1 WHERE cube = 'topic' AND span = 'month'"))
    code, _, err = run("--check")
    assert code == 1 and "do not balance in 1 places, first vcpu_second of embedded (m) by topic in months" in err


@URL
def test_an_empty_record_says_so(books: Books, run):
    assert run() == (0, "Nothing was used in this time.\n", "")
