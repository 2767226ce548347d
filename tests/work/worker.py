"""python -m tests.work.worker [WORD …] [--queues=…]: a worker on fakes that writes down what it reads aloud.

slow             each paragraph takes a while to read            broken-record    no result can be kept
drawling         each paragraph takes seconds                    hang-STAGE       the stage begins and never goes on
hasty            a worker is dead after five silent seconds      hang-after-STAGE  the stage is over, and nothing follows
patient          when told to stop it finishes what takes long, too
"""

import faulthandler
import functools
import os
import signal
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.__main__ import main
from pipeline.config import Settings
from pipeline.domain import Lesson, Stage, StageRun
from pipeline.ports import Kept, Paid
from pipeline.testing import FakeVoice, FakeWiring
from pipeline.tracking import Record, RequestJournal
from pipeline.work import serving, worker
from pipeline.work.reaper import Reaper

SECONDS = {"slow": 0.2, "drawling": 4.0}


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

    def finish(
        self, lesson: Lesson, artifacts: Mapping[str, tuple[str, int]], error: str = "", *, lease: int | None = None,
        dead: bool = False,
    ) -> None:
        raise OSError("The record cannot be written.")


class HangingJournal(RequestJournal):
    """Stands still where it was told to, and says so in a file; only a stop or a signal ends it."""

    def stage_started(self, stage: Stage, family: str, model: str) -> None:
        super().stage_started(stage, family, model)
        self._hang(f"hang-{stage}")

    def stage_finished(self, run: StageRun, kept: Kept | None = None) -> None:
        super().stage_finished(run, kept)
        self._hang(f"hang-after-{run.stage}")

    def _hang(self, word: str) -> None:
        if word not in sys.argv:
            return
        self.flush()
        Path(os.environ["TRACES"]).with_name(word).touch()
        while not self.cancelled():
            time.sleep(0.02)


class TracedWiring(FakeWiring):
    """An installation whose voice and record are these."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, voice=TracedVoice(sum(SECONDS.get(word, 0.0) for word in sys.argv)))

    @cached_property
    def record(self) -> Record:
        """A real record, broken on demand."""
        return BrokenRecord(self.engine) if "broken-record" in sys.argv else Record(self.engine)


if __name__ == "__main__":
    faulthandler.register(signal.SIGUSR1)  # where its threads stand, for whoever waits for its end in vain
    serving.RequestJournal = HangingJournal  # type: ignore[misc]
    if "patient" in sys.argv:
        worker.GRACE_SECONDS = 300.0
    if "hasty" in sys.argv:
        worker.Reaper = functools.partial(Reaper, silent=5.0)  # type: ignore[misc,assignment]
    main(["worker", *(word for word in sys.argv if word.startswith("--"))], wire=TracedWiring)
