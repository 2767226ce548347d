"""The zip of a lesson."""

import io
import json
import zipfile

from console.bundle import file_name, zipped
from pipeline.store import LocalStore
from pipeline.tracking import Record
from tests.console import lessons


def opened(record: Record, request_id: str) -> zipfile.ZipFile:
    view = record.view(request_id)
    assert view and view.lesson
    return zipfile.ZipFile(io.BytesIO(zipped(view, view.lesson)))


def test_everything_about_a_lesson_is_in_it(record: Record, store: LocalStore) -> None:
    lessons.full_lesson(record, store)
    archive = opened(record, "whole")
    told = json.loads(archive.read("record.json"))
    assert archive.read("article.md").decode().strip() == lessons.ARTICLE
    assert {"audio/audio.m4a", "captions/captions.vtt", "images/scene-1.png", "video/video-1080.mp4"} <= set(archive.namelist())
    assert set(told["artifacts"]) == set(archive.namelist()) - {"article.md", "record.json"}
    assert told["missing"] == []


def test_files_that_are_gone_are_named(record: Record, store: LocalStore) -> None:
    lessons.full_lesson(record, store)
    store.path("whole/video-720.mp4").unlink()
    archive = opened(record, "whole")
    assert json.loads(archive.read("record.json"))["missing"] == ["video/video-720.mp4"]
    assert "video/video-720.mp4" not in archive.namelist()


def test_no_path_of_this_machine_is_given_away(record: Record, store: LocalStore) -> None:
    lessons.full_lesson(record, store)
    assert str(store.path("whole")) not in opened(record, "whole").read("record.json").decode()


def test_the_name_of_the_file_is_made_of_letters_and_digits_only(record: Record) -> None:
    lessons.text_lesson(record, student_query="../../etc/passwd: \u202e<b>What</b>?\n" + "x" * 90)
    view = record.view("finished")
    assert view and file_name(view) == "etc-passwd-b-what-b-xxxxxxxxxxxxxxxxxxxx-finished.zip"
