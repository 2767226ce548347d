"""How long a stage and a whole run may take. Asked wherever a stop is asked for, so nothing is cut off in between."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from pipeline.domain import Stage
from pipeline.errors import DeadlinePassed

STAGE_SECONDS: Mapping[Stage, float] = {
    Stage.NLU: 30.0, Stage.CACHE: 5.0, Stage.RETRIEVAL: 30.0, Stage.SCRIPT: 120.0, Stage.TTS: 60.0, Stage.IMAGES: 120.0,
    Stage.VIDEO: 600.0,
}
TOTAL_SECONDS = 1200.0


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """The limits of a run that began at `start`, times a factor for slow machines; 0 is no limit."""

    factor: float = 1.0
    clock: Callable[[], float] = time.monotonic
    start: float = 0.0

    def begun(self) -> "Deadlines":
        """The same for a run that begins now."""
        return replace(self, start=self.clock())

    def of(self, stage: Stage) -> Callable[[], None]:
        """A check for a stage that begins now: raises `DeadlinePassed`."""
        stage_start, limit, total = self.clock(), STAGE_SECONDS[stage] * self.factor, TOTAL_SECONDS * self.factor

        def check() -> None:
            if self.factor and self.clock() - stage_start > limit:
                raise DeadlinePassed(f"The stage {stage} took longer than {limit:g} seconds.")
            if self.factor and self.clock() - self.start > total:
                raise DeadlinePassed(f"The lesson took longer than {total:g} seconds.")

        return check


NO_DEADLINES = Deadlines(factor=0.0)
