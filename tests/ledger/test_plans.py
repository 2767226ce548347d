"""Reading is as quick with a million requests as with ten thousand only while SQLite takes the way that was meant."""

import pytest
from sqlalchemy import event, text

from pipeline.ledger import By, Where
from pipeline.ledger.savings import Savings
from tests.ledger.conftest import Books


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("analysed", [False, True])
def test_what_is_not_folded_is_found_by_its_index_and_nothing_is_read_whole(books: Books, analysed: bool):
    for _ in range(20):
        name = books.accept("text")
        books.begin(name)
        books.stage(name, "script", ("m", "vcpu_second", "1"))
        books.decide(name)
    books.ledger.fold()
    with books.engine.begin() as connection:
        connection.execute(text("ANALYZE" if analysed else "SELECT 1"))
    asked: list[tuple[str, object]] = []
    event.listen(books.engine, "before_cursor_execute", lambda _, __, statement, given, *___: asked.append((statement, given)))
    books.ledger.spend(by=By.TOPIC)
    books.ledger.counts(where=Where(organisation="none"))
    books.ledger.lessons()
    books.ledger.bills(where=Where(organisation="none"))
    Savings(books.engine).report()
    books.ledger.fold()
    statements = [each for each in asked if each[0].startswith(("SELECT", "WITH"))]
    assert len(statements) > 8
    plans = ["\n".join(plan_of(books, *each)) for each in statements]
    for (statement, _), plan in zip(statements, plans, strict=True):
        if "folded" in statement:
            assert "INDEX ix_usage_unfolded" in plan, plan
        if "counted_lease <> " in statement:
            assert "INDEX ix_content_requests_uncounted" in plan, plan
        for table in ("usage", "stage_runs", "counted_requests", "usage_cells", "request_cells"):
            lines = [line for line in plan.splitlines() if line.split(" USING")[0] == f"SCAN {table}"]
            assert all("ix_usage_unfolded" in line for line in lines), plan


def plan_of(books: Books, statement: str, given: object) -> list[str]:
    with books.engine.connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]  # type: ignore[arg-type]
