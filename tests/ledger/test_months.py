"""Roll-ups by month: which cells make up a window, what is more than 64 bits, and books that were kept before there were any."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text

from pipeline.database import downgrade, upgrade
from pipeline.ledger import By
from pipeline.ledger.raw import COUNTED, REQUEST_CELLS, USAGE_CELLS, USAGE_KINDS
from pipeline.ledger.spans import Slice, Window, slices
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import Span
from tests.ledger.conftest import AT, Books

FIRST, LAST = date(2025, 12, 25), date(2026, 5, 5)
ALL = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]
days = st.dates(FIRST, LAST)
windows = st.builds(Window, st.none() | days, st.none() | days).filter(
    lambda window: window.since is None or window.until is None or window.since < window.until)


def days_of(part: Slice) -> list[date]:
    """The days whose usage the cells of the slice hold."""
    begins = {day if part.span is Span.DAY else day.replace(day=1) for day in ALL}
    taken = {day for day in begins if part.window.holds(day) and day not in part.without}
    return [day for day in ALL if (day if part.span is Span.DAY else day.replace(day=1)) in taken]


@given(windows, st.none() | st.lists(days, max_size=4))
def test_the_slices_of_a_window_hold_each_of_its_days_once(window: Window, cuts: list[date] | None):
    held = Counter(day for part in slices(window, cuts) for day in days_of(part))
    assert held == Counter(day for day in ALL if window.holds(day))


@given(windows, st.lists(days, max_size=4))
def test_no_month_of_them_goes_over_a_change_of_prices(window: Window, cuts: list[date]):
    months = [part for part in slices(window, cuts) if part.span is Span.MONTH]
    for cut in (cut for cut in cuts if cut.day > 1):
        assert not any(part.window.holds(cut.replace(day=1)) and cut.replace(day=1) not in part.without for part in months)


def kept(books: Books) -> list[list[object]]:
    """All that the roll-ups hold, with kinds as what they are."""
    kind = [column for column in USAGE_KINDS.c if column.name != "kind_id"]
    cells = [column for column in USAGE_CELLS.c if column.name != "kind_id"]
    of_usage = select(*cells, *kind).join_from(USAGE_CELLS, USAGE_KINDS, USAGE_KINDS.c.kind_id == USAGE_CELLS.c.kind_id)
    with books.engine.connect() as connection:
        kinds = {str(number): tuple(row) for number, *row in connection.execute(select(USAGE_KINDS.c.kind_id, *kind))}
        used = [(name, day, sorted((kinds[number], n) for number, n in told.items())) for name, days in connection.execute(
            select(COUNTED.c.request_id, COUNTED.c.used)) for day, told in days.items()]
        held = [sorted(map(repr, connection.execute(question))) for question in (of_usage, select(REQUEST_CELLS))]
    return [*held, sorted(used)]


def test_books_of_the_version_before_are_taken_over_as_if_they_had_been_kept_by_month(books: Books):
    for number in range(6):
        name = books.accept("text" if number % 2 else "video")
        books.begin(name)
        books.stage(name, "script", ("m", "vcpu_second", f"{number}.25"), ("m", "byte_stored", "999999"), at=AT + timedelta(9 * number))
        books.decide(name, words=number or None)
    books.ledger.fold()
    books.ledger.correct(COMMAND_LINE, 1, Decimal("2.5"), "counted too little")
    books.ledger.fold()
    before, told = kept(books), books.ledger.spend(by=By.TOPIC)
    address = books.engine.url.render_as_string(hide_password=False)
    downgrade(address, to="0008")
    with books.engine.connect() as connection:
        assert connection.scalar(text("SELECT sum(millionths) FROM usage_cells WHERE cube = 'topic'")) == 6_000_013_000_000
    upgrade(address)
    assert kept(books) == before and books.ledger.balance() == [] and books.ledger.spend(by=By.TOPIC) == told


def test_a_month_of_more_bytes_than_64_bits_hold_in_millionths_is_added_up(books: Books):
    for _ in range(4):
        name = books.accept("video")
        books.begin(name)
        books.stage(name, "video", ("m", "vcpu_second", "1"))
        books.decide(name)
        books.ledger.delivered(name, 8_000_000_000_000)
    books.ledger.fold()
    (row,) = books.ledger.spend(by=By.STAGE).rows
    assert [used.quantity for used in row.used if used.unit == "byte_delivered"] == [Decimal(32_000_000_000_000)]
    assert books.ledger.balance() == []
