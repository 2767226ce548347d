"""What an evaluation comes to: estimates with intervals, per query and per kind, and how systems compare."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import ConfigDict

from pipeline.evaluation.sets import Unit
from pipeline.visuals import Text, Value

PRIMARY = "nDCG@10"
"""The measure that decides."""
FALSE_ANSWERS = "false answers"
"""Not a mean of quality but a rate of faults: the lower the better."""


class Estimate(Value):
    """A mean (or a share) over `n` queries with its 95 % interval; no bounds where there are too few to say."""

    mean: float
    low: float | None
    high: float | None
    n: int


class Outcome(Value):
    """What one system made of one query. `values` by measure; of an off-topic query only whether it was answered."""

    query_id: str
    text: str
    kind: str
    values: Mapping[str, float]
    judged: Mapping[str, int]
    """The documents that answer it, with their grades."""
    found: tuple[str, ...]
    """The best ten, best first."""
    seconds: float
    answered: bool
    sureness: float | None = None
    """What a threshold is held against; None where the system knows none."""


class Latency(Value):
    """Milliseconds of a query, the median and what 95 of 100 stay below."""

    p50: float
    p95: float


class SystemResult(Value):
    """One system over the whole set."""

    name: Text
    measures: Mapping[str, Estimate]
    kinds: Mapping[str, Mapping[str, Estimate]]
    false_answers: Estimate | None
    """Share of off-topic queries that were answered, with Wilson's interval; None for a set without any."""
    refused: Estimate
    """Share of the other queries for which nothing was found: what a threshold costs."""
    latency: Latency
    cpu_seconds: float
    """Of this process, for one query on average: what a machine of one's own is paid for."""
    usd_per_1000_queries: Decimal | None = None
    """Of processors and memory, by the price book of the day; None for a run that was recorded before it was known."""
    outcomes: tuple[Outcome, ...] = ()


class Comparison(Value):
    """A system against the baseline in one measure, over the same queries; `kind` is empty over all of them."""

    system: str
    baseline: str
    measure: str
    kind: str
    n: int
    difference: float
    """Mean of the system's value less the baseline's; of false answers too, where more is worse."""
    low: float | None
    high: float | None
    p: float
    """Of the paired randomisation test, two-sided."""
    p_holm: float
    """The same when every comparison of its family was looked at."""
    wins: int
    ties: int
    losses: int
    effect: float | None
    """The mean difference in standard deviations of the differences; None where all differences are equal."""
    detectable: float | None
    """The difference that a set of this size would have shown in 80 of 100 cases."""
    fewer: bool = False
    """Whether less of the measure is better; of false answers it always is."""

    @property
    def significant(self) -> bool:
        """Whether it is beyond chance, at 5 % over the whole family."""
        return self.p_holm <= 0.05

    @property
    def better(self) -> bool:
        """Whether the system did better, whatever chance says."""
        return self.difference < 0 if self.fewer or self.measure == FALSE_ANSWERS else self.difference > 0


class Fate(StrEnum):
    """How a run stands against its baseline."""

    MEASURED = "measured"
    """There was nothing to compare with."""
    BETTER = "better"
    NO_DIFFERENCE = "no_difference"
    WORSE = "worse"
    PASS = "pass"
    REGRESSION = "regression"
    INCOMPARABLE = "incomparable"


class Verdict(Value):
    """A fate and the sentence that says why."""

    fate: Fate
    said: str
    against: str = ""
    """What it was compared with: a system, a run, a file."""


class About(Value):
    """Under which conditions something was measured. What another version recorded besides is not read."""

    model_config = ConfigDict(extra="ignore")

    corpus: Text
    corpus_version: str
    embedder: str
    settings: Mapping[str, str]
    """Of the systems, by name, as text."""
    commit: str
    at: datetime
    by: str
    documents: int
    index_bytes: int | None = None


class Run(Value):
    """One evaluation, complete. `run_id` is None until it is recorded."""

    run_id: int | None = None
    about: About
    set_name: str
    set_digest: str
    unit: Unit
    systems: tuple[SystemResult, ...]
    comparisons: tuple[Comparison, ...] = ()
    verdict: Verdict
    peak_bytes: int
    """The most memory that this process ever had."""
    notes: tuple[str, ...] = ()

    def system(self, name: str) -> SystemResult:
        """The result of this system; `KeyError` where it was not in the run."""
        return {each.name: each for each in self.systems}[name]


class RunLine(Value):
    """A recorded run without its queries, for lists: `Runs.one` has the rest."""

    run_id: int
    about: About
    set_name: str
    set_digest: str
    unit: Unit
    verdict: Verdict
    systems: tuple[SystemResult, ...]


class Pair(Value):
    """One query in two systems."""

    first: Outcome
    second: Outcome
    difference: float
    """Of the second less the first, in the measure that was asked for."""


class Label(Value):
    """What somebody said of a passage."""

    label_id: int
    query: str
    corpus: str
    chunk_id: str
    grade: int
    by: str
    at: datetime
    undone_at: datetime | None = None
    undone_by: str = ""
