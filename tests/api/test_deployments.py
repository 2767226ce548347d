"""POST /api/v1/deployments: what a build machine says after it has put a build into service."""

from typing import Any

import pytest

from pipeline.deployments import Deployments
from pipeline.tables import DeployOrigin
from tests.api.conftest import Desk

PATH = "/api/v1/deployments"
SAID = {"build": "eda8fd41", "commit": "85cffd8", "image": "content-worker@sha256:c6477cd7", "at": "2025-11-04T02:00:00Z",
        "service": "dev-vividly-content-worker"}


def test_a_deploy_is_recorded_once_however_often_it_is_said(desk: Desk):
    token = desk.token("generate", "engineering")
    first, again = (desk.post(PATH, SAID, token) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == {**SAID, "note": "", "recorded": True, "remark": ""}
    assert again.json()["recorded"] is False
    (kept,) = Deployments(desk.wiring.engine).all()
    assert (kept.build, kept.origin, kept.recorded_by) == ("eda8fd41", DeployOrigin.API, "engineering@school.org")


@pytest.mark.parametrize(("changed", "field"), [
    ({"build": ""}, "build"), ({"build": 5}, "build"), ({"build": "b" * 201}, "build"), ({"at": "soon"}, "at"), ({"at": None}, "at"),
    ({"at": "2999-01-01T00:00:00Z"}, "at"), ({"commit": "c" * 65}, "commit"), ({"note": "a\u0000b"}, "note"),
])
def test_what_is_no_deploy_names_the_field(desk: Desk, changed: dict[str, Any], field: str):
    answer = desk.post(PATH, {**SAID, **changed}, desk.token("generate", "engineering"))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


@pytest.mark.parametrize(("scope", "role", "status"), [
    ("read", "engineering", 403), ("generate", "product", 403), ("generate", "content", 403), ("generate", "admin", 201),
])
def test_only_those_who_run_the_installation_may(desk: Desk, scope: str, role: str, status: int):
    assert desk.post(PATH, SAID, desk.token(scope, role)).status_code == status
