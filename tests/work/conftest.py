"""A worker in a process of its own, on the real queue, with slow fakes that leave traces of what they did."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipeline.config import ROOT, Settings
from pipeline.database import upgrade
from pipeline.tracking import Record, RequestView
from pipeline.wiring import Wiring
from pipeline.work import LessonQueue

PATIENCE_SECONDS = 60
"""Only a limit for what never comes: nothing here depends on how quick a machine is."""


@dataclass
class Shop:
    """A queue, its record, and workers that can be started and killed."""

    settings: Settings
    record: Record
    queue: LessonQueue
    traces: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_worker(self, *behaviour: str) -> subprocess.Popen[bytes]:
        """A worker; `behaviour` are words that `tests.work.worker` understands."""
        environment = {
            **os.environ, "VIVIDLY_HOME": str(self.settings.home), "VIVIDLY_DATA": str(self.settings.data),
            "DATABASE_URL": self.settings.database_url, "TRACES": str(self.traces),
        }
        with (self.traces.parent / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.work.worker", *behaviour], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self.workers.append(worker)
        return worker

    def until(self, wanted: Callable[[], object], what: str) -> None:
        """Wait for it; a worker's log is shown when it never comes."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wanted():
            if time.monotonic() > deadline:
                log = self.traces.parent / "worker.log"
                pytest.fail(f"{what} did not come.\n{log.read_text()[-3000:] if log.exists() else ''}")
            time.sleep(0.05)

    def ended(self, worker: subprocess.Popen[bytes]) -> int:
        """The exit code of a worker that ends by itself; where its threads stand is shown when it does not."""
        try:
            return worker.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGUSR1)
            time.sleep(1)
            pytest.fail(f"The worker did not end.\n{(self.traces.parent / 'worker.log').read_text()[-8000:]}")

    def hung(self, word: str) -> Path:
        """The sign that a worker stands still there, once it does; taken down, so that the next can be waited for."""
        sign = self.traces.with_name(word)
        self.until(sign.exists, f"{word}")
        sign.unlink()
        return sign

    def kinds(self, request_id: str) -> list[str]:
        """What happened to the request, in order."""
        return [str(event.kind) for event in self.record.events(request_id)]

    def decided(self, request_id: str) -> RequestView:
        """The request once it is decided."""
        self.until(lambda: self._view(request_id).status.decided, f"the end of {request_id}")
        return self._view(request_id)

    def said(self) -> list[str]:
        """What all workers' voices read aloud so far."""
        return self.traces.read_text().splitlines() if self.traces.exists() else []

    def _view(self, request_id: str) -> RequestView:
        view = self.record.view(request_id)
        assert view is not None
        return view


@pytest.fixture
def shop_on(tmp_path: Path) -> Iterator[Callable[[Settings], Shop]]:
    """Opens a shop on these settings."""
    opened: list[Shop] = []

    def on(settings: Settings) -> Shop:
        upgrade(settings.database_url)
        record = Wiring(settings).record
        opened.append(Shop(settings, record, LessonQueue(settings, record), tmp_path / "said.txt"))
        return opened[-1]

    yield on
    for shop in opened:
        for worker in shop.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGKILL)
            worker.wait()
        shop.queue.close()


@pytest.fixture
def shop(shop_on: Callable[[Settings], Shop], settings: Settings) -> Shop:
    return shop_on(settings)


@pytest.fixture
def any_shop(shop_on: Callable[[Settings], Shop], settings: Settings, url: str) -> Shop:
    """A shop on SQLite, and one on PostgreSQL."""
    return shop_on(replace(settings, database_url=url))
