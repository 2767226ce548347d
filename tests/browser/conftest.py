"""A real Chromium, and a console started as its users start it, in a home of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.config import ROOT

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]
STREAMLIT = ("-m", "streamlit", "run", "streamlit_app.py", "--server.port", "{port}")
"""The console alone, without a worker."""


def console_in(home: Path) -> Sequence[str]:
    """The console alone, in a home that is there already."""
    return ("-c", f"import os, sys; os.environ['VIVIDLY_HOME'] = {str(home)!r}; from streamlit.web.cli import main; "
                  "sys.argv = ['streamlit', 'run', 'streamlit_app.py', '--server.port', '{port}']; main()")


def fits(page: Page, width: int) -> bool:
    """Nothing hangs over the edge of the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth") == width)


Serve = Callable[..., str]


@pytest.fixture(autouse=True)
def _needs_chromium() -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: apt install chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts a program on a free port and waits until it answers; its address. All end with the module."""
    with contextmanager(_started)(tmp_path_factory) as start:
        yield start


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    running: list[subprocess.Popen[bytes]] = []

    def start(command: Sequence[str] = STREAMLIT, *, port: int | None = None) -> str:
        home, port = tmp_path_factory.mktemp("home"), port or free_port()
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"VIVIDLY_HOME": str(home)}
        with (home / "log.txt").open("wb") as log:
            running.append(subprocess.Popen(
                [sys.executable, *(word.format(port=port) for word in command)], cwd=ROOT, stdout=log, stderr=log,
                env=environment, start_new_session=True))
        _wait_for(f"http://127.0.0.1:{port}", running[-1], home / "log.txt")
        return f"http://127.0.0.1:{port}"

    try:
        yield start
    finally:
        for process in running:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2)
            return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the console did not start: {log.read_text(errors='replace')[-2000:]}")
