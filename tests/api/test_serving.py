"""Where the API is served: alone as a process, and in the console's own; and the command that makes a token."""

import base64
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from console.serving import ApiFirst
from pipeline.__main__ import main
from pipeline.config import ROOT, Settings, read_settings
from pipeline.doctor import Examination
from pipeline.errors import OperatorError
from pipeline.organisation import COMMAND_LINE
from pipeline.tables import TokenScope, UserRole
from pipeline.testing import FakeWiring
from pipeline.wiring import Wiring
from tests.api.conftest import EXAMPLE, GENERATE, REQUESTS, Desk, problem

PATIENCE_SECONDS = 60
ALONE = ("-m", "pipeline", "api", "--port", "{port}")
WITH_CONSOLE = ("-m", "streamlit", "run", "console/app.py", "--server.port", "{port}")


@pytest.fixture
def served(settings: Settings) -> Iterator[Callable[..., tuple[str, subprocess.Popen[bytes]]]]:
    """Starts a server; its address and process."""
    started: list[subprocess.Popen[bytes]] = []

    def serve(command: tuple[str, ...]) -> tuple[str, subprocess.Popen[bytes]]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings.home.mkdir(parents=True, exist_ok=True)
        with (settings.home / "server.log").open("wb") as log:
            started.append(subprocess.Popen(
                [sys.executable, *[part.format(port=port) for part in command]], cwd=ROOT, stdout=log, stderr=log,
                env={**os.environ, "VIVIDLY_HOME": str(settings.home), "VIVIDLY_DATA": str(settings.data)}))
        base = f"http://127.0.0.1:{port}"
        _until(lambda: httpx.get(f"{base}/api/v1/health").status_code == 200, settings.home / "server.log")
        return base, started[-1]

    yield serve
    for process in started:
        process.kill()
        process.wait()


def _until(done: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if done():
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(log.read_text()[-2000:])


def token_of(settings: Settings, capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["token", "make", "a script", *more], wire=lambda _: Wiring(settings)) == 0
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize("command", [ALONE, WITH_CONSOLE], ids=["alone", "with-console"])
def test_a_process_serves_the_example_and_streams_its_events(served, settings: Settings, capsys, command: tuple[str, ...]):
    base, process = served(command)
    headers = {"Authorization": f"Bearer {token_of(settings, capsys, '--scope', 'generate')}"}
    assert httpx.post(base + GENERATE, json=EXAMPLE).status_code == 401
    answer = httpx.post(base + GENERATE, json=EXAMPLE, headers=headers)
    assert answer.status_code == 202 and "set-cookie" not in answer.headers
    said = answer.json()
    assert httpx.get(base + said["status_url"], headers=headers).json()["status"] == "pending"
    with httpx.stream("GET", base + said["events_url"], headers=headers, timeout=30) as stream:
        lines = stream.iter_lines()
        assert "event: accepted" in [next(lines) for _ in range(4)]  # while the request still waits: nothing is held back
        httpx.post(f"{base}{REQUESTS}/{said['request_id']}/cancel", headers=headers)
        assert "event: decided" in list(lines)
    assert command is ALONE or is_a_console(base)
    strange = httpx.get(f"{base}{REQUESTS}/..%2f..%2fx", headers=headers)
    problem(strange, 404, None)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)
    assert "Explain photosynthesis" not in (settings.home / "server.log").read_text()


def is_a_console(base: str) -> bool:
    """Whether pages, their files and their health come as before."""
    pages = [httpx.get(base + path) for path in ("/", "/generate")]
    assert all(page.headers["content-type"].startswith("text/html") and "<title>" in page.text for page in pages)
    assert httpx.get(f"{base}/_stcore/health").text == "ok"
    return httpx.get(f"{base}/app/static/fonts/HankenGrotesk-Regular.otf").status_code == 200


