"""What a worker does besides, each second: nothing that goes wrong there keeps it from its requests."""

import threading
from typing import Any

import pytest

from pipeline.work import reaper
from pipeline.work.reaper import Reaper


def test_a_chore_that_fails_keeps_nobody_from_the_next_one_and_the_next_round(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reaper, "ROUND_SECONDS", 0.01)
    rounds, done = [], threading.Event()

    def fails() -> None:
        raise RuntimeError("the ledger is broken")

    nothing: Any = None
    walker = Reaper(nothing, nothing, nothing, chores=(fails, lambda: len(rounds) > 2 and done.set()))
    monkeypatch.setattr(walker, "go_round", lambda: rounds.append(1))
    walker.start()
    assert done.wait(30)
    walker.stop()
