"""The record: what was asked, what happened and what came of it, the same on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.database import open_database
from pipeline.domain import GenerationRequest, Modality, Stage, StageRun, StageStatus, Status, Usage
from pipeline.tables import EventKind
from pipeline.tracking import Record
from tests.tracking.conftest import lesson_of

Ask = Callable[..., GenerationRequest]
USAGE = (
    Usage(provider="embedded", model="m", unit="vcpu_second", quantity="0.123"),
    Usage(provider="embedded", model="m", unit="input_token", quantity="1234567"),
    Usage(provider="embedded", model="m", unit="gib_second", quantity="0.000001"),
)


def run(stage: Stage, status: StageStatus = StageStatus.COMPLETED, **fields: object) -> StageRun:
    return StageRun(stage=stage, status=status, family="fake", model="m", seconds=0.5, **fields)


def undated(run: StageRun) -> tuple[Usage, ...]:
    """Its usage as it was before the record had it, which keeps it under today."""
    assert {usage.day for usage in run.usage} <= {datetime.now(UTC).date()}
    return tuple(usage.model_copy(update={"day": None}) for usage in run.usage)


def work(record: Record, request: GenerationRequest, *stages: Stage) -> None:
    for stage in stages:
        record.stage_started(request.request_id, stage, "fake", "m")
        record.stage_finished(request.request_id, run(stage, usage=USAGE), 0.5)


def test_a_new_request_waits(record: Record, accepted: GenerationRequest):
    view = record.view(accepted.request_id)
    assert view is not None and view.request == accepted
    assert (view.status, view.progress, view.lesson, view.stages) == (Status.PENDING, 0.0, None, ())
    assert view.created_at.tzinfo is not None and abs((datetime.now(UTC) - view.created_at).total_seconds()) < 60


def test_the_same_id_is_accepted_once_and_keeps_its_first_words(record: Record, accepted: GenerationRequest):
    again = accepted.model_copy(update={"student_query": "Something else entirely"})
    assert record.accept(again) is False
    view = record.view(accepted.request_id)
    assert view is not None and view.request.student_query == accepted.student_query


def test_what_nobody_asked_has_no_record(record: Record):
    assert record.view("nobody") is None
    assert record.begin("nobody") is None
    assert record.cancel_requested("nobody") is False
    record.cancel("nobody")


@pytest.mark.parametrize("query", ["Explain <b>ions</b> '; DROP TABLE usage; --", "قوة الجاذبية 🙂 \U0001f9ca", "x" * 500])
def test_any_text_comes_back_as_it_was(record: Record, ask: Ask, query: str):
    request = ask(student_query=query, interest="🏀" * 100, student_id="<i>" * 33)
    record.accept(request)
    view = record.view(request.request_id)
    assert view is not None and view.request == request


def test_a_request_begins_and_ends(record: Record, accepted: GenerationRequest):
    taken = record.begin(accepted.request_id)
    assert taken is not None and (taken.request, taken.lease, taken.tries) == (accepted, 1, 1)
    view = record.view(accepted.request_id)
    assert view is not None and view.status is Status.RUNNING and view.started_at is not None
    lesson = lesson_of(accepted, "partial", failed_modalities={Modality.VIDEO: "The disk is full."})
    record.finish(lesson, {"r/a.m4a": ("audio", 12)}, "")
    view = record.view(accepted.request_id)
    assert view is not None and view.lesson == lesson
    assert (view.status, view.progress, view.current_stage) == (Status.PARTIAL, 1.0, None)
    assert view.finished_at is not None and view.finished_at >= view.started_at >= view.created_at  # type: ignore[operator]


@pytest.mark.parametrize("status", [status for status in Status if status.decided])
def test_a_decided_request_never_begins_again(record: Record, accepted: GenerationRequest, status: Status):
    record.begin(accepted.request_id)
    record.finish(lesson_of(accepted, status), {}, "why" if status is Status.FAILED else "")
    assert record.begin(accepted.request_id) is None
    view = record.view(accepted.request_id)
    assert view is not None and view.status is status
    assert record.undecided() == []


def test_finishing_twice_keeps_the_files_once(record: Record, accepted: GenerationRequest):
    record.begin(accepted.request_id)
    for _ in range(2):
        record.finish(lesson_of(accepted), {"r/a.m4a": ("audio", 12), "r/p.png": ("image", 3)}, "")
    view = record.view(accepted.request_id)
    assert view is not None and view.status is Status.COMPLETED


def test_stage_runs_stand_in_their_order_with_exact_usage(record: Record, accepted: GenerationRequest):
    record.begin(accepted.request_id)
    stages = (Stage.NLU, Stage.CACHE, Stage.RETRIEVAL, Stage.SCRIPT)
    work(record, accepted, *stages)
    record.stage_finished(accepted.request_id, StageRun(stage=Stage.TTS, status=StageStatus.SKIPPED), 0.5)
    view = record.view(accepted.request_id)
    assert view is not None and tuple(run.stage for run in view.stages) == (*stages, Stage.TTS)
    assert all(undated(run) == USAGE for run in view.stages[:4]) and view.stages[4].usage == ()
    assert view.stages[0].usage[2].quantity == Decimal("0.000001")
    assert view.stages[0].started_at is not None and view.stages[0].attempts == 1
    assert view.progress == 0.5


def test_the_stage_under_way_is_the_current_one(record: Record, accepted: GenerationRequest):
    record.begin(accepted.request_id)
    record.stage_started(accepted.request_id, Stage.SCRIPT, "fake", "m")
    view = record.view(accepted.request_id)
    assert view is not None and view.current_stage is Stage.SCRIPT
    assert view.stages[0].status is StageStatus.RUNNING


def test_a_stage_that_fails_keeps_its_bill_and_its_fault(record: Record, accepted: GenerationRequest):
    record.begin(accepted.request_id)
    record.stage_started(accepted.request_id, Stage.SCRIPT, "fake", "m")
    record.stage_finished(accepted.request_id, run(Stage.SCRIPT, StageStatus.FAILED, usage=USAGE, error="Unsupported: 37"), 0.1)
    view = record.view(accepted.request_id)
    assert view is not None and (view.stages[0].error, undated(view.stages[0])) == ("Unsupported: 37", USAGE)


def test_after_a_kill_the_broken_stage_has_failed_and_the_next_attempt_is_counted(
    record: Record, accepted: GenerationRequest
):
    record.begin(accepted.request_id)
    work(record, accepted, Stage.NLU)
    record.stage_started(accepted.request_id, Stage.SCRIPT, "fake", "m")
    record.note(accepted.request_id, draft="# Half a lesson", progress=0.6)
    assert record.begin(accepted.request_id) is None  # it is in somebody's hands
    record.release(accepted.request_id, 1, EventKind.TAKEN_OVER)  # who is dead
    assert record.undecided() == [accepted.request_id]

    taken = record.begin(accepted.request_id)
    assert taken is not None and (taken.lease, taken.attempts, taken.tries) == (3, 2, 1)
    view = record.view(accepted.request_id)
    assert view is not None and (view.draft, view.progress) == ("", 0.0)
    assert [run.status for run in view.stages] == [StageStatus.COMPLETED, StageStatus.FAILED]
    assert "stopped in the middle" in view.stages[1].error

    work(record, accepted, Stage.NLU, Stage.SCRIPT)
    view = record.view(accepted.request_id)
    assert view is not None
    assert [(run.stage, run.attempts) for run in view.stages] == [
        (Stage.NLU, 1), (Stage.SCRIPT, 1), (Stage.NLU, 2), (Stage.SCRIPT, 2)]


def test_a_request_that_waits_is_cancelled_at_once(record: Record, accepted: GenerationRequest):
    record.cancel(accepted.request_id)
    view = record.view(accepted.request_id)
    assert view is not None and view.status is Status.CANCELLED and view.finished_at is not None
    assert record.begin(accepted.request_id) is None


def test_a_request_under_way_is_only_asked_to_stop(record: Record, accepted: GenerationRequest):
    record.begin(accepted.request_id)
    assert record.cancel_requested(accepted.request_id) is False
    record.cancel(accepted.request_id)
    view = record.view(accepted.request_id)
    assert view is not None and view.status is Status.RUNNING and view.cancel_requested
    assert record.cancel_requested(accepted.request_id) is True


def test_cancelling_what_is_finished_changes_nothing_but_the_wish(record: Record, accepted: GenerationRequest):
    record.begin(accepted.request_id)
    record.finish(lesson_of(accepted), {}, "")
    record.cancel(accepted.request_id)
    view = record.view(accepted.request_id)
    assert view is not None and view.status is Status.COMPLETED


def test_undecided_requests_are_the_oldest_first(record: Record, ask: Ask):
    requests = [ask() for _ in range(4)]
    for request in requests:
        record.accept(request)
    record.begin(requests[1].request_id)
    record.cancel(requests[2].request_id)
    assert record.undecided() == [requests[i].request_id for i in (0, 1, 3)]


def test_recent_requests_are_the_newest_first(record: Record, ask: Ask):
    requests = [ask() for _ in range(3)]
    for request in requests:
        record.accept(request)
    record.begin(requests[2].request_id)
    record.finish(lesson_of(requests[2], reason="Long."), {})
    assert [view.request.request_id for view in record.recent(limit=2)] == [requests[2].request_id, requests[1].request_id]
    newest = record.recent(limit=1)[0]
    assert newest.status is Status.COMPLETED and newest.lesson is None  # a list does not read what it does not show


def test_the_shelf_keeps_and_replaces(record: Record):
    assert record.shelved("k") is None
    record.shelve("k", {"a": 1, "text": "ß 🙂"}, "r1")
    record.shelve("k", {"a": 2}, "r2")
    assert record.shelved("k") == {"a": 2}


def test_reviews_are_added_and_the_newest_comes_first(record: Record, accepted: GenerationRequest):
    record.review(accepted.request_id, rating=4)
    record.review(accepted.request_id, note="<b>good</b>")
    record.review(accepted.request_id, approved=True)
    assert [(r.rating, r.note, r.approved) for r in record.reviews(accepted.request_id)] == [
        (None, "", True), (None, "<b>good</b>", None), (4, "", None)]
    assert all(review.created_at and review.created_at.tzinfo for review in record.reviews(accepted.request_id))


def test_expected_seconds_are_the_median_of_what_completed(record: Record, accepted: GenerationRequest):
    assert record.stage_seconds() == {}
    record.begin(accepted.request_id)
    for seconds, status in ((1.0, "completed"), (9.0, "completed"), (2.0, "completed"), (50.0, "failed"), (0.0, "cached")):
        record.stage_started(accepted.request_id, Stage.SCRIPT, "fake", "m")
        record.stage_finished(accepted.request_id, StageRun(stage=Stage.SCRIPT, status=status, seconds=seconds), 0.1)
    assert record.stage_seconds() == {Stage.SCRIPT: 2.0}


def test_a_revision_needs_the_request_that_it_revises(record: Record, accepted: GenerationRequest, ask: Ask):
    revision = ask().model_copy(update={"revision_of": accepted.request_id})
    assert record.accept(revision) is True


def test_several_workers_may_write_at_once(record: Record, url: str, ask: Ask):
    requests = [ask() for _ in range(6)]

    def live(request: GenerationRequest) -> None:
        mine = Record(open_database(url))
        mine.accept(request)
        mine.begin(request.request_id)
        work(mine, request, Stage.NLU, Stage.SCRIPT)
        mine.finish(lesson_of(request), {}, "")

    threads = [threading.Thread(target=live, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert record.undecided() == []
    assert all(len(record.view(r.request_id).stages) == 2 for r in requests)  # type: ignore[union-attr]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals(0, 10**9, places=6))
def test_a_quantity_is_not_changed_by_being_kept(record: Record, ask: Ask, quantity: Decimal):
    request = ask()
    record.accept(request)
    record.stage_started(request.request_id, Stage.NLU, "fake", "m")
    usage = (Usage(provider="p", model="m", unit="vcpu_second", quantity=quantity),)
    record.stage_finished(request.request_id, run(Stage.NLU, usage=usage), 0.0)
    view = record.view(request.request_id)
    assert view is not None and view.stages[0].usage[0].quantity == quantity