def test_models_that_the_doctor_refuses_do_not_take_the_console_with_them(monkeypatch: pytest.MonkeyPatch):
    inner = Starlette(routes=[Route("/page", lambda _: PlainTextResponse("a page"))])
    client = TestClient(ApiFirst(inner))

    def refuse(_: object) -> None:
        raise OperatorError("broken")

    monkeypatch.setattr("console.serving.refuse", refuse)
    monkeypatch.setattr("console.serving.check_models", Examination)
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "doctor" in answer.json()["detail"]
    assert client.get("/page").text == "a page" and client.get("/api/v2").status_code == 404


def test_a_token_from_the_command_line_opens_what_it_is_for(settings: Settings, capsys: pytest.CaptureFixture[str]):
    secret = token_of(settings, capsys, "--scope", "generate", "--days", "7")
    assert re.fullmatch(r"viv_[A-Za-z0-9_-]{43}", secret)
    wiring = Wiring(settings)
    [view] = wiring.tokens.list(wiring.people.local_admin())
    assert (view.name, view.scope, (view.expires_at - view.created_at).days) == ("a script", TokenScope.GENERATE, 7)
    assert wiring.audit.entries(COMMAND_LINE, action="token.made")[0].actor_name == "local admin"


def test_a_token_can_be_made_for_somebody_and_not_for_nobody(settings: Settings, capsys: pytest.CaptureFixture[str]):
    wiring = Wiring(settings)
    user = wiring.people.grant("eng@school.org", UserRole.ENGINEERING)
    assert token_of(settings, capsys, "--owner", "Eng@school.org").startswith("viv_")
    assert wiring.tokens.list(wiring.people.local_admin())[0].user_id == user.user_id
    for argv, code in ((["--owner", "x@y.z"], 2), (["--days", "0"], 2), (["--days", "999"], 2)):
        assert main(["token", "make", "n", *argv], wire=lambda _: Wiring(settings)) == code
        assert capsys.readouterr().err.count("\n") == 1


def test_a_port_that_is_taken_is_told_in_one_sentence(settings: Settings, capsys: pytest.CaptureFixture[str]):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["api", "--port", port], wire=lambda _: FakeWiring(settings)) == 1
    said = capsys.readouterr().err
    assert port in said and said.count("\n") == 1
    assert main(["api", "--port", "99999"], wire=lambda _: FakeWiring(settings)) == 2


def pushed(**order: Any) -> dict[str, Any]:
    data = base64.b64encode(json.dumps({
        "request_id": str(uuid.uuid4()), "student_id": "s", "student_query": "Explain photosynthesis", "grade_level": 10,
        "requested_modalities": ["text"], **order}).encode()).decode()
    return {"message": {"data": data, "messageId": str(uuid.uuid4())}, "subscription": "projects/p/subscriptions/s"}


def test_a_push_is_for_whoever_knows_the_secret(settings: Settings, desk_on: Callable[[Settings], Desk]):
    closed = desk_on(settings).client.post("/push", json=pushed())
    assert (closed.status_code, closed.json()) == (403, {"status": "not_set_up"})
    home = settings.home.with_name("pushed")
    desk = desk_on(read_settings({"VIVIDLY_HOME": str(home), "VIVIDLY_PUSH_SECRET": "a-long-shared-secret"}))
    request_id = str(uuid.uuid4())
    for path, body, answer in (
        ("/push", pushed(), (401, {"status": "not_genuine"})),
        ("/push?token=other", pushed(), (401, {"status": "not_genuine"})),
        ("/push?token=a-long-shared-secret", pushed(request_id=request_id), (200, {"status": "recorded"})),
        ("/push?token=a-long-shared-secret", pushed(request_id="test-smoke-001"), (200, {"status": "dead_lettered"})),
        ("/push?token=a-long-shared-secret", [], (200, {"status": "dead_lettered"})),
    ):
        given = desk.client.post(path, json=body)
        assert (given.status_code, given.json()) == answer
    assert desk.wiring.record.undecided() == [request_id] and len(desk.wiring.record.dead_letters()) == 2
    problem(desk.client.get("/push"), 405, None)


def test_the_key_for_links_is_its_owners_alone(desk: Desk):
    desk.get(f"{REQUESTS}/{desk.ask()}")
    assert stat.S_IMODE((desk.wiring.settings.home / "signing.key").stat().st_mode) == 0o600
