"""The flow is made by the registry's versions: pins, the shelf's keys, and what the stage runs say."""

from collections.abc import Callable

import pytest

from pipeline.domain import GenerationRequest, Stage, Status
from pipeline.errors import OperatorError
from pipeline.organisation import COMMAND_LINE
from tests.conftest import Workshop
from tests.registry.conftest import longer


def test_a_pinned_version_is_what_the_model_gets_and_what_the_stage_run_names(
    workshop: Callable[..., Workshop], ask: Callable[..., GenerationRequest],
):
    shop = workshop()
    plain = shop.wiring.registry.labelled("plain")
    lesson, runs = shop.make(ask("text").model_copy(update={"prompts": plain, "fresh": True}))
    assert lesson.status is Status.COMPLETED
    asked = next(prompt for prompt in shop.text.prompts if prompt.name == "hook")
    assert asked.version == plain["hook"] and asked.user.startswith("Write a question about Newton")
    script = next(run for run in runs if run.stage is Stage.SCRIPT)
    assert f"hook@{plain['hook']}" in script.prompts and f"link@{plain['link']}" in script.prompts


def test_a_lesson_on_the_shelf_is_of_its_prompts_and_a_promotion_needs_no_restart(
    workshop: Callable[..., Workshop], ask: Callable[..., GenerationRequest],
):
    shop = workshop()
    registry = shop.wiring.registry
    assert not shop.make(ask("text"))[0].cache_hit and shop.make(ask("text"))[0].cache_hit
    assert not shop.make(ask("text").model_copy(update={"prompts": registry.labelled("plain")}))[0].cache_hit
    saved = registry.save(COMMAND_LINE, longer(registry), message="longer")
    registry.promote(COMMAND_LINE, {"hook": saved.version}, override="try")
    lesson, runs = shop.make(ask("text"))
    assert not lesson.cache_hit and any(f"hook@{saved.version}" in run.prompts for run in runs)
    registry.rollback(COMMAND_LINE, "hook", why="worse")
    assert shop.make(ask("text"))[0].cache_hit  # what was made by these versions is still there


def test_a_version_that_is_not_there_is_the_operators_business(
    workshop: Callable[..., Workshop], ask: Callable[..., GenerationRequest],
):
    with pytest.raises(OperatorError, match="pins a prompt that cannot be had"):
        workshop().make(ask("text").model_copy(update={"prompts": {"hook": "0000000000"}}))
