"""The queue and the worker: what is submitted is made once, whatever happens to the process that makes it."""

import signal
from collections.abc import Callable
from dataclasses import replace

from pipeline.config import Settings
from pipeline.domain import GenerationRequest, Stage, StageStatus, Status
from pipeline.tables import EventKind
from pipeline.work import queue_url
from tests.conftest import QUESTION
from tests.work.conftest import Shop

Ask = Callable[..., GenerationRequest]


def test_what_is_submitted_is_made_and_an_idle_worker_ends_when_it_is_told(shop: Shop, ask: Ask):
    worker = shop.start_worker()
    ids = [shop.queue.submit(ask("text", interest=name)) for name in ("basketball", "music")]
    for request_id in ids:
        view = shop.decided(request_id)
        assert view.status is Status.COMPLETED
        assert [run.stage for run in view.stages] == list(Stage)
    assert shop.queue.watch(ids[0]) == shop.record.view(ids[0])
    worker.send_signal(signal.SIGINT)
    assert shop.ended(worker) == 0
    log = (shop.traces.parent / "worker.log").read_text()
    assert "COST SAVINGS: $0.183" in log and QUESTION not in log  # a student's words stay out of it


def test_a_request_that_waited_for_a_worker_is_made_once_however_often_it_was_submitted(shop: Shop, ask: Ask):
    request = ask("audio")
    assert {shop.queue.submit(request) for _ in range(3)} == {request.request_id}
    shop.start_worker()
    view = shop.decided(request.request_id)
    assert shop.queue.submit(request) == request.request_id
    other = shop.queue.submit(ask("text"))
    shop.decided(other)  # the worker has been past the repetition by now
    again = shop.record.view(request.request_id)
    assert again == view and view.status is Status.COMPLETED
    assert len(view.stages) == len(Stage) and len(shop.said()) == len(set(shop.said()))


def test_a_worker_killed_in_the_middle_of_a_stage_loses_nothing_and_doubles_nothing(shop: Shop, ask: Ask):
    request = ask("text", "audio")
    killed = shop.start_worker("slow")
    shop.queue.submit(request)
    shop.until(lambda: len(shop.said()) >= 4, "a scene after the first")  # the first is read in two pieces
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    spoken = shop.said()

    shop.start_worker()
    view = shop.decided(request.request_id)
    assert view.status is Status.COMPLETED and view.lesson is not None and view.lesson.narration is not None
    tts = [run for run in view.stages if run.stage is Stage.TTS]
    assert [(run.status, run.attempts) for run in tts] == [(StageStatus.FAILED, 1), (StageStatus.COMPLETED, 2)]
    assert "stopped in the middle" in tts[0].error
    assert not [run for run in view.stages if run.status is StageStatus.RUNNING]
    assert len([run for run in view.stages if run.stage is Stage.NLU]) == 1  # its result was kept
    assert not set(shop.said()[len(spoken):]) & set(spoken[:2])  # a scene whose file was written is not read again


def test_a_request_that_waits_is_cancelled_and_never_made(shop: Shop, ask: Ask):
    request_id = shop.queue.submit(ask("audio"))
    shop.queue.cancel(request_id)
    shop.start_worker()
    shop.decided(shop.queue.submit(ask("text")))
    view = shop.decided(request_id)
    assert view.status is Status.CANCELLED and view.stages == () and shop.said() == []


def test_a_request_under_way_stops_when_it_is_cancelled(shop: Shop, ask: Ask):
    shop.start_worker("slow")
    request_id = shop.queue.submit(ask("text", "audio", "video"))
    shop.until(shop.said, "the first scene")
    shop.queue.cancel(request_id)
    view = shop.decided(request_id)
    assert view.status is Status.CANCELLED
    assert view.stages[-1].stage is Stage.TTS and view.stages[-1].status is StageStatus.FAILED
    assert view.stages[-1].usage  # what was spoken is paid for


def test_a_worker_that_is_told_to_stop_finishes_what_is_quick(shop: Shop, ask: Ask):
    worker = shop.start_worker("slow", "patient")
    request_id = shop.queue.submit(ask("audio"))
    shop.until(shop.said, "the first scene")
    worker.send_signal(signal.SIGTERM)
    assert shop.ended(worker) == 0
    view = shop.record.view(request_id)
    assert view is not None and view.status is Status.COMPLETED
    assert [worker.stopped_at is not None for worker in shop.record.workers()] == [True]


def test_a_worker_that_is_told_to_stop_hands_back_what_is_slow_and_the_next_one_finishes(shop: Shop, ask: Ask):
    worker = shop.start_worker("drawling")
    request_id = shop.queue.submit(ask("text", "audio"))
    shop.until(shop.said, "the first scene")
    worker.send_signal(signal.SIGTERM)
    assert shop.ended(worker) == 0
    view = shop.record.view(request_id)
    assert view is not None and view.status is Status.PENDING  # it did not wait for the lesson
    assert shop.record.events(request_id)[-1].kind is EventKind.HANDED_BACK
    shop.start_worker()
    assert shop.decided(request_id).status is Status.COMPLETED


def test_a_request_that_could_not_be_recorded_is_made_by_the_next_worker(shop: Shop, ask: Ask):
    broken = shop.start_worker("broken-record")
    request_id = shop.queue.submit(ask("text"))
    log = shop.traces.parent / "worker.log"
    shop.until(lambda: log.exists() and "request dropped" in log.read_text(), "the fault of the record")
    broken.send_signal(signal.SIGTERM)
    shop.ended(broken)
    assert shop.record.undecided() == [request_id]
    shop.start_worker()
    assert shop.decided(request_id).status is Status.COMPLETED


def test_the_queue_lies_beside_the_record(settings: Settings):
    assert queue_url(settings) == f"sqlite:///{settings.home / 'queue.sqlite'}"
    there = replace(settings, database_url="postgresql+psycopg2://sam:a%40b@db:5433/vividly?sslmode=require")
    assert queue_url(there) == "postgresql+psycopg://sam:a%40b@db:5433/vividly?sslmode=require"


def test_a_lesson_is_made_on_postgresql(shop_on: Callable[[Settings], Shop], settings: Settings, postgresql: str, ask: Ask):
    shop = shop_on(replace(settings, database_url=postgresql))
    request = ask("text").model_copy(update={"request_id": "on-postgresql"})
    shop.queue.submit(request)
    shop.queue.submit(request)
    shop.start_worker()
    view = shop.decided(request.request_id)
    assert view.status is Status.COMPLETED and [run.stage for run in view.stages] == list(Stage)
    assert not (settings.home / "queue.sqlite").exists()
