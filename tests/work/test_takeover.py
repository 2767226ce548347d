"""Workers that die or only seem to: what they held is taken over, what they had finished is neither run nor billed again."""

import signal
from collections import Counter
from collections.abc import Callable

import pytest

from pipeline.domain import GenerationRequest, Stage, StageStatus, Status
from pipeline.tables import EventKind
from pipeline.tracking import RequestView
from tests.work.conftest import Shop

Ask = Callable[..., GenerationRequest]


def billed(view: RequestView) -> dict[Stage, int]:
    """How many runs of each stage have a bill."""
    return dict(Counter(run.stage for run in view.stages if run.usage))


def completed(view: RequestView) -> dict[Stage, int]:
    return dict(Counter(run.stage for run in view.stages if run.status is StageStatus.COMPLETED))


@pytest.mark.parametrize("stages", [
    ("nlu", "cache", "retrieval", "script"), ("tts", "images", "video", "after-video"),
])
def test_a_lesson_survives_the_death_of_a_worker_in_every_stage(any_shop: Shop, ask: Ask, stages: tuple[str, ...]):
    shop = any_shop
    request_id = shop.queue.submit(ask("video"))
    for stage in stages:
        worker = shop.start_worker(f"hang-{stage}")
        shop.hung(f"hang-{stage}")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    shop.start_worker()
    view = shop.decided(request_id)
    assert view.status is Status.COMPLETED and view.lesson is not None and view.lesson.video is not None
    assert completed(view) == dict.fromkeys(Stage, 1)
    assert set(billed(view).values()) == {1}
    assert shop.kinds(request_id).count(EventKind.TAKEN_OVER) == 4
    assert not [run for run in view.stages if run.status is StageStatus.RUNNING]
    assert {run.stage for run in view.stages if run.status is StageStatus.FAILED} == {
        Stage(stage) for stage in stages if stage in list(Stage)}


def test_a_worker_that_was_only_asleep_writes_nothing_when_it_wakes(any_shop: Shop, ask: Ask):
    shop = any_shop
    sleeper = shop.start_worker("slow", "hang-images")
    request_id = shop.queue.submit(ask("audio", "images"))
    shop.hung("hang-images")
    sleeper.send_signal(signal.SIGSTOP)
    shop.start_worker("hasty")
    view = shop.decided(request_id)
    assert view.status is Status.COMPLETED
    before = (view, shop.record.events(request_id))

    sleeper.send_signal(signal.SIGCONT)
    log = shop.traces.parent / "worker.log"
    shop.until(lambda: "lease lost" in log.read_text(), "the sleeper's end")
    assert (shop.record.view(request_id), shop.record.events(request_id)) == before
    assert set(billed(view).values()) == {1} and shop.kinds(request_id).count(EventKind.DECIDED) == 1
    taken_over = next(event for event in before[1] if event.kind is EventKind.TAKEN_OVER)
    assert taken_over.data["silent_seconds"] >= 5


def test_what_kills_its_workers_again_and_again_is_given_up(shop: Shop, ask: Ask):
    request_id = shop.queue.submit(ask("text"))
    for _ in range(6):
        worker = shop.start_worker("hang-script")
        shop.hung("hang-script")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    shop.start_worker()
    view = shop.decided(request_id)
    assert view.status is Status.FAILED and view.error == "6 workers died while they made this lesson."
    (dead,) = shop.record.dead_letters()
    assert dead.request_id == request_id and len([e for e in dead.history if e["kind"] == "taken"]) == 6


def test_an_accepted_request_that_the_engine_never_heard_of_is_made(any_shop: Shop, ask: Ask):
    request = ask("text")
    any_shop.record.accept(request)  # whoever accepted it died before telling the engine
    any_shop.start_worker()
    assert any_shop.decided(request.request_id).status is Status.COMPLETED


def test_a_long_render_does_not_delay_a_text(shop: Shop, ask: Ask):
    shop.start_worker("hang-tts")
    film = shop.queue.submit(ask("video"))
    shop.hung("hang-tts")
    assert shop.decided(shop.queue.submit(ask("text", student_id="kim"))).status is Status.COMPLETED
    shop.queue.cancel(film)
    assert shop.decided(film).status is Status.CANCELLED


def test_a_worker_takes_only_from_the_queues_it_was_given(shop: Shop, ask: Ask):
    shop.start_worker("--queues=text")
    film = shop.queue.submit(ask("video"))
    assert shop.decided(shop.queue.submit(ask("text"))).status is Status.COMPLETED
    view = shop.record.view(film)
    assert view is not None and view.status is Status.PENDING
    assert [worker.queues for worker in shop.record.workers()] == [("text",)]
    assert {queue.name: queue.waiting for queue in shop.record.queues()} == {"text": 0, "video": 1}
