"""A corrected storyboard: what changed, what is made again, what nobody vouches for."""

import pytest

from console.revision import Correction, as_it_is, changed, corrected, to_be_made, unsupported
from pipeline.domain import Modality
from pipeline.errors import BadRequest
from tests.console.lessons import BOARD, request, script


def with_change(number: int, **change: str) -> list[Correction]:
    corrections = [as_it_is(scene) for scene in BOARD.scenes]
    corrections[number - 1] = corrections[number - 1].model_copy(update=change)
    return corrections


def test_a_storyboard_without_changes_is_the_same() -> None:
    assert corrected(BOARD, with_change(1)) == BOARD


def test_a_new_narration_changes_its_scene_and_nothing_else() -> None:
    after = corrected(BOARD, with_change(2, narration="Every push is answered."))
    assert changed(BOARD, after) == [2]
    assert after.scenes[1].visual == BOARD.scenes[1].visual


def test_a_new_heading_goes_to_the_board() -> None:
    after = corrected(BOARD, with_change(1, heading="Action and reaction"))
    assert after.scenes[0].visual.model_dump()["heading"] == "Action and reaction"


@pytest.mark.parametrize("change", [{"narration": "  "}, {"heading": ""}])
def test_a_scene_that_would_say_or_show_nothing_is_named(change: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match="scene 1"):
        corrected(BOARD, with_change(1, **change))


@pytest.mark.parametrize(("modalities", "change", "made"), [
    ((Modality.VIDEO,), {"narration": "Short."}, ["the voice of scene 2", "the film of scene 2, and the joining of the whole film"]),
    ((Modality.VIDEO,), {"on_screen": "Pairs"}, ["the board of scene 2", "the film of scene 2, and the joining of the whole film"]),
    ((Modality.AUDIO,), {"narration": "Short."}, ["the voice of scene 2"]),  # no pictures were asked for
    ((Modality.AUDIO,), {"on_screen": "Pairs"}, []),
    ((Modality.IMAGES,), {"narration": "Short."}, []),  # a board does not change with what is said
])
def test_only_what_changed_is_made_again(modalities: tuple[Modality, ...], change: dict[str, str], made: list[str]) -> None:
    after = corrected(BOARD, with_change(2, **change))
    assert to_be_made(request("r", *modalities), BOARD, after) == made


def test_a_figure_that_no_passage_has_is_named() -> None:
    after = corrected(BOARD, with_change(2, narration="A book of 8 N is pushed back with 99 N."))
    assert unsupported(script(), BOARD.scenes[1], after.scenes[1]) == ["99"]
