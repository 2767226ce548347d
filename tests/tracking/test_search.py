"""What the Requests page asks of the record: paging, filters, counts, speeds, the funnel; the same on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text, update

from pipeline.domain import GenerationRequest, Intent, Modality, Stage, StageRun, StageStatus, Status
from pipeline.tables import EventKind
from pipeline.tracking import Filter, Record, Search
from pipeline.tracking import filters as conditions
from pipeline.tracking.connected import TABLES
from tests.tracking.conftest import lesson_of
from tests.tracking.test_record import USAGE, run

Ask = Callable[..., GenerationRequest]
DAY = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def search(record: Record) -> Search:
    return Search(record._engine)


@pytest.fixture
def keep(record: Record, ask: Ask) -> Callable[..., str]:
    """Puts a request into the record, asked at this minute of the day and decided so many seconds later."""

    def kept(*modalities: str, minute: int = 0, status: str | None = "completed", seconds: float = 10.0,
             runs: tuple[StageRun, ...] = (), intent: Intent | None = None, **fields: object) -> str:
        request = ask(*modalities, **fields)
        record.accept(request)
        if status:
            record.begin(request.request_id)
            for done in runs:
                record.stage_finished(request.request_id, done, 0.5)
            record.finish(lesson_of(request, status, intent=intent), {}, "Why." if status == "failed" else "")
        moments = {"id": request.request_id, "asked": DAY + timedelta(minutes=minute),
                   "done": DAY + timedelta(minutes=minute, seconds=seconds) if status else None}
        if record._engine.dialect.name == "sqlite":
            moments = {name: m.replace(tzinfo=None).isoformat(" ", "microseconds") if isinstance(m, datetime) else m
                       for name, m in moments.items()}
        with record._engine.begin() as connection:
            connection.execute(text("UPDATE content_requests SET created_at = :asked, finished_at = :done WHERE id = :id"), moments)
        return request.request_id

    return kept


def intent(topic_id: str) -> Intent:
    return Intent(question="Why?", topic_id=topic_id, topic_name="Why", subject="physics", confidence=1.0, grade_level=10)


def ids(page):
    return [line.request_id for line in page.lines]


def walk(search, wanted, rows=2):
    """Every page from the newest to the oldest, and back up again."""
    pages = [search.page(wanted, rows=rows)]
    while pages[-1].older:
        pages.append(search.page(wanted, older=pages[-1].older, rows=rows))
    up = [pages[-1]]
    while up[-1].newer:
        up.append(search.page(wanted, newer=up[-1].newer, rows=rows))
    return pages, up


def test_pages_have_every_request_once_newest_first_even_of_the_same_moment(search, keep):
    made = [keep("text", minute=minute) for minute in (1, 2, 2, 2, 3)]
    down, up = walk(search, Filter())
    shown = [one for page in down for one in ids(page)]
    assert shown == [made[4], *sorted(made[1:4], reverse=True), made[0]]
    assert ids(up[-1]) == shown[:2] and up[-1].newer is None and up[-1].older is not None
    assert down[0].newer is None and down[-1].older is None


def test_a_line_has_what_a_table_shows_and_no_lesson(search, keep):
    request_id = keep("text", "video", minute=1, status="failed", seconds=12)
    (line,) = search.page(Filter()).lines
    assert (line.request_id, line.status, line.error) == (request_id, Status.FAILED, "Why.")
    assert line.modalities == (Modality.TEXT, Modality.VIDEO)
    assert line.finished_at - line.created_at == timedelta(seconds=12)


@pytest.mark.parametrize(("wanted", "kept"), [
    ({"statuses": (Status.FAILED,)}, "b"),
    ({"statuses": (Status.FAILED, Status.PENDING)}, "bc"),
    ({"student": "ann"}, "a"),
    ({"student": "an"}, ""),  # whole ids: an index answers
    ({"modality": Modality.VIDEO}, "b"),
    ({"modality": Modality.TEXT}, "ac"),  # the furthest form
    ({"stage": Stage.SCRIPT}, "b"),  # where it failed
    ({"topic": "topic_of_a"}, "a"),
    ({"topic": "topic_of_a", "statuses": (Status.COMPLETED,)}, "a"),
    ({"topic": "topic_of_a", "student": "sam"}, ""),
    ({"student": "ann", "statuses": (Status.COMPLETED, Status.FAILED)}, "a"),
    ({"family": "fake"}, "b"),
    ({"family": "other"}, ""),
    ({"family": "fake", "statuses": (Status.FAILED, Status.PENDING)}, "b"),
    ({"organisation": "north"}, "a"),
    ({"organisation": "none"}, "bc"),
    ({"organisation": "north", "statuses": (Status.FAILED,)}, ""),
    ({"topic": "none"}, "bc"),
    ({"topic": "none", "student": "sam"}, "bc"),
    ({"model": "m"}, "b"),
    ({"model": "m", "family": "fake"}, "b"),
    ({"model": "m", "family": "other"}, ""),
    ({"model": "other"}, ""),
    ({"spent_in": Stage.SCRIPT}, "b"),
    ({"spent_in": Stage.NLU}, ""),
    ({"spent_since": DAY, "spent_until": DAY + timedelta(minutes=3)}, "b"),
    ({"spent_since": DAY + timedelta(minutes=3)}, ""),
    ({"spent_until": DAY + timedelta(minutes=3), "model": "m", "spent_in": Stage.SCRIPT, "family": "fake"}, "b"),
    ({"text": "PHOTO"}, "c"),
    ({"text": "100%"}, "a"),  # not a wildcard
    ({"text": "%"}, "a"),
    ({"text": "request-2"}, "b"),
    ({"text": "photo", "modality": Modality.VIDEO}, ""),
    ({"since": DAY + timedelta(minutes=2)}, "bc"),
    ({"until": DAY + timedelta(minutes=2)}, "a"),
])
def test_each_filter_keeps_what_it_says(search, keep, wanted, kept):
    a = keep("text", minute=1, student_id="ann", student_query="Is 100% more than all?", intent=intent("topic_of_a"))
    b = keep("text", "video", minute=2, status="failed", runs=(run(Stage.SCRIPT, StageStatus.FAILED, usage=USAGE),))
    c = keep("text", minute=3, status=None, student_query="Explain photosynthesis")
    with search._engine.begin() as connection:
        connection.execute(update(TABLES["usage"]).values(recorded_at=DAY + timedelta(minutes=2)))
        connection.execute(insert(TABLES["organizations"]).values(
            organization_id="north", name="North", type="custom", settings={}, archived=False, created_at=DAY))
        connection.execute(insert(TABLES["users"]).values(
            user_id="u1", email="ann", name="", role="student", status="active", organization_id="north", created_at=DAY))
    wanted = Filter(**wanted)
    assert set(ids(search.page(wanted))) == {{"a": a, "b": b, "c": c}[name] for name in kept}
    assert sum(search.counts(wanted).values()) == len(kept)


def test_a_filter_without_an_index_looks_at_so_many_and_the_next_page_goes_on(search, keep, monkeypatch):
    monkeypatch.setattr(conditions, "LOOKED_AT", 3)
    wanted = Filter(text="ions")
    oldest = keep("text", minute=0, student_query="What are ions?")
    for minute in range(1, 6):
        keep("text", minute=minute)
    first = search.page(wanted, rows=2)
    assert first.lines == () and first.older is not None and search.counts(wanted) == {}
    second = search.page(wanted, older=first.older, rows=2)
    assert ids(second) == [oldest]
    assert search.looked_through(wanted) == 3 and search.looked_through(Filter(student="ann")) is None
    assert second.newer is not None and search.page(wanted, newer=second.newer, rows=2).lines == ()


def test_pages_of_several_statuses_and_a_condition_without_index_have_every_request_once(search, keep, monkeypatch):
    monkeypatch.setattr(conditions, "SCATTERED", 2)
    states = ("completed", "failed", None, "cancelled")
    made = {keep("text", minute=minute // 3, status=states[minute % 4], student_query="ions?" if minute % 3 else "nothing"): minute
            for minute in range(16)}
    wanted = Filter(statuses=(Status.FAILED, Status.PENDING, Status.COMPLETED), text="ions")
    down, up = walk(search, wanted)
    shown = [one for page in down for one in ids(page)]
    assert len(shown) == len(set(shown))
    assert {made[one] for one in shown} == {minute for minute in range(16) if minute % 3 and minute % 4 != 3}
    assert {one for page in up for one in ids(page)} == set(shown)


def test_figures_are_of_the_newest_but_nothing_under_way_is_left_out(search, keep, monkeypatch):
    monkeypatch.setattr(conditions, "COUNTED", 3)
    monkeypatch.setattr(conditions, "LOOKED_AT", 2)
    keep("text", minute=0, status=None)
    for minute in range(1, 6):
        keep("text", minute=minute, status="completed" if minute % 2 else "failed")
    assert search.counts(Filter()) == {Status.COMPLETED: 2, Status.FAILED: 1, Status.PENDING: 1}
    assert search.counts(Filter(statuses=(Status.COMPLETED, Status.PENDING))) == {Status.COMPLETED: 3, Status.PENDING: 1}
    assert search.counts(Filter(text="why")) == {}
    assert search.looked_through(Filter(text="why")) == 2
    assert search.looked_through(Filter()) == 3 and search.looked_through(Filter(until=DAY + timedelta(minutes=2))) is None


def test_the_topic_is_known_as_soon_as_the_question_is_understood_and_to_a_run_that_goes_on(search, record, accepted, ask):
    record.begin(accepted.request_id)
    record.stage_finished(accepted.request_id, run(Stage.NLU), 0.1, kept={"declined": "OutOfScope", "reason": "No."})
    assert search.page(Filter(topic="t")).lines == ()
    record.stage_finished(accepted.request_id, run(Stage.RETRIEVAL), 0.1, kept={"value": {"topic_id": "t"}})
    assert search.page(Filter(topic="t")).lines == ()
    other = ask("text")
    record.accept(other)
    record.begin(other.request_id)
    record.stage_finished(other.request_id, run(Stage.NLU), 0.1, kept={"value": {"topic_id": "t"}})
    assert ids(search.page(Filter(topic="t"))) == [other.request_id]
    goes_on = ask("text")
    record.accept_rerun(goes_on, of=other.request_id, first=Stage.CACHE, reuse=(Stage.NLU,), asked_by=None)
    record.accept_rerun(ask("text"), of=other.request_id, first=None, reuse=(), asked_by=None)
    assert ids(search.page(Filter(topic="t"))) == [goes_on.request_id, other.request_id]


def test_speeds_are_the_nearest_rank_of_the_furthest_form(search, keep):
    for second in range(1, 21):
        keep("text", minute=second, seconds=second)
    keep("text", "video", minute=30, seconds=100)
    keep("video", minute=31, seconds=900, status="failed")  # took long and made nothing
    keep("audio", minute=32, status=None)
    text_, video = search.speeds(Filter())
    assert (text_.modality, text_.count, text_.p50, text_.p95) == (Modality.TEXT, 20, pytest.approx(10, abs=0.01), pytest.approx(19, abs=0.01))
    assert (video.modality, video.count, video.p50, video.p95) == (Modality.VIDEO, 1, pytest.approx(100, abs=0.01), pytest.approx(100, abs=0.01))
    assert search.speeds(Filter(text="nothing has this")) == []


def test_the_funnel_counts_requests_not_runs(search, keep):
    keep("text", runs=(run(Stage.NLU), run(Stage.SCRIPT, StageStatus.FAILED), run(Stage.SCRIPT)))
    keep("text", status="failed", runs=(run(Stage.NLU), run(Stage.SCRIPT, StageStatus.FAILED), StageRun(stage=Stage.TTS, status=StageStatus.SKIPPED)))
    keep("text", runs=(run(Stage.NLU, StageStatus.CACHED),), student_id="ann")
    assert [(s.stage, s.begun, s.done, s.failed) for s in search.funnel(Filter())] == [(Stage.NLU, 3, 3, 0), (Stage.SCRIPT, 2, 1, 2)]
    assert [(s.stage, s.begun) for s in search.funnel(Filter(student="ann"))] == [(Stage.NLU, 1)]


def test_what_is_to_be_run_again_leaves_out_what_was_run_again(search, keep, record, ask):
    first, second = keep("text", status="failed", minute=1), keep("video", status="failed", minute=2)
    keep("text", minute=3)
    failed = {"statuses": (Status.FAILED,), "limit": 10}
    assert search.ids(Filter(), **failed) == [(first, Modality.TEXT), (second, Modality.VIDEO)]
    record.accept_rerun(ask("text"), of=first, first=None, reuse=(), asked_by=None)
    assert search.ids(Filter(), **failed, anew=True) == [(second, Modality.VIDEO)]
    assert len(search.ids(Filter(), **failed | {"limit": 1})) == 1


def test_takeovers_are_counted_by_the_worker_who_was_silent(search, record, accepted):
    assert search.taken_over() == {}
    taken = record.begin(accepted.request_id, "worker-1")
    record.release(accepted.request_id, taken.lease, EventKind.TAKEN_OVER, worker_id="worker-1", silent_seconds=40.0)
    assert search.taken_over() == {"worker-1": 1}


def test_dead_letters_are_counted_until_somebody_settles_them(search, record, accepted):
    record.begin(accepted.request_id)
    record.finish(lesson_of(accepted, "failed"), {}, "Why.", dead=True)
    assert search.dead() == 1
    record.discarded(record.dead_letters()[0].dead_id)
    assert search.dead() == 0
