"""What a run came to: a line for each variant, how they compare, which questions went over."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pipeline.evaluation import Comparison, Estimate, Verdict
from pipeline.visuals import Value


class Line(Value):
    """One variant over the questions of a run."""

    variant: str
    measures: Mapping[str, Estimate]
    kinds: Mapping[str, Mapping[str, Estimate]] = {}
    """By kind of question."""
    lessons: int
    missing: int
    """Lessons that are not decided yet, and are in no figure."""
    failed: int = 0
    """Lessons that were due and are not there: they count as zero in every measure of quality."""
    unscored: Mapping[str, int] = {}
    """By measure, how many lessons the scorer could not score; they are left out of it."""
    usd: Decimal | None = None
    """Of all its lessons, with what was paid for in earlier runs; None where some usage has no price."""
    seconds: float = 0.0
    """Of its stages, for one lesson on average."""


class Side(StrEnum):
    """Which way a question went over."""

    GAINED = "gained"
    LOST = "lost"


class Flip(Value):
    """A question that passes in one variant and does not in the other."""

    variant: str
    measure: str
    question_id: str
    text: str
    kind: str
    before: float
    after: float
    side: Side


class Results(Value):
    """What a run came to. Made anew whenever a lesson or a score is added."""

    at: datetime
    lines: tuple[Line, ...]
    comparisons: tuple[Comparison, ...]
    flips: tuple[Flip, ...]
    verdict: Verdict
    notes: tuple[str, ...] = ()

    def line(self, variant: str) -> Line:
        """The line of this variant; `KeyError` where there is none."""
        return {each.variant: each for each in self.lines}[variant]
