"""`python -m pipeline bridge` as its own process: started, told to stop, killed with -9 at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.bridge.loop import LEASE_SECONDS, MOST_AT_ONCE
from pipeline.config import ROOT
from tests.bridge.conftest import Desk, Line, order

PATIENCE_SECONDS = 180
Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start(line: Line, own_desk: Desk, tmp_path: Path) -> Iterator[Start]:
    """Starts the bridge between the line and the desk."""
    settings = own_desk.wiring.settings
    environment = {**os.environ, "VIVIDLY_HOME": str(settings.home), "DATABASE_URL": settings.database_url,
                   "PUBSUB_EMULATOR_HOST": line.address, "VIVIDLY_SUBSCRIPTION": line.path}
    started: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        with (tmp_path / "bridge.log").open("ab") as log:
            started.append(subprocess.Popen([sys.executable, "-m", "pipeline", "bridge"], cwd=ROOT, env=environment,
                                            stdout=log, stderr=log))
        return started[-1]

    yield begin
    line.office.on_pull = lambda: None
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(wanted: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not wanted():
        assert time.monotonic() < end, f"{what} did not come."
        time.sleep(0.01)


def test_told_to_stop_between_pull_and_answer_it_settles_what_it_got(line: Line, own_desk: Desk, start: Start):
    sent = [order() for _ in range(MOST_AT_ONCE + 10)]
    for fields in sent:
        line.post(fields)
    running: list[subprocess.Popen[bytes]] = []
    line.office.on_pull = lambda: running[0].send_signal(signal.SIGTERM)
    running.append(start())
    assert running[0].wait(timeout=PATIENCE_SECONDS) == 0
    assert [letter.deliveries for letter in line.there.open] == [0] * 10
    assert sum(own_desk.times_accepted(fields["request_id"]) for fields in sent) == MOST_AT_ONCE


def test_killed_again_and_again_it_loses_nothing_and_doubles_nothing(line: Line, own_desk: Desk, start: Start):
    chance = random.Random(7)
    sent = [order() for _ in range(120)]
    bad = [line.post(b"bad %d" % number) for number in range(50)]
    for fields in sent + sent[:30]:
        line.post(fields)
    chance.shuffle(line.there.letters)
    kills = 0
    while line.there.open:
        running = start()
        goal = max(0, len(own_desk.wiring.record.undecided()) + chance.randrange(35, 55))
        until(lambda goal=goal: not line.there.open or len(own_desk.wiring.record.undecided()) >= goal, "progress")
        if line.there.open:
            kills += 1
        running.kill()
        running.wait()
        line.office.clock.pass_by(LEASE_SECONDS + 1)
    assert kills >= 2
    assert [own_desk.times_accepted(fields["request_id"]) for fields in sent] == [1] * 120
    assert sorted(letter.payload["message_id"] for letter in own_desk.dead()) == sorted(bad)


@pytest.mark.parametrize(("argv", "code", "said"), [
    (["bridge"], 2, "--subscription: say which one"),
    (["bridge", "--subscription", "content-worker-sub-dev"], 2, "must read projects/PROJECT/subscriptions/NAME"),
])
def test_a_bridge_that_does_not_know_where_from_says_what_to_do(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, argv: list[str], code: int, said: str
):
    monkeypatch.delenv("VIVIDLY_SUBSCRIPTION", raising=False)
    assert main(argv, wire=lambda _: desk.wiring) == code
    assert said in capsys.readouterr().err


def test_without_google_credentials_it_says_what_to_do(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.delenv("PUBSUB_EMULATOR_HOST", raising=False)
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")  # nobody asks the network for a machine's own account
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["bridge", "--subscription", "projects/p/subscriptions/sub"], wire=lambda _: desk.wiring) == 1
    assert "Google credentials are missing" in capsys.readouterr().err
