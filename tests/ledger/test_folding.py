"""The roll-ups with their live tail are the record's rows added up, whatever happened in between, and however often."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal, localcontext
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from pipeline.domain import Modality
from pipeline.ledger import NONE, By, bills
from pipeline.ledger.counts import request_sums
from pipeline.ledger.spans import Window
from pipeline.organisation import COMMAND_LINE
from pipeline.prices import EXACT
from pipeline.tables import CountedRow, CreditRow, Cube, RequestRow, StageRunRow, UsageRow, User
from tests.ledger.conftest import AT, TOPIC, Books

FULL = (Cube.EVERYTHING, Cube.ORGANIZATION, Cube.TOPIC)
EVER = Window()
APRIL = AT.date() + timedelta(days=22)
WINDOWS = (Window(AT.date() + timedelta(days=1), APRIL + timedelta(days=16)), Window(APRIL, None),
           Window(None, APRIL + timedelta(days=3)))
"""With months that are whole, and with some that are not."""
ORDER = (Modality.VIDEO, Modality.IMAGES, Modality.AUDIO, Modality.TEXT)


class Killed(Exception):
    """Stands for a process that died."""


def by_hand(books: Books, by: By, window: Window = EVER) -> dict[str, Decimal]:
    """Every row of usage, added up one by one."""
    sums: Counter[str] = Counter()
    with Session(books.engine) as session:
        for row, run, request in session.execute(
                select(UsageRow, StageRunRow, RequestRow).join(StageRunRow, StageRunRow.id == UsageRow.stage_run_id)
                .join(RequestRow, RequestRow.id == StageRunRow.request_id)):
            counted, user = session.get(CountedRow, request.id), session.get(User, request.student_id)
            home = user.organization_id if user else None
            key = {
                By.DAY: row.recorded_at.date().isoformat(), By.STAGE: run.stage, By.MODEL: row.model, By.FAMILY: run.family,
                By.MODALITY: next(m for m in ORDER if m in request.requested_modalities),
                By.ORGANISATION: counted.organization_id if counted else home or NONE,
                By.TOPIC: counted.topic_id if counted else request.topic_id or NONE,
            }[by]
            sums[str(key)] += row.quantity if window.holds(row.recorded_at.date()) else 0
    return {key: value for key, value in sums.items() if value}


def told(books: Books, by: By, window: Window = EVER) -> dict[str, Decimal]:
    rows = books.ledger.spend(window.since, window.until, by=by).rows
    return {row.key: total for row in rows if (total := sum((used.quantity for used in row.used), Decimal(0)))}


def counted(books: Books, cube: Cube) -> dict[tuple[Any, ...], tuple[int, ...]]:
    cells = request_sums(cube, Window(), books.engine.dialect.name)
    keys = [cells.c[name] for name in ("member", "modality", "status", "origin", "skipped")]
    sums = [func.sum(cells.c[name]) for name in ("requests", "worded", "words", "squares")]
    with books.engine.connect() as connection:
        rows = connection.execute(select(*keys, *sums).group_by(*keys)).all()
    return {tuple(row[:5]): tuple(int(n) for n in row[5:]) for row in rows if row[5]}


def killed_fold(books: Books, at: int) -> None:
    """A fold that dies at its n-th statement."""
    seen = 0

    def die(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            raise Killed

    event.listen(books.engine, "before_cursor_execute", die)
    try:
        books.ledger.fold()
    except Killed:
        pass
    finally:
        event.remove(books.engine, "before_cursor_execute", die)


steps = st.lists(st.tuples(
    st.sampled_from(["ask", "work", "work", "decide", "decide", "fold", "fold", "die", "correct", "replay", "move", "deliver", "credit"]),
    st.integers(0, 50), st.integers(1, 9)), min_size=4, max_size=30)
FORMS = (("text",), ("text", "audio"), ("text", "images"), ("video",))
ENDS = ("completed", "failed", "partial", "out_of_scope")


class History:
    """Does what it is told, as far as that is possible."""

    def __init__(self, books: Books) -> None:
        self.books, self.waiting, self.running, self.ended = books, list[str](), list[str](), list[str]()

    def ask(self, n: int, size: int) -> None:
        self.books.person(f"student-{n % 3}", f"school-{n % 2}" if n % 3 else None)
        self.waiting.append(self.books.accept(*FORMS[size % 4], student=f"student-{n % 3}"))

    def work(self, n: int, size: int) -> None:
        if not self.running and not self.waiting:
            return self.ask(n, size)
        if self.waiting:
            self.running.append(self.waiting.pop())
            self.books.begin(self.running[-1])
        at = AT + timedelta(days=13 * (n % 4))
        stage = ("nlu", "script", "tts", "video")[n % 4]
        self.books.stage(self.running[-1], stage, ("m", "vcpu_second", f"{size}.000{n:03}"), ("m", "byte_stored", f"{size}" * 9),
                         at=at)
        return None

    def decide(self, n: int, size: int) -> None:
        if self.running:
            request_id = self.running.pop()
            if size % 2:
                self.books.stage(request_id, "video", status="skipped")
            self.books.decide(request_id, ENDS[n % 4], topic=TOPIC if size % 3 else None, words=size, cached=n % 5 == 0)
            self.ended.append(request_id)

    def fold(self, n: int, size: int) -> None:
        self.books.ledger.fold()

    def die(self, n: int, size: int) -> None:
        killed_fold(self.books, n % 25 + 1)

    def correct(self, n: int, size: int) -> None:
        with Session(self.books.engine) as session:
            rows = session.scalars(select(UsageRow.id).where(UsageRow.corrects_id.is_(None)).order_by(UsageRow.id)).all()
        if rows:
            self.books.ledger.correct(COMMAND_LINE, rows[n % len(rows)], Decimal(f"{size}.5"), "counted too little")

    def replay(self, n: int, size: int) -> None:
        letters = [d for d in self.books.record.dead_letters() if d.replayed_at is None]
        if letters:
            request_id = self.books.record.replayed(letters[n % len(letters)].dead_id)
            self.waiting.append(request_id)

    def move(self, n: int, size: int) -> None:
        self.books.person(f"student-{n % 3}", f"school-{size % 2}")

    def deliver(self, n: int, size: int) -> None:
        if self.ended:
            self.books.ledger.delivered(self.ended[n % len(self.ended)], size * 1000)

    def credit(self, n: int, size: int) -> None:
        self.books.ledger.credit(COMMAND_LINE, Decimal(f"{size}.25"), "an outage", day=AT.date() + timedelta(days=n))


def _add_up(books: Books) -> None:
    """Requests, stages, days, months, organisations and topics: each is the record, and the money the same."""
    for by in By:
        assert told(books, by) == by_hand(books, by), by
    assert books.ledger.balance() == []
    totals = {by: books.ledger.spend(by=by).total for by in By}
    assert len({total.listed for total in totals.values()}) == 1
    with localcontext(EXACT), pytest.MonkeyPatch.context() as patch:
        patch.setattr(bills, "SHOWN", 10_000)
        assert {total.listed - total.effective for total in totals.values() if total.effective is not None} == {credited(books)}
        assert sum(bill.listed for bill in books.ledger.bills().rows) == totals[By.DAY].listed


def credited(books: Books) -> Decimal:
    with Session(books.engine) as session:
        return sum(session.scalars(select(CreditRow.usd)), Decimal(0))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_nothing_is_behind_and_nothing_is_counted_twice(books: Books, life: list[tuple[str, int, int]]):
    history = History(books)
    for step, n, size in life:
        getattr(history, step)(n, size)
    _add_up(books)
    before = {cube: counted(books, cube) for cube in FULL}
    books.ledger.fold()
    for by, window in product((By.STAGE, By.TOPIC), WINDOWS):
        assert told(books, by, window) == by_hand(books, by, window), (by, window)
    assert {cube: counted(books, cube) for cube in FULL} == before
    with Session(books.engine) as session:
        decided = session.scalar(select(func.count()).where(RequestRow.status.not_in(["pending", "running"])))
    assert all(sum(n for n, *_ in cells.values()) == decided for cells in before.values())
