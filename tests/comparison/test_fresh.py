"""A lesson that is made fresh costs what making it costs, whatever was made before, and leaves nothing for others."""

from pipeline.domain import Modality, Stage, StageStatus, Unit

METERED = (Unit.VCPU_SECOND, Unit.GIB_SECOND)
"""Differs from run to run with whatever else this machine does."""


def made(workshop, request):
    """The lesson, what each of its stages counted, and all of that together."""
    lesson, runs = workshop.make(request)
    counted = {run.stage: {use.unit: use.quantity for use in run.usage if use.unit not in METERED} for run in runs}
    return lesson, counted, [run.status for run in runs]


def test_nothing_comes_from_the_shelf_or_from_the_parts_of_others(workshop, ask):
    house = workshop()
    plain, usual, _ = made(house, ask("video"))
    again, nothing, _ = made(house, ask("video"))
    assert again.cache_hit and not any(nothing.values())
    fresh, counted, states = made(house, ask("video").model_copy(update={"fresh": True}))
    assert not fresh.cache_hit and states[1] is StageStatus.SKIPPED
    assert counted == usual and counted[Stage.TTS] and counted[Stage.IMAGES]
    assert fresh.script == plain.script  # the same lesson, for its whole price


def test_two_fresh_ones_pay_twice(workshop, ask):
    house = workshop()
    first = made(house, ask("video").model_copy(update={"fresh": True}))[1]
    drawn = house.renderer.drawn
    second = made(house, ask("audio").model_copy(update={"fresh": True}))[1]
    third = made(house, ask("video").model_copy(update={"fresh": True}))[1]
    assert first == third and second[Stage.TTS] == third[Stage.TTS] and second[Stage.TTS]
    assert house.renderer.drawn == 2 * drawn


def test_a_fresh_lesson_is_not_handed_out_to_others(workshop, ask):
    house = workshop()
    made(house, ask("video").model_copy(update={"fresh": True}))
    lesson, counted, _ = made(house, ask("video"))
    assert not lesson.cache_hit and counted[Stage.TTS] and counted[Stage.IMAGES]


def test_a_fresh_request_that_is_tried_again_does_not_pay_for_its_own_parts_twice(workshop, ask):
    house, request = workshop(), ask("video").model_copy(update={"fresh": True})
    made(house, request)
    again = made(house, request)[1]
    assert again[Stage.TTS] == {} == again[Stage.IMAGES]


def test_its_files_are_in_its_own_folder(workshop, ask):
    house, request = workshop(), ask("video").model_copy(update={"fresh": True})
    lesson, _, _ = made(house, request)
    store = house.house.store
    assert store.path(f"{request.request_id}/parts").is_dir() and not list(store.path("parts").glob("*"))
    assert store.path(lesson.video.video).is_file() and store.path(lesson.narration.audio).is_file()


def test_it_is_recorded_that_a_lesson_was_made_fresh(workshop, ask):
    record = workshop().record
    record.accept(ask("text").model_copy(update={"fresh": True}))
    assert record.view("request-1").request.fresh
    assert not ask(Modality.TEXT).fresh
