"""python -m tests.work.worker [slow] [broken-record]: a worker on fakes that writes down what it reads aloud."""

import os
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.domain import Lesson
from pipeline.ports import Paid
from pipeline.testing import FakeVoice, FakeWiring
from pipeline.tracking import Record

SLOW_SECONDS = 0.2


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


class TracedWiring(FakeWiring):
    """An installation whose voice and record are these."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, voice=TracedVoice(SLOW_SECONDS if "slow" in sys.argv else 0.0))

    @cached_property
    def record(self) -> Record:
        """A real record, broken on demand."""
        return BrokenRecord(self.engine) if "broken-record" in sys.argv else Record(self.engine)


if __name__ == "__main__":
    main(["worker"], wire=TracedWiring)

