"""The door to the pipeline: what it promises when the pipeline is in trouble, and what it never does."""

import subprocess
import sys
from pathlib import Path

import pytest

from console import loaders
from console.faults import without_password
from console.loaders import door
from pipeline.config import ROOT
from pipeline.domain import Lesson, Modality, Stage, Status
from pipeline.errors import OperatorError
from pipeline.tracking import Record
from pipeline.wiring import Wiring
from tests.console import lessons

MODEL_LIBRARIES = ("xllamacpp", "onnxruntime", "piper", "typst")


def test_a_request_that_the_record_has_is_accepted_before_any_worker_ever_ran(wiring: Wiring) -> None:
    loaders.submit(lessons.request("first"))
    view = loaders.watch("first")
    assert view is not None and view.status is Status.PENDING


def test_submitting_the_same_request_twice_is_one_request(record: Record) -> None:
    loaders.submit(lessons.request("once"))
    loaders.submit(lessons.request("once"))
    assert [view.request.request_id for view in record.recent()] == ["once"]


def test_a_form_is_expected_to_take_what_its_stages_took(record: Record) -> None:
    lessons.text_lesson(record)
    expected = loaders.expectations()
    text = expected[Modality.TEXT]
    assert text is not None and text.seconds == pytest.approx(4.1 + 18.2)
    assert expected[Modality.VIDEO] is None  # nothing was filmed here yet


def test_an_entry_of_another_version_is_one_sentence(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_: Record, __: str) -> None:
        lessons.request("x", grade_level=99)

    monkeypatch.setattr(Record, "view", unreadable)
    with pytest.raises(OperatorError, match="this version cannot read"):
        loaders.watch("x")


def test_a_database_that_was_deleted_is_made_anew_at_the_next_look(record: Record, tmp_path: Path) -> None:
    lessons.text_lesson(record)
    assert loaders.watch("finished")
    for file in tmp_path.glob("vividly.sqlite*"):
        file.unlink()
    door.wiring().record._engine.dispose()
    with pytest.raises(OperatorError):
        loaders.watch("finished")
    assert loaders.watch("finished") is None


def test_a_sentence_never_shows_a_password() -> None:
    told = without_password("The database postgresql+psycopg://me:s3cret@db:5432/vividly cannot be used")
    assert "s3cret" not in told and "me:***@db:5432" in told


def test_the_page_loads_no_model() -> None:
    names = ", ".join(f"console.{path.stem}" for path in (ROOT / "console").glob("*.py") if path.stem != "__init__")
    code = f"import sys, {names}; print([m for m in {MODEL_LIBRARIES} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_every_stage_that_a_form_needs_has_a_median_before_a_number_is_shown(record: Record) -> None:
    lessons.keep(record, lessons.request("half"), Lesson(request_id="half", status=Status.COMPLETED),
                 (lessons.run(Stage.SCRIPT),))
    assert loaders.expectations()[Modality.TEXT] is None
