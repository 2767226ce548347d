"""Bytes stored are usage of the stage that made the file: once, and only where they were made."""

from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.domain import GenerationRequest, Stage, StageRun, StageStatus, Unit
from pipeline.tracking import Record
from tests.tracking.conftest import lesson_of


def test_a_file_is_billed_once_by_the_stage_that_made_it(record: Record, ask: Callable[..., GenerationRequest]):
    request = ask("video")
    record.accept(request)
    taken = record.begin(request.request_id)
    assert taken is not None
    for stage in (Stage.TTS, Stage.IMAGES):
        run = StageRun(stage=stage, status=StageStatus.COMPLETED, family="embedded", started_at=datetime.now(UTC))
        record.stage_finished(request.request_id, run, 0.5, lease=taken.lease)
    own = request.request_id
    files = {f"{own}/a.m4a": ("audio", 1000), f"{own}/c.vtt": ("captions", 24), f"{own}/1.png": ("image", 7),
             "another/2.png": ("image", 5000), f"{own}/v.mp4": ("video", 9)}
    for _ in range(2):
        record.finish(lesson_of(request), files)
    view = record.view(own)
    assert view is not None
    billed = {run.stage: [(u.unit, u.quantity) for u in run.usage] for run in view.stages}
    assert billed == {Stage.TTS: [(Unit.BYTE_STORED, 1024)], Stage.IMAGES: [(Unit.BYTE_STORED, 7)]}
