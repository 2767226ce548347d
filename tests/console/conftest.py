"""A record and a store in a temporary folder, the page as a test sees it, and a queue that no worker empties."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from console.loaders import pulling
from pipeline.config import ROOT, read_settings
from pipeline.domain import GenerationRequest
from pipeline.store import LocalStore
from pipeline.tracking import Record
from pipeline.wiring import Wiring

PAGE = ROOT / "console" / "pages" / "generate.py"
PATIENCE_SECONDS = 60
Open = Callable[..., AppTest]


class Queue:
    """`LessonQueue` without an engine behind it: it keeps what was submitted."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self.submitted: list[GenerationRequest] = []

    def submit(self, request: GenerationRequest, *, asked_by: str | None = None, **_: object) -> str:
        self._record.accept(request, asked_by=asked_by)
        self.submitted.append(request)
        return request.request_id

    def cancel(self, request_id: str) -> None:
        self._record.cancel(request_id)


@pytest.fixture
def wiring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wiring]:
    monkeypatch.setenv("VIVIDLY_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(pulling, "freshen", lambda: None)  # nothing is read in the background unless a test says so
    st.cache_resource.clear()
    st.cache_data.clear()
    yield Wiring(read_settings())
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def record(wiring: Wiring) -> Record:
    return wiring.record


@pytest.fixture
def store(wiring: Wiring) -> LocalStore:
    return wiring.store


@pytest.fixture
def queue(record: Record, monkeypatch: pytest.MonkeyPatch) -> Queue:
    queue = Queue(record)
    monkeypatch.setattr(Wiring, "queue", queue)
    return queue


@pytest.fixture
def open_page(queue: Queue) -> Open:
    """Opens the page, with a request in its address when one is named."""

    def opened(request_id: str | None = None) -> AppTest:
        page = AppTest.from_file(str(PAGE), default_timeout=PATIENCE_SECONDS)
        if request_id is not None:
            page.query_params["request"] = request_id
        return page.run()

    return opened
