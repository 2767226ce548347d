"""Spend by any dimension, in Decimal: prices that change, contracts, credits, corrections, and what has no price."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.domain import Modality, Unit
from pipeline.errors import BadRequest, NotAllowed
from pipeline.ledger import By, Where, pricing
from pipeline.ledger.words import BANDS
from pipeline.organisation import COMMAND_LINE, Actor, Audit
from pipeline.prices import Book, book_names, contracted, read_book
from pipeline.tables import UserRole
from tests.ledger.conftest import AT, TOPIC, Books

DAY = AT.date()
VIEWER = Actor(user_id="v", name="V", role=UserRole.VIEWER)
PRICE = """
[[price]]
provider = "embedded"
unit = "{unit}"
usd = "{usd}"
starts = {starts}
source = "made up"
checked = 2026-03-01
"""
CONTRACT = """
[[contract]]
organisation_id = "school-a"
provider = "embedded"
percent = "25"
starts = 2026-01-01
source = "made up"
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A vCPU-second costs 2, and 3 from the day after `DAY` on; nothing else has a price."""
    rows = [PRICE.format(unit="vcpu_second", usd=usd, starts=day) for usd, day in (("2", "2026-01-01"), ("3", DAY + timedelta(1)))]
    (tmp_path / "mine.toml").write_text('currency = "USD"\n' + "".join(rows))
    return read_book("mine", tmp_path)


def lesson(books: Books, *usage: tuple[str, str, str], student: str = "sam", days: int = 0, forms: tuple[str, ...] = ("text",),
           **ending: object) -> str:
    """A lesson with this usage in its script, so many days after `DAY`."""
    request_id = books.accept(*forms, student=student)
    books.begin(request_id)
    books.stage(request_id, "script", *usage, at=AT + timedelta(days=days))
    books.decide(request_id, **ending)  # type: ignore[arg-type]
    return request_id


def keyed(spend: object) -> dict[str, Decimal]:
    return {row.key: row.effective for row in spend.rows}  # type: ignore[attr-defined]


def test_a_price_holds_from_its_day_on_whatever_spend_is_told_by(books: Books, book: Book):
    lesson(books, ("m", "vcpu_second", "10"))
    lesson(books, ("m", "vcpu_second", "0.1"), days=1)
    books.ledger.fold()
    lesson(books, ("n", "vcpu_second", "1"), days=1)
    assert keyed(books.ledger.spend(by=By.DAY, book=book)) == {"2026-03-10": Decimal(20), "2026-03-11": Decimal("3.3")}
    assert keyed(books.ledger.spend(by=By.MODEL, book=book)) == {"m": Decimal("20.3"), "n": Decimal(3)}
    for by in By:
        assert books.ledger.spend(by=by, book=book).total.effective == Decimal("23.3")


def test_another_book_is_another_price_for_the_same_quantities(books: Books, book: Book):
    lesson(books, ("m", "vcpu_second", "10"))
    before = books.ledger.spend(by=By.STAGE, book=book)
    other = books.ledger.spend(by=By.STAGE, book="embedded")
    assert other.rows[0].used == before.rows[0].used and other.total.listed == Decimal("0.00018")
    assert books.ledger.spend(by=By.STAGE, book=book) == before


def test_a_window_begins_with_its_first_day_and_ends_before_its_last(books: Books, book: Book):
    for days in range(3):
        lesson(books, ("m", "vcpu_second", "1"), days=days)
    assert list(keyed(books.ledger.spend(DAY, DAY + timedelta(2), book=book))) == ["2026-03-10", "2026-03-11"]
    for since, until, field in ((DAY, DAY, "until"), (AT, None, "since")):
        with pytest.raises(BadRequest, match=field):
            books.ledger.spend(since, until, book=book)


def test_what_has_no_price_is_named_and_in_no_sum(books: Books, book: Book):
    lesson(books, ("m", "vcpu_second", "1"), ("m", "character", "900"))
    lesson(books, ("m", "character", "100"), days=1)
    total = books.ledger.spend(book=book).total
    assert total.listed == 2
    (missing,) = total.unpriced
    assert (missing.model, missing.unit, missing.quantity, missing.first) == ("m", Unit.CHARACTER, Decimal(1000), DAY)


def test_filters_leave_what_they_name_and_two_members_at_once_are_refused(books: Books, book: Book):
    books.person("ann", "school-a")
    lesson(books, ("m", "vcpu_second", "1"), student="ann", forms=("video",))
    lesson(books, ("m", "vcpu_second", "10"), topic="other")
    totals = {
        "organisation": Where(organisation="school-a"), "topic": Where(topic=TOPIC), "modality": Where(modality=Modality.VIDEO)}
    for name, where in totals.items():
        assert books.ledger.spend(book=book, where=where).total.listed == 2, name
    assert keyed(books.ledger.spend(by=By.ORGANISATION, book=book)) == {"school-a": Decimal(2), "none": Decimal(20)}
    assert keyed(books.ledger.spend(by=By.TOPIC, book=book)) == {TOPIC: Decimal(2), "other": Decimal(20)}
    assert books.ledger.spend(book=book, where=Where(model="nobody's")).rows == ()
    with pytest.raises(BadRequest, match="topic"):
        books.ledger.spend(by=By.TOPIC, book=book, where=Where(organisation="school-a"))


def test_a_contract_makes_an_organisation_pay_less_and_no_topic_can_tell(
    books: Books, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "contracts.toml").write_text(CONTRACT)
    monkeypatch.setattr(pricing, "contracted", lambda of, name: contracted(of, name, tmp_path))
    books.person("ann", "school-a")
    lesson(books, ("m", "vcpu_second", "10"), student="ann")
    lesson(books, ("m", "vcpu_second", "1"))
    for by in (By.DAY, By.STAGE, By.ORGANISATION):
        total = books.ledger.spend(by=by, book=book).total
        assert (total.listed, total.contracted) == (22, 17), by
    of_topics = books.ledger.spend(by=By.TOPIC, book=book)
    assert of_topics.total.listed == 22 and of_topics.total.contracted is None and of_topics.notes


def test_a_credit_lowers_the_effective_cost_of_its_day_and_organisation(books: Books, book: Book):
    books.person("ann", "school-a")
    lesson(books, ("m", "vcpu_second", "10"), student="ann")
    books.ledger.credit(COMMAND_LINE, Decimal("1.50"), "an outage", day=DAY, organisation="school-a")
    assert keyed(books.ledger.spend(by=By.DAY, book=book)) == {"2026-03-10": Decimal("18.5")}
    assert keyed(books.ledger.spend(by=By.ORGANISATION, book=book)) == {"school-a": Decimal("18.5")}
    by_stage = books.ledger.spend(by=By.STAGE, book=book)
    assert keyed(by_stage) == {"script": Decimal(20), "(credits)": Decimal("-1.5")}
    assert (by_stage.total.contracted, by_stage.total.effective, by_stage.credits) == (20, Decimal("18.5"), Decimal("1.5"))
    assert books.ledger.spend(book=book, where=Where(model="m")).total.effective == 20


def test_a_refund_counts_for_the_day_of_what_it_takes_back_and_never_takes_more(books: Books, book: Book):
    lesson(books, ("m", "vcpu_second", "10"))
    books.ledger.fold()
    refund = books.ledger.correct(COMMAND_LINE, 1, Decimal("-4"), "the provider counted twice")
    assert keyed(books.ledger.spend(book=book)) == {"2026-03-10": Decimal(12)}
    with pytest.raises(BadRequest, match="more than was used"):
        books.ledger.correct(COMMAND_LINE, 1, Decimal("-6.000001"), "too much")
    with pytest.raises(BadRequest, match="correction itself"):
        books.ledger.correct(COMMAND_LINE, refund, Decimal(1), "of a correction")
    with pytest.raises(NotAllowed, match="product or admin"):
        books.ledger.correct(VIEWER, 1, Decimal(1), "not mine to do")
    (entry,) = Audit(books.engine).entries(COMMAND_LINE, action="usage.corrected")
    assert entry.after and entry.after["quantity"] == "-4"


@pytest.mark.parametrize("usd", [Decimal(0), Decimal("NaN"), Decimal("Infinity"), Decimal("0.0000001"), 1.5, Decimal("1e12"), True])
def test_money_that_cannot_be_kept_is_refused(books: Books, usd: object):
    with pytest.raises(BadRequest, match="usd"):
        books.ledger.credit(COMMAND_LINE, usd, "a reason")  # type: ignore[arg-type]


def test_bytes_that_were_delivered_belong_to_the_stage_that_made_something_last(books: Books, book: Book):
    request_id = lesson(books, ("m", "vcpu_second", "1"))
    books.ledger.delivered(request_id, 3_000_000_000)
    books.ledger.delivered("nobody's", 5)
    books.ledger.delivered(request_id, 0)
    (row,) = books.ledger.spend(by=By.STAGE, book=book).rows
    assert row.key == "script"
    assert [(u.model, u.quantity) for u in row.used if u.unit is Unit.BYTE_DELIVERED] == [("store", Decimal(3_000_000_000))]


def test_the_cost_of_a_lesson_and_what_the_shelf_spared(books: Books, book: Book):
    for seconds in range(1, 21):
        lesson(books, ("m", "vcpu_second", str(seconds)))
    for _ in range(2):
        lesson(books, ("m", "vcpu_second", "0.5"), cached=True)
    lesson(books, ("m", "vcpu_second", "100"), status="failed")
    lesson(books, ("m", "vcpu_second", "7"), forms=("video",), cached=True)
    told = books.ledger.lessons(book=book)
    made, shelved, film = told.rows
    assert told.measured == 23 and not told.capped
    assert (made.lessons, made.mean, made.p50, made.p95) == (20, 21, 20, 38)
    assert (shelved.cached, shelved.lessons, shelved.p95, film.modality) == (True, 2, 1, Modality.VIDEO)
    saved = books.ledger.cache_savings(book=book)
    assert (saved.lessons, saved.usd, saved.unknown) == (2, 40, 1)
    assert saved.low < 40 < saved.high and (saved.high - 40) - (40 - saved.low) == 0
    counts = books.ledger.counts()
    assert (counts.decided, counts.completed, counts.cached, counts.text_only) == (24, 23, 3, 22 / 23)


def test_an_empty_ledger_is_no_fault(books: Books, book: Book):
    assert books.ledger.spend(book=book).rows == () and books.ledger.counts().text_only is None
    assert books.ledger.lessons(book=book).rows == () and books.ledger.first_day() is None


def test_every_size_at_which_a_price_changes_is_kept_apart():
    assert {price.above for name in book_names() for price in read_book(name).prices} <= set(BANDS)
