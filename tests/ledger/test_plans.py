"""Reading is as quick with a million requests as with ten thousand only while SQLite takes the way that was meant."""

import pytest
from sqlalchemy import event

from pipeline.ledger import By
from tests.ledger.conftest import Books


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_is_not_folded_is_found_by_its_index(books: Books):
    asked: list[tuple[str, object]] = []
    event.listen(books.engine, "before_cursor_execute", lambda _, __, statement, given, *___: asked.append((statement, given)))
    books.ledger.spend(by=By.TOPIC)
    books.ledger.fold()
    statements = [each for each in asked if "usage" in each[0] and each[0].startswith("SELECT")]
    assert len(statements) >= 2
    with books.engine.connect() as connection:
        for statement, given in statements:
            plan = " / ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given))  # type: ignore[arg-type]
            assert "USING INDEX ix_usage_unfolded" in plan or "COVERING INDEX ix_usage_unfolded" in plan, plan
