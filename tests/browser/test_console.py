"""A real Chromium against the real console and a real worker: ask, watch, read; then play a video with captions."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import sync_playwright

from pipeline.config import ROOT

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
pytestmark = [
    pytest.mark.browser, pytest.mark.real,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt install chromium"),
]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]
MINUTES = 60_000


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    """The console and a worker as `make run` starts them, in a home of their own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("console-home")
    log = open(home / "log.txt", "wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "up", "--port", str(port)], cwd=ROOT, stdout=log, stderr=log,
        env={**os.environ, "VIVIDLY_HOME": str(home)}, start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process, home / "log.txt")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        log.close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def _wait_for(address, process, log):
    for _ in range(240):
        if process.poll() is not None:
            raise AssertionError(f"the console ended: {log.read_text(errors='replace')[-2000:]}")
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the console did not start: {log.read_text(errors='replace')[-2000:]}")
