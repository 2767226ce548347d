"""python -m tests.work.worker [slow] [broken-record]: a worker on fakes that writes down what it reads aloud."""

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.config import read_settings
from pipeline.domain import Lesson
from pipeline.ports import Paid
from pipeline.testing import FakeVoice, FakeWiring
from pipeline.tracking import Record
from pipeline.work import run_worker

SLOW_SECONDS = 0.4


class TracedVoice(FakeVoice):
    """Writes down each text when it has read it aloud; may take its time."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    def speak(self, text: str) -> Paid[Any]:
        speech = super().speak(text)
        time.sleep(self._seconds)
        with Path(os.environ["TRACES"]).open("a", encoding="utf-8") as traces:
            traces.write(text.replace("\n", " ") + "\n")
        return speech


class BrokenRecord(Record):
    """A record that cannot keep any result."""

    def finish(self, lesson: Lesson, artifacts: Mapping[str, tuple[str, int]], error: str = "") -> None:
        raise OSError("The record cannot be written.")


def main() -> None:
    """Work until told to stop."""
    settings = read_settings()
    wiring = FakeWiring(settings, voice=TracedVoice(SLOW_SECONDS if "slow" in sys.argv else 0.0))
    record = wiring.record
    if "broken-record" in sys.argv:
        record.__class__ = BrokenRecord
    run_worker(settings, record, wiring.open_house)


if __name__ == "__main__":
    main()
