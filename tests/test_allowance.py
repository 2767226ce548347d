"""What feature flags leave of a request, from the pure rule to the recorded lesson."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipeline.allowance import allow
from pipeline.domain import GenerationRequest, Modality, Stage, StageStatus, Status
from pipeline.errors import OperatorError
from pipeline.organisation import COMMAND_LINE
from pipeline.switches import Switch, Switches
from pipeline.work import serve
from tests.conftest import Workshop

OFF = Switch(on=False, why="off: organisation override of Hillsboro (exam week)")
ON = Switch(on=True, why="on for everybody")
Ask = Callable[..., GenerationRequest]


@pytest.mark.parametrize(("asked", "switches", "left", "off"), [
    (["text"], {"video": OFF}, ["text"], []),                        # what was not asked for needs no flag
    (["text", "video"], {"video": OFF}, ["text"], ["video"]),
    (["video"], {"video": OFF}, ["text"], ["video"]),                # a lesson always has its text
    (["video", "images"], {"video": OFF, "images": OFF}, ["text"], ["video", "images"]),
    (["video", "images"], {"images": OFF}, ["video"], ["images"]),   # a film draws its boards all the same
    (["audio", "video"], {"video": OFF}, ["audio"], ["video"]),
    (["video"], {}, ["video"], []),
])
def test_what_the_flags_leave_of_a_request(ask: Ask, asked, switches, left, off):
    allowed = allow(ask(*asked), Switches(**switches), family="embedded")
    assert list(allowed.request.requested_modalities) == left
    assert list(allowed.switched_off) == off
    assert allowed.request.preferred_modality in left
    assert all("exam week" in reason for reason in allowed.switched_off.values())


def test_a_family_that_is_not_here_is_a_sentence_and_never_another_family(ask: Ask):
    with pytest.raises(OperatorError, match=r"google_family is on for everybody.*embedded"):
        allow(ask("text"), Switches(google=ON), family="embedded")
    assert allow(ask("text"), Switches(google=ON), family="google").request.requested_modalities == (Modality.TEXT,)


def switched(workshop: Workshop, **switches: Switch) -> Workshop:
    return workshop.with_parts(switches=lambda _: Switches(**switches))


def test_a_video_request_without_video_is_answered_with_the_text_and_says_why(workshop, ask: Ask):
    shop = switched(workshop(), video=OFF)
    lesson, runs = shop.make(ask("video"))
    assert lesson.status is Status.PARTIAL and lesson.script and lesson.video is None
    assert lesson.switched_off == {Modality.VIDEO: f"Video is switched off for this student ({OFF.why})."}
    assert lesson.forms(ask("video")) == (Modality.TEXT,)
    assert shop.renderer.filmed == 0
    assert {run.stage for run in runs if run.status is StageStatus.SKIPPED} == {Stage.TTS, Stage.IMAGES, Stage.VIDEO}


def test_without_the_cache_flag_a_lesson_is_neither_taken_from_the_shelf_nor_put_there(workshop, ask: Ask):
    plain = workshop()
    shop = switched(plain, cache=OFF)
    for _ in range(2):
        lesson, runs = shop.make(ask("text"))
        assert not lesson.cache_hit
        assert next(run for run in runs if run.stage is Stage.CACHE).status is StageStatus.SKIPPED
    assert not plain.make(ask("text"))[0].cache_hit  # nothing was kept above
    assert plain.make(ask("text"))[0].cache_hit
    assert not shop.make(ask("text"))[0].cache_hit


def test_a_flag_in_the_database_reaches_the_recorded_lesson(workshop, ask: Ask):
    shop = workshop()
    shop.wiring.flags.change(COMMAND_LINE, "video_generation", enabled=False)
    request = ask("video", "text")
    shop.record.accept(request)
    lesson = serve(request.request_id, shop.house, shop.record)
    view = shop.record.view(request.request_id)
    assert lesson is not None and view is not None and view.lesson is not None
    assert view.status is Status.PARTIAL
    assert view.lesson.switched_off == {Modality.VIDEO: "Video is switched off for this student (off for everybody)."}


def test_a_flag_for_a_family_that_is_not_here_fails_the_request_with_its_reason(workshop, ask: Ask):
    shop = workshop()
    shop.wiring.flags.change(COMMAND_LINE, "google_family", enabled=True)
    request = ask("text")
    shop.record.accept(request)
    lesson = serve(request.request_id, shop.house, shop.record)
    assert lesson is not None and lesson.status is Status.FAILED
    assert "turn the flag off" in lesson.reason


def test_the_switches_of_a_request_are_those_of_its_student(workshop, ask: Ask):
    shop = workshop()
    user = shop.wiring.people.grant("ada@example.org", "viewer")
    shop.wiring.flags.override(COMMAND_LINE, "images", user_id=user.user_id, enabled=False, reason="tries text")
    assert not shop.house.switches(ask("images", student_id="ada@example.org")).images.on
    assert shop.house.switches(ask("images", student_id="somebody else")).images.on
    assert shop.wiring.flags.evaluate("images", user.user_id, datetime.now(UTC)).why.startswith("off: user override")
