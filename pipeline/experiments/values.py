"""Plans and runs: what is to be made, and how far it is."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from pipeline.domain import Status
from pipeline.experiments.outcomes import Results
from pipeline.visuals import Text, Value

MOST_VARIANTS = 6


class Variant(Value):
    """One way of writing lessons: every prompt by name with its version, and what else may differ."""

    name: Text
    prompts: Mapping[str, Text]
    """As they stood when the run was planned: a label that moves later changes nothing."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    """None is the seed of the run."""
    model: Text | None = None
    """The id of a language model; None is the installation's own."""


class RunPlan(Value):
    """What is to be made: each question of a data set in each variant."""

    name: str = ""
    dataset: Text
    variants: tuple[Variant, ...] = Field(min_length=1, max_length=MOST_VARIANTS)
    baseline: Text
    """The name of the variant that the others are compared with."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    questions: Annotated[int, Field(ge=1)] | None = None
    """So many of the set, spread evenly over it; None is all."""
    budget_usd: Annotated[Decimal, Field(gt=0)] | None = None
    scorers: tuple[str, ...] = ()
    """Empty is all."""


class Foreseen(Value):
    """What a run would take. What was made before under the same conditions is used again and costs nothing."""

    lessons: int
    known: int
    usd: Decimal | None
    """None where nothing is known that a price could be told from."""
    seconds: float | None
    because: str
    within_budget: int | None = None
    """How many of the new lessons the budget is expected to pay for; None without a budget or a price."""

    @property
    def new(self) -> int:
        """The lessons that have to be made."""
        return self.lessons - self.known


class State(StrEnum):
    """Where a run stands."""

    PLANNED = "planned"
    """Nothing of it is in the queue."""
    RUNNING = "running"
    STOPPED = "stopped"
    """The budget was reached; `why` says what is missing."""
    CANCELLED = "cancelled"
    MADE = "made"
    """Every lesson is decided, and not every one is scored."""
    DONE = "done"


class Item(Value):
    """One question in one variant; `position` is the question's, from 1."""

    item_id: int
    position: int
    question_id: str
    variant: str
    request_id: str | None
    status: Status | None
    reused: bool
    """Whether the lesson was made for an earlier run, under the same conditions."""
    scored: bool

    @property
    def decided(self) -> bool:
        """Whether nothing more will happen to its request by itself."""
        return self.status is not None and self.status.decided


class RunView(Value):
    """One run as it stands."""

    run_id: str
    plan: RunPlan
    by: str
    """Who ran it, as the audit log names them."""
    created_at: datetime
    state: State
    why: str = ""
    dataset_digest: str
    questions: int
    commit: str
    made_with: Mapping[str, str]
    """Models, corpus, version: what the lessons were made with besides the prompts."""
    items: tuple[Item, ...]
    spent_usd: Decimal | None
    """For lessons that were made for this run; None where some usage has no price."""
    closed_at: datetime | None = None
    """Since when nobody votes any more."""
    results: Results | None = None

    def of(self, variant: str) -> tuple[Item, ...]:
        """The items of this variant, by question."""
        return tuple(item for item in self.items if item.variant == variant)

    @property
    def decided(self) -> int:
        """How many lessons are."""
        return sum(item.decided for item in self.items)

    @property
    def missing(self) -> int:
        """How many lessons are not."""
        return len(self.items) - self.decided

    @property
    def under_way(self) -> int:
        """How many lessons are asked for and not decided."""
        return sum(item.request_id is not None and not item.decided for item in self.items)
