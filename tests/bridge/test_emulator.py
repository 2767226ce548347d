"""The bridge against Google's own Pub/Sub emulator where the machine has it, and the same against the stand-in."""

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.cloud.pubsub_v1 import PublisherClient

from pipeline.bridge.loop import Bridge, Delivery
from pipeline.bridge.pubsub import PubSub
from tests.bridge.conftest import NUMBERS, Desk, make_line, order
from tests.bridge.standin import PostOffice

EMULATOR = Path("/usr/lib/google-cloud-sdk/platform/pubsub-emulator/bin/cloud-pubsub-emulator")
PATIENCE_SECONDS = 180


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    """The address of the official emulator."""
    if not EMULATOR.exists():
        pytest.skip("The official Pub/Sub emulator is not installed (Debian: google-cloud-cli-pubsub-emulator).")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([EMULATOR, "--host=127.0.0.1", f"--port={port}"], start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(params=["stand-in", "emulator"])
def address(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, office: tuple[PostOffice, str]) -> str:
    """Where Pub/Sub is: a test that takes it runs against both."""
    where: str = office[1] if request.param == "stand-in" else request.getfixturevalue("emulator")
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", where)
    return where


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("The emulator did not start.")


def publish(topic: str, *bodies: bytes) -> None:
    publisher = PublisherClient()
    for future in [publisher.publish(topic, body, environment="dev") for body in bodies]:
        future.result(timeout=PATIENCE_SECONDS)


def test_a_message_handed_back_comes_again_as_the_same_and_an_acknowledged_one_does_not(address: str):
    topic, path = make_line(f"line-{next(NUMBERS)}")
    publish(topic, b"hello")
    subscription = PubSub(path)
    [first] = _pull(subscription)
    subscription.hold([first.ack_id], 0)
    [second] = _pull(subscription)
    assert (first.message, first.message.key) == (second.message, second.message.key)
    assert second.message.attributes == {"environment": "dev"} and second.message.published
    subscription.acknowledge([second.ack_id])
    assert list(subscription.pull(10)) == []


def test_good_and_bad_and_duplicates_go_where_they_belong(address: str, desk: Desk):
    topic, path = make_line(f"line-{next(NUMBERS)}")
    sent = [order() for _ in range(20)]
    before = len(desk.dead())
    publish(topic, *(json.dumps(fields).encode() for fields in sent + sent[:5]), b"bad", b"bad", b"\xff")
    bridge = Bridge(PubSub(path), desk.intake(), threading.Event(), wait=lambda _: None)
    end = time.monotonic() + PATIENCE_SECONDS
    while len(desk.dead()) - before < 3 or not all(desk.times_accepted(fields["request_id"]) for fields in sent):
        assert time.monotonic() < end
        bridge.turn()
    bridge.turn()
    assert [desk.times_accepted(fields["request_id"]) for fields in sent] == [1] * 20
    assert len(desk.dead()) - before == 3


def _pull(subscription: PubSub) -> list[Delivery]:
    """What comes, however long it takes."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if found := list(subscription.pull(10)):
            return found
    pytest.fail("No message came.")
