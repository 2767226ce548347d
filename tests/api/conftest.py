"""The API on a small installation, without a network: a real record, a real queue, real tokens."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from pipeline.api import build_app
from pipeline.config import Settings, read_settings
from pipeline.organisation import Actor
from pipeline.tables import TokenScope, UserRole
from pipeline.testing import FakeWiring
from pipeline.work import serve

EXAMPLE = {"student_query": "Explain photosynthesis", "student_id": "test_student_123", "grade_level": 10,
           "requested_modalities": ["text"], "preferred_modality": "text"}
"""The example request of the first API, as it is."""
GENERATE, REQUESTS = "/api/v1/content/generate", "/api/v1/content/requests"


@dataclass
class Desk:
    """The API, its installation, and callers."""

    wiring: FakeWiring
    client: TestClient
    owners: dict[str, Actor] = field(default_factory=dict)
    secrets: dict[tuple[str, str], str] = field(default_factory=dict)

    def owner(self, role: str) -> Actor:
        if role not in self.owners:
            user = self.wiring.people.grant(f"{role}@school.org", UserRole.ADMIN)
            self.owners[role] = Actor(user_id=user.user_id, name=user.email, role=UserRole.ADMIN)
        return self.owners[role]

    def token(self, scope: str = "generate", role: str = "admin") -> str:
        """A token of somebody in this role; its owner had it made when they were an admin."""
        if (scope, role) not in self.secrets:
            self.secrets[scope, role] = self.fresh_token(scope, role)
        return self.secrets[scope, role]

    def fresh_token(self, scope: str = "generate", role: str = "admin") -> str:
        secret = self.wiring.tokens.make(self.owner(role), "test", TokenScope(scope), 30).secret
        self.wiring.people.grant("chief@school.org", UserRole.ADMIN)  # so that there is always another
        self.wiring.people.grant(f"{role}@school.org", UserRole(role))
        return secret

    def call(self, method: str, path: str, token: str | None = "", **given: Any) -> httpx.Response:
        """A call with a token that may generate, with another, or (None) without any."""
        headers = dict(given.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token or self.token()}"
        return self.client.request(method, path, headers=headers, **given)

    def get(self, path: str, token: str | None = "", **given: Any) -> httpx.Response:
        return self.call("GET", path, token, **given)

    def post(self, path: str, json: Any = None, token: str | None = "", **given: Any) -> httpx.Response:
        if json is not None:
            given["json"] = json
        return self.call("POST", path, token, **given)

    def ask(self, **changed: Any) -> str:
        """A request that waits; its id."""
        answer = self.post(GENERATE, {**EXAMPLE, **changed}, self.fresh_token() if changed.pop("anew", False) else "")
        assert answer.status_code == 202, answer.text
        return str(answer.json()["request_id"])

    def made(self, **changed: Any) -> str:
        """A request whose lesson is made; its id."""
        request_id = self.ask(**changed)
        serve(request_id, self.wiring.open_house(), self.wiring.record)
        return request_id


@pytest.fixture
def desk_on() -> Iterator[Callable[[Settings], Desk]]:
    """Opens a desk on these settings."""
    opened: list[Desk] = []

    def on(settings: Settings) -> Desk:
        wiring = FakeWiring(settings)
        opened.append(Desk(wiring, TestClient(build_app(wiring), raise_server_exceptions=True)))
        return opened[-1]

    yield on
    for desk in opened:
        desk.client.close()
        if "queue" in vars(desk.wiring):
            desk.wiring.queue.close()


@pytest.fixture(scope="module")
def calm(small_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk for tests that leave nothing behind, and may call as often as they like."""
    home = tmp_path_factory.mktemp("calm")
    wiring = FakeWiring(read_settings({"VIVIDLY_HOME": str(home), "VIVIDLY_DATA": str(small_data)}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.api.parts.PER_MINUTE", 10**6)
        client = TestClient(build_app(wiring))
    yield Desk(wiring, client)
    wiring.queue.close()


@pytest.fixture
def desk(desk_on: Callable[[Settings], Desk], settings: Settings) -> Desk:
    return desk_on(settings)


def problem(answer: httpx.Response, status: int, field: str | None) -> str:
    """The sentence of a problem document, which must be whole."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    said = answer.json()
    assert (said["status"], said["field"]) == (status, field)
    assert said["type"].startswith("urn:vividly:problem:") and said["title"]
    assert said["correlation_id"] == answer.headers["x-correlation-id"]
    return str(said["detail"])
