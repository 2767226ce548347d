"""python -m tests.bench._crew: a worker on fakes that take a little time in every stage, so that each can be died in."""

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.__main__ import main
from pipeline.domain import Scene, Stage
from pipeline.ports import Film
from pipeline.testing import FakeRenderer, FakeWiring
from pipeline.tracking import RequestJournal
from pipeline.work import serving

SECONDS = 0.25


class Lingering(RequestJournal):
    """Every stage takes a moment after it was written down that it began."""

    def stage_started(self, stage: Stage, family: str, model: str) -> None:
        super().stage_started(stage, family, model)
        self.flush()
        time.sleep(random.uniform(0, 2 * SECONDS))


class SlowRenderer(FakeRenderer):
    """Draws and films at leisure."""

    def still(self, scene: Scene, path: Path) -> None:
        time.sleep(SECONDS / 10)
        super().still(scene, path)

    def film(self, request: Film, height: int, path: Path, progress: Callable[[float], None]) -> float:
        time.sleep(SECONDS)
        return super().film(request, height, path, progress)


if __name__ == "__main__":
    serving.RequestJournal = Lingering  # type: ignore[misc]
    main(["worker", *sys.argv[1:]], wire=lambda settings: FakeWiring(settings, renderer=SlowRenderer()))
