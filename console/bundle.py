"""Everything about a lesson in one zip: the text, the files, and the record of how they were made."""

import io
import json
import re
import zipfile
from pathlib import PurePosixPath

from console import loaders
from pipeline.domain import Lesson, Modality
from pipeline.report import as_json
from pipeline.shelf import files_of
from pipeline.tracking import RequestView


def zipped(view: RequestView, lesson: Lesson) -> bytes:
    """The zip. Files that are gone are named in `record.json` under `missing`; paths there are those in the zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        kept = {name: f"{kind}/{PurePosixPath(name).name}" for name, kind in _folders(lesson).items()}
        found = {name: loaders.file(name) for name in kept}
        for name, path in found.items():
            if path is not None:
                archive.write(path, kept[name], zipfile.ZIP_STORED)  # media are compressed already
        if lesson.script and Modality.TEXT in lesson.forms(view.request):
            archive.writestr("article.md", lesson.script.article + "\n")
        record = as_json(view.request, lesson, view.stages, loaders.store())
        record["artifacts"] = [kept[name] for name, path in found.items() if path is not None]
        record["missing"] = [kept[name] for name, path in found.items() if path is None]
        archive.writestr("record.json", json.dumps(record, indent=2, ensure_ascii=False))
    return buffer.getvalue()


def _folders(lesson: Lesson) -> dict[str, str]:
    folders = {"audio": "audio", "captions": "captions", "image": "images"}
    return {name: folders.get(kind, "video") for name, kind in files_of(lesson).items()}


def file_name(view: RequestView) -> str:
    """A name that says what is inside: letters and digits of the question, and the start of the id."""
    named = re.findall(r"[a-z0-9]{1,20}", view.request.student_query.lower())[:6]
    return "-".join([*named, view.request.request_id[:8]]) + ".zip"
