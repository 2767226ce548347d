"""A text and a film whose files are kept in the stand-in's bucket: made by one worker, gone on with, served and shown by others."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from pipeline import families
from pipeline.api import build_app
from pipeline.api.links import Links, signing_key
from pipeline.commands.providers import _looked, _services
from pipeline.commands.rehearsed_files import compare
from pipeline.config import Settings
from pipeline.domain import Lesson, Stage, StageStatus, Status, Unit
from pipeline.errors import PipelineError
from pipeline.generate import generate
from pipeline.report import as_json
from pipeline.shelf import files_of
from pipeline.tables import UsageRow
from pipeline.testing import FakeRenderer, FakeWiring, QuietJournal
from pipeline.testing.cloud_faults import refusal
from pipeline.testing.google import Google
from pipeline.testing.google_links import SIGNER
from pipeline.trace import Trace
from pipeline.work import serve
from tests.providers.google.test_storage import opened


@pytest.fixture
def google(stand_in: tuple[Google, str]) -> Google:
    google, _ = stand_in
    google.faults.clear(), google.asked.clear(), google.bucket.objects.clear(), google.bucket.written.clear()
    return google


@pytest.fixture
def kept(settings: Settings, google: Google, stand_in: tuple[Google, str]) -> Settings:
    return replace(settings, artifacts=f"gs://{google.bucket.name}/lessons", google_project=google.project,
                   google_endpoint=stand_in[1], google_impersonate=SIGNER)


def elsewhere(settings: Settings) -> Settings:
    """Another machine of the same installation: the record is common, the folder is empty."""
    return replace(settings, home=settings.home.parent / "another")


def in_bucket(google: Google) -> set[str]:
    return {name.removeprefix("lessons/") for name in google.bucket.objects}


def made(settings: Settings, request, renderer: FakeRenderer | None = None) -> tuple[FakeWiring, Lesson | None]:
    wiring = FakeWiring(settings, renderer=renderer)
    wiring.record.accept(request)
    return wiring, serve(request.request_id, wiring.open_house(), wiring.record)


def test_all_that_a_film_names_is_in_the_bucket_and_comes_back_as_it_was_made(kept: Settings, google: Google, ask):
    wiring, text = made(kept, ask("text"))
    assert text.status is Status.COMPLETED and google.asked == [], "a text has no files"
    wiring, film = made(kept, ask("text", "audio", "images", "video"))
    assert film.status is Status.COMPLETED and set(files_of(film)) <= in_bucket(google)
    found = compare([text, film], wiring.store, google.bucket, kept)
    assert (found.files, found.wrong) == (len(files_of(film)), ()) and found.bytes > 1000
    assert not kept.store.exists(), "nothing is kept in the folder of lessons"


def test_another_worker_takes_the_lesson_from_the_shelf_without_making_anything(kept: Settings, google: Google, ask):
    made(kept, ask("audio"))
    before = list(google.bucket.written)
    common = replace(elsewhere(kept), database_url=kept.database_url)
    _, again = made(common, ask("audio"))
    assert again.cache_hit and google.bucket.written == before
    store = families.store(common)
    assert all(store.fetch(name) for name in files_of(again))


def test_a_lesson_whose_file_was_removed_from_the_bucket_is_made_again(kept: Settings, google: Google, ask):
    _, lesson = made(kept, ask("audio"))
    del google.bucket.objects[f"lessons/{lesson.narration.audio}"]
    _, again = made(kept, ask("audio"))
    assert not again.cache_hit and again.narration.audio in in_bucket(google)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("calls", [1, 8, 17])
def test_whenever_a_worker_dies_no_stage_names_a_file_that_is_not_there(kept: Settings, google: Google, ask, calls: int,
                                                                       monkeypatch: pytest.MonkeyPatch):
    bucket, answered = google.bucket, 0
    wiring, journal = FakeWiring(kept), QuietJournal()
    house = wiring.open_house()
    publish = type(house.store).publish

    def dying(store, name: str) -> None:
        nonlocal answered
        answered += 1
        if answered == calls:
            raise Killed
        publish(store, name)

    monkeypatch.setattr(type(house.store), "publish", dying)
    request = ask("audio", "images", "video", fresh=True)
    lesson: list[Lesson] = []
    with suppress(Killed):
        lesson.append(generate(house.allow(request), house, Trace(journal)))
    monkeypatch.undo()
    whole = {run.stage for run in journal.runs if run.status is StageStatus.COMPLETED}
    there = in_bucket(google)
    assert Stage.TTS not in whole or {f"{request.request_id}/{name}" for name in ("audio.m4a", "captions.vtt", "soundtrack.wav")} <= there
    assert Stage.VIDEO not in whole or {f"{request.request_id}/{name}" for name in ("video-1080.mp4", "poster.png")} <= there
    assert all(set(files_of(one)) <= there for one in lesson)
    assert bucket.written or calls == 1


def test_a_worker_that_dies_after_the_sound_leaves_all_that_another_needs_for_the_film(kept: Settings, google: Google, ask):
    request = ask("audio", "images", "video")
    _, first = made(kept, request, FakeRenderer(fail=PipelineError("The worker died.")))
    assert first.status is Status.PARTIAL and first.narration
    store = families.store(elsewhere(kept))
    folder = first.narration.audio.rpartition("/")[0]
    needed = [scene.wav for scene in first.narration.scenes]
    needed += [f"{folder}/soundtrack.wav", first.narration.captions, *first.frames.images]
    assert needed and all(store.fetch(name) for name in needed)


def test_a_bucket_that_is_closed_fails_the_forms_with_the_command_that_opens_it(kept: Settings, google: Google, ask,
                                                                               monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(google.bucket, "rights", ("storage.objects.get", "storage.objects.list"))
    _, lesson = made(kept, ask("text", "audio"))
    assert lesson.status is Status.PARTIAL
    assert "roles/storage.objectUser" in next(iter(lesson.failed_modalities.values()))


# the API


@pytest.fixture
def desk(kept: Settings, google: Google, ask) -> Iterator[tuple[FakeWiring, TestClient, Lesson]]:
    wiring, lesson = made(kept, ask("audio"))
    with TestClient(build_app(wiring), follow_redirects=False) as client:
        yield wiring, client, lesson


def ours(wiring: FakeWiring, lesson: Lesson) -> str:
    settings = wiring.settings
    return Links(signing_key(settings.signing_key, settings.home)).to(lesson.narration.audio, lesson.request_id)


def delivered(wiring: FakeWiring) -> list[int]:
    with wiring.engine.connect() as connection:
        return [int(row) for row in connection.scalars(select(UsageRow.quantity).where(UsageRow.unit == Unit.BYTE_DELIVERED))]


def test_the_api_sends_whoever_has_a_link_to_the_bucket(desk: tuple[FakeWiring, TestClient, Lesson], google: Google):
    wiring, client, lesson = desk
    content = google.bucket.objects[f"lessons/{lesson.narration.audio}"].content
    answer = client.get(ours(wiring, lesson))
    assert answer.status_code == 307 and answer.headers["referrer-policy"] == "no-referrer"
    status, body, headers = opened(answer.headers["location"])
    assert (status, body, headers["Content-Type"]) == (200, content, "audio/mp4")
    assert 'filename="audio.m4a"' in headers["Content-Disposition"]
    client.get(ours(wiring, lesson), headers={"Range": "bytes=100-"})
    assert delivered(wiring) == [len(content)], "who goes on from the middle has been counted"
    head = client.head(ours(wiring, lesson))
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(content)))
    del google.bucket.objects[f"lessons/{lesson.narration.audio}"]
    assert client.get(ours(wiring, lesson)).status_code == 404


def test_the_api_says_when_the_bucket_is_away_or_nobody_may_sign(desk: tuple[FakeWiring, TestClient, Lesson], google: Google,
                                                               monkeypatch: pytest.MonkeyPatch):
    wiring, client, lesson = desk
    monkeypatch.setattr(google.bucket.links, "allowed", False)
    assert client.get(ours(wiring, lesson)).status_code == 503
    monkeypatch.setattr(wiring.store, "_retry", wiring.store._retry.with_timeout(0.01))
    google.faults.extend([refusal(503)] * 2)
    answer = client.get(ours(wiring, lesson))
    assert answer.status_code == 503 and answer.headers["retry-after"]


def test_the_check_looks_at_the_bucket_and_at_who_signs(kept: Settings, google: Google, monkeypatch: pytest.MonkeyPatch):
    services = dict(_services(kept))
    assert [(_looked(part, services[part]).works) for part in ("files", "links")] == [True, True]
    monkeypatch.setattr(google.bucket, "rights", ())
    monkeypatch.setattr(google.bucket.links, "allowed", False)
    said = [_looked(part, services[part]).said for part in ("files", "links")]
    assert "roles/storage.objectUser" in said[0] and "roles/iam.serviceAccountTokenCreator" in said[1]
    assert "files" not in dict(_services(replace(kept, artifacts="")))


def test_the_console_finds_what_another_machine_made(kept: Settings, google: Google, ask):
    wiring, lesson = made(kept, ask("audio", "images"))
    view = wiring.record.view(lesson.request_id)
    told = as_json(view.request, lesson, view.stages, families.store(elsewhere(kept)))["artifacts"]
    assert Path(told["audio"]).is_file() and all(Path(image).is_file() for image in told["images"]) and told["video"] is None
    assert str(kept.home.parent / "another") in told["audio"]
