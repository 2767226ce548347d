"""The record of deploys: the same twice is one, a return is another, and files and audit entries are read with care."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.deployments import Deploy, moment, read_deploys
from pipeline.deployments.audit import Noted, deploys_of
from pipeline.errors import BadRequest, NotAllowed
from pipeline.organisation import COMMAND_LINE, Actor, Audit
from pipeline.tables import DeployOrigin, UserRole
from tests.deployments.conftest import NOW, Office
from tests.deployments.story import BEGAN, DEPLOYS, HOUR, JOB, MINUTE

DIGEST = "sha256:" + "c6477cd7" * 8
ONE = Deploy(build="eda8fd41", commit="85cffd8", image="worker", at=BEGAN)


def test_the_same_build_twice_is_one_deploy_and_what_was_unknown_is_filled_in(office: Office):
    bare = ONE.model_copy(update={"commit": "", "image": ""})
    assert office.deployments.record(COMMAND_LINE, bare) is True
    assert office.deployments.record(COMMAND_LINE, ONE.model_copy(update={"at": BEGAN + MINUTE})) is False
    (kept,) = office.deployments.all()
    assert (kept.commit, kept.image, kept.at, kept.recorded_by) == ("85cffd8", "worker", BEGAN, "command line")
    changes = Audit(office.engine).entries(COMMAND_LINE, action="deploy.")
    assert [change.action for change in changes] == ["deploy.completed", "deploy.recorded"]


def test_a_return_to_an_earlier_build_is_another_deploy(office: Office):
    first, second, _ = DEPLOYS
    back = first.model_copy(update={"at": second.at + HOUR})
    office.record(first, second, back, back, first)
    assert [deploy.build for deploy in office.deployments.all()] == [first.build, second.build, first.build]


@pytest.mark.parametrize(("changed", "said"), [
    ({"at": NOW + HOUR}, "is in the future"), ({"build": " "}, "build: must have 1 to 200"),
    ({"commit": "c" * 65}, "commit: must have 0 to 64"), ({"note": "a\x00b"}, "note: must be plain text"),
    ({"commit": "4291f22"}, "recorded with '85cffd8'"), ({"image": "other"}, "recorded with 'worker'"),
])
def test_what_cannot_be_is_refused_in_one_sentence(desk: Office, changed: dict[str, Any], said: str):
    desk.record(ONE)
    with pytest.raises(BadRequest, match=said):
        desk.record(ONE.model_copy(update=changed))
    assert desk.deployments.all()[0].commit == "85cffd8"


def test_recording_needs_the_permission(desk: Office):
    viewer = Actor(user_id="v", name="V", role=UserRole.VIEWER)
    with pytest.raises(NotAllowed):
        desk.deployments.record(viewer, ONE)


def test_a_deploy_is_found_by_the_beginning_of_its_build_or_commit(desk: Office):
    desk.record(*DEPLOYS)
    assert [desk.deployments.find(name).build for name in ("eda8", "4291", "d9e50e55")] == [d.build for d in DEPLOYS]
    for name, said in (("zzz", "none is known as 'zzz'"), ("", "none is known")):
        with pytest.raises(BadRequest, match=said):
            desk.deployments.find(name)


ROWS = [{"build": "eda8fd41", "commit": "85cffd8", "image": "i", "at": "2025-11-04T02:00:00Z"},
        {"build": "a879e323", "commit": "4291f22", "image": "", "at": "2025-11-04 03:00:00+01:00"}]
AS_CSV = "build,commit,image,at\n" + "\n".join(",".join(row.values()) for row in ROWS)


@pytest.mark.parametrize("text", [
    json.dumps(ROWS), json.dumps(ROWS, indent=2), "\n".join(json.dumps(row) for row in ROWS) + "\n\n", AS_CSV,
    "\ufeff" + AS_CSV, AS_CSV.replace("\n", "\r\n"),
])
def test_a_file_of_deploys_is_read_in_every_shape(tmp_path: Path, text: str):
    path = tmp_path / "deploys"
    path.write_text(text, encoding="utf-8", newline="")
    assert [(d.build, d.commit, d.image, d.at, d.origin) for d in read_deploys(path)] == [
        ("eda8fd41", "85cffd8", "i", datetime(2025, 11, 4, 2, tzinfo=UTC), DeployOrigin.FILE),
        ("a879e323", "4291f22", "", datetime(2025, 11, 4, 2, tzinfo=UTC), DeployOrigin.FILE)]


@pytest.mark.parametrize(("text", "said"), [
    ("[1]", "row 1, is no deploy"), ('[{"build": "b"}]', "row 1, has no at"), ('[{"at": "2025-11-04"}]', "row 1, has no build"),
    ('{"build": "b", "at": "soon"}', "row 1: at: 'soon' is no time"), ('{"build": "b"', "line 1, is not JSON"),
    ('[{"build": "b"', "line 1, is not JSON"), ("build,at\nb,2025-11-04\nc,\n", "row 3, has no at"),
    ('build,at\n"b', "cannot be read as CSV"), ('{"build": "b", "at": "2025-11-04"}\nnull\n', "row 2, is no deploy"),
    ("[" * 100_000, "cannot be read|is not JSON"),
])
def test_a_bad_row_is_one_sentence_that_names_it(tmp_path: Path, text: str, said: str):
    path = tmp_path / "deploys"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadRequest, match=said) as refusal:
        read_deploys(path)
    assert "\n" not in str(refusal.value)


def test_a_file_that_is_not_there_or_not_text_is_one_sentence(tmp_path: Path):
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for path, said in ((tmp_path / "none", "cannot be read"), (tmp_path / "bytes", "is not UTF-8")):
        with pytest.raises(BadRequest, match=said):
            read_deploys(path)


@pytest.mark.parametrize("said", ["2025-11-04T01:00:00Z", "2025-11-04 01:00", "2025-11-04T02:00:00+01:00"])
def test_a_moment_without_a_zone_is_utc(said: str):
    assert moment("at", said) == BEGAN


def put(image: str, method: str = "google.cloud.run.v1.Jobs.ReplaceJob", **more: Any) -> dict[str, Any]:
    """The audit record of an image that was put into a job."""
    job = {"metadata": {"name": JOB, "labels": more.pop("labels", {})},
           "spec": {"template": {"spec": {"template": {"spec": {"containers": [{"image": image}]}}}}}}
    return {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "methodName": method, "serviceName": "run.googleapis.com",
            "resourceName": f"namespaces/vividly-dev-rich/jobs/{JOB}", "request": {"job": job}, **more}


BUILT = {"methodName": "google.devtools.cloudbuild.v1.CloudBuild.CreateBuild", "resourceName": "projects/vividly-dev-rich/builds",
         "metadata": {"build": {"id": "807abd84", "images": ["content-worker"], "substitutions": {"COMMIT_SHA": "0afbf16"},
                                "results": {"images": [{"name": "content-worker", "digest": DIGEST}]}}}}


def told(*records: Any) -> list[Deploy]:
    return deploys_of([Noted(BEGAN + number * MINUTE, record if isinstance(record, str) else json.dumps(record))
                       for number, record in enumerate(records)])


def test_an_image_that_was_put_into_service_is_a_deploy_of_the_build_that_made_it():
    (deploy,) = told(BUILT, put(f"content-worker@{DIGEST}"))
    assert (deploy.build, deploy.commit, deploy.service, deploy.image) == ("807abd84", "0afbf16", JOB, f"content-worker@{DIGEST}")
    assert (deploy.at, deploy.origin) == (BEGAN + MINUTE, DeployOrigin.AUDIT)


@pytest.mark.parametrize("method", [
    "google.cloud.run.v1.Services.ReplaceService", "google.cloud.run.v2.Jobs.UpdateJob", "google.cloud.run.v2.Services.CreateService",
])
def test_every_way_of_putting_it_there_counts(method: str):
    (deploy,) = told(put(f"worker@{DIGEST}", method))
    assert deploy.build == DIGEST  # whose build nobody knows


def test_labels_of_the_deploy_win():
    (deploy,) = told(BUILT, put(f"w@{DIGEST}", labels={"gcb-build-id": "d9e50e55", "commit-sha": "75a8000"}))
    assert (deploy.build, deploy.commit) == ("d9e50e55", "75a8000")


@pytest.mark.parametrize("record", [
    "", "{", "[]", "null", "7", '{"methodName": 5}', {"methodName": "google.cloud.run.v1.Jobs.RunJob", "request": {}},
    put("w", status={"code": 7, "message": "denied"}), put(""), {**put("w"), "request": None}, {**put("w"), "resourceName": None},
    put("w", "google.cloud.run.v1.Jobs.DeleteJob"), {"methodName": BUILT["methodName"], "metadata": {"build": {"id": ["x"]}}},
])
def test_what_is_no_deploy_or_failed_or_is_garbage_is_none(record: Any):
    assert told(record) == []


def as_log(number: int, record: dict[str, Any]) -> bytes:
    return json.dumps({
        "insertId": f"audit{number}", "timestamp": f"2025-11-04T02:0{number}:00Z", "severity": "NOTICE", "protoPayload": record,
        "logName": "projects/vividly-dev-rich/logs/cloudaudit.googleapis.com%2Factivity", "resource": {"type": "cloud_run_job"},
    }).encode() + b"\n"


def test_deploys_are_collected_from_the_audit_entries_of_a_log_and_once(office: Office):
    put_there = as_log(2, put(f"content-worker@{DIGEST}"))
    office.read(put_there)
    assert office.deployments.collect() == 1
    assert office.deployments.all()[0].build == DIGEST
    office.read(as_log(1, BUILT))  # the build's own entry comes later
    assert office.deployments.collect() == 0
    (deploy,) = office.deployments.all()
    assert (deploy.build, deploy.commit, deploy.recorded_by) == ("807abd84", "0afbf16", "audit log")
