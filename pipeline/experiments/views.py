"""What is shown of runs: lists, one question in every variant, how variants stand."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from pipeline.domain import Passage, Sentence, Status
from pipeline.evaluation import Verdict
from pipeline.experiments.opinions import Judgement
from pipeline.experiments.outcomes import Line
from pipeline.experiments.values import State
from pipeline.scoring import Reference, Score
from pipeline.visuals import Value


class RunLine(Value):
    """One run of a list."""

    run_id: str
    name: str
    dataset: str
    dataset_digest: str
    variants: tuple[str, ...]
    baseline: str
    by: str
    created_at: datetime
    state: State
    questions: int
    lessons: int
    decided: int
    verdict: Verdict | None
    lines: tuple[Line, ...] = ()
    """Of its results; empty before there are any."""


class Cell(Value):
    """One variant's answer to one question, with what is known of it."""

    variant: str
    request_id: str | None
    status: Status | None
    reused: bool
    article: str
    """Markdown of the model and the book: data, shown as text."""
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    prompts: tuple[str, ...]
    """As name@version, in the order in which models were asked."""
    scores: tuple[Score, ...]
    usd: Decimal | None
    seconds: float
    reason: str
    """Why it was declined, or asked back, or failed."""


class QuestionView(Value):
    """One question of a run in every variant."""

    reference: Reference
    cells: tuple[Cell, ...]
    judgements: tuple[Judgement, ...]


class Standing(Value):
    """A variant in a list over several runs of one data set: the newest figures that there are of it."""

    run_id: str
    at: datetime
    prompts: Mapping[str, str]
    model: str | None
    line: Line
