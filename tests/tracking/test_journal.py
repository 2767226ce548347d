"""The journal: progress that only goes forward, one line in the log for each stage, a stop that is heard."""

import logging
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.domain import GenerationRequest, Stage, StageRun, StageStatus
from pipeline.tracking import Record, RequestJournal

PLAN = (Stage.NLU, Stage.CACHE, Stage.RETRIEVAL, Stage.SCRIPT, Stage.TTS, Stage.IMAGES, Stage.VIDEO)


def journal(record: Record, request: GenerationRequest, plan: tuple[Stage, ...] = PLAN) -> RequestJournal:
    return RequestJournal(record, request.request_id, plan, write_every=0.0)


def progress(record: Record, request: GenerationRequest) -> float:
    view = record.view(request.request_id)
    assert view is not None
    return view.progress


def finished(stage: Stage, status: StageStatus = StageStatus.COMPLETED) -> StageRun:
    return StageRun(stage=stage, status=status)


ways = st.sampled_from(["run", "skip", "fail"])
lives = st.lists(st.tuples(st.sampled_from(PLAN), ways, st.lists(st.floats(-0.5, 2.0), max_size=3)), max_size=8)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # nothing here depends on the database
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives)
@example([(Stage.VIDEO, "run", [0.9, 0.1, 1.0]), (Stage.VIDEO, "run", [1.0]), (Stage.VIDEO, "run", [1.0])])
def test_progress_never_goes_back_and_never_passes_the_end(
    record: Record, ask: Callable[..., GenerationRequest], life: list[tuple[Stage, str, list[float]]]
):
    request = ask()
    record.accept(request)
    heard = journal(record, request)
    shown = [0.0]
    for stage, way, fractions in life:
        if way == "skip":
            heard.stage_finished(finished(stage, StageStatus.SKIPPED))
        else:
            heard.stage_started(stage, "fake", "m")
            for fraction in fractions:
                heard.progress(fraction)
                shown.append(progress(record, request))
            heard.stage_finished(finished(stage, StageStatus.FAILED if way == "fail" else StageStatus.COMPLETED))
        shown.append(progress(record, request))
    assert shown == sorted(shown) and shown[-1] <= 1.0


def test_a_whole_plan_ends_at_one(record: Record, accepted: GenerationRequest):
    heard = journal(record, accepted, PLAN[:4])
    for stage in PLAN[:4]:
        heard.stage_started(stage, "fake", "m")
        heard.stage_finished(finished(stage))
    assert progress(record, accepted) == pytest.approx(1.0)


def test_progress_within_a_stage_is_shown(record: Record, accepted: GenerationRequest):
    heard = journal(record, accepted, (Stage.SCRIPT,))
    heard.progress(0.9)  # no stage is under way
    assert progress(record, accepted) == 0.0
    heard.stage_started(Stage.SCRIPT, "fake", "m")
    heard.progress(0.25)
    assert progress(record, accepted) == 0.25


def test_the_draft_is_shown_as_it_grows(record: Record, accepted: GenerationRequest):
    heard = journal(record, accepted)
    for text in ("# Forces", "# Forces\n\nThey come in pairs."):
        heard.draft(text)
        view = record.view(accepted.request_id)
        assert view is not None and view.draft == text


def test_a_stop_is_heard_and_not_forgotten(record: Record, accepted: GenerationRequest):
    heard = journal(record, accepted)
    assert heard.cancelled() is False
    record.begin(accepted.request_id)
    record.cancel(accepted.request_id)
    assert heard.cancelled() is True and heard.cancelled() is True


def test_the_log_has_a_constant_line_for_each_stage_with_its_facts_as_fields(
    record: Record, accepted: GenerationRequest, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO, logger="pipeline"):
        heard = journal(record, accepted)
        heard.stage_started(Stage.NLU, "fake", "m")
        heard.stage_finished(finished(Stage.NLU))
    (line,) = caplog.records
    assert line.message == "stage finished"
    facts = vars(line)
    assert (facts["action"], facts["stage"], facts["request_id"]) == ("stage_finished", "nlu", accepted.request_id)
    assert accepted.student_query not in str(facts)  # a student's words stay out of the log
