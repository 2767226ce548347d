"""What is scored, what it is scored against, with what, and what comes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, model_validator

from pipeline.corpus.interests import Interest
from pipeline.domain import GenerationRequest, Lesson, Script, StageRun, Status
from pipeline.ports import Paid, TextModel
from pipeline.prompts import PromptBook
from pipeline.report import total_cost
from pipeline.scoring.calibration import Calibration
from pipeline.visuals import Text, Value

Measured = Annotated[Decimal, Field(allow_inf_nan=False)]
"""A figure that is always a number."""
PLACES = Decimal("0.0001")


class Expected(StrEnum):
    """What is right for a question."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    DECLINE = "decline"


class Kind(StrEnum):
    """What a scorer judges. A lesson that was due and is not there has quality 0; a cost is measured whatever became of it."""

    QUALITY = "quality"
    SAFETY = "safety"
    COST = "cost"


class KeyPoint(Value):
    """Something that a good lesson says, and the words by which one sees that it does."""

    point: Text
    terms: tuple[Text, ...] = Field(min_length=1)
    """All of them stand in one section of a lesson that makes the point; `a|b` is either."""


class Reference(Value):
    """A question of a data set, with what a good answer to it is."""

    question_id: Text
    question: Annotated[str, Field(min_length=5, max_length=500)]
    grade: Annotated[int, Field(ge=1, le=12)]
    interest: str | None = None
    """Id of the catalogue."""
    expected: Expected
    kind: Text
    topic_id: str | None = None
    key_points: tuple[KeyPoint, ...] = ()
    misconception: str = ""
    """The wrong idea that the lesson should put right; empty where the topic has none."""

    @model_validator(mode="after")
    def _whole(self) -> "Reference":
        answered = self.expected is Expected.ANSWER
        if answered and not (self.topic_id and self.key_points):
            raise ValueError("a question to be answered needs a topic_id and at least one of key_points")
        if not answered and (self.key_points or self.misconception or self.topic_id):
            raise ValueError(f"a question to {self.expected} has no topic_id, key_points or misconception")
        return self


class Answer(Value):
    """What was made of a question: the request, its lesson (None where it failed without one) and its stage runs."""

    request: GenerationRequest
    lesson: Lesson | None = None
    runs: tuple[StageRun, ...] = ()

    @property
    def script(self) -> Script | None:
        """The text, where there is one."""
        return self.lesson.script if self.lesson else None

    @property
    def status(self) -> Status:
        """Where the request stands; without a lesson it failed."""
        return self.lesson.status if self.lesson else Status.FAILED


class Finding(Value):
    """A figure and its reason; no figure where it cannot be scored, and then the reason says why."""

    value: Measured | None
    why: Text


class Score(Finding):
    """What one scorer found."""

    name: Text


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What scorers may use. `prompts` are the judge's, the same for every variant."""

    prompts: PromptBook
    model: TextModel | None = None
    calibration: Calibration | None = None
    interests: Mapping[str, Interest] = field(default_factory=dict)
    spend: Callable[[Paid[Any]], Any] = lambda paid: paid.value
    """Unwraps what the judge answers; the judge's bill is the caller's."""
    price: Callable[[Sequence[StageRun]], Decimal] = total_cost


ScoreFunction = Callable[[Answer, Reference, Tools], Finding]


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """A row of the table."""

    name: str
    title: str
    what: str
    score: ScoreFunction
    unit: str = "share"
    higher_is_better: bool = True
    kind: Kind = Kind.QUALITY
    asks_model: bool = False


def found(value: float | Decimal, why: str) -> Finding:
    """A figure, rounded to four places when it is not exact."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value)).quantize(PLACES)
    return Finding(value=exact, why=why)


def cannot(why: str) -> Finding:
    """No figure, and why."""
    return Finding(value=None, why=why)
