"""What the registry knows, as frozen values: versions, labels with their moves, promotions, splits and how they go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from pipeline.domain import Stage
from pipeline.prompts import PromptText, Shares
from pipeline.tables import MoveKind, PromotionState
from pipeline.visuals import Text, Value

PRODUCTION, CANDIDATE, SHIPPED = "production", "candidate", "shipped"
SHIPPED_AUTHOR = "shipped"


class Version(Value):
    """One version of a prompt. It never changes; only labels come and go."""

    name: Text
    version: Text
    number: int
    """Counts the versions of this prompt from 1, for people."""
    text: PromptText
    author: Text
    message: str
    at: datetime
    parent: Text | None
    """The version that it was made from."""
    labels: tuple[str, ...] = ()


class Entry(Value):
    """One prompt of the pipeline, in a line."""

    name: Text
    stage: Stage | None
    what: str
    production: Text
    labels: Mapping[str, str]
    """Label -> version."""
    versions: int
    last_author: Text
    last_at: datetime
    split_id: int | None = None
    """The traffic split that it takes part in."""


class Move(Value):
    """A label that was put on another version, or taken away (then `version` is None)."""

    move_id: int
    name: Text
    label: Text
    before: Text | None
    version: Text | None
    kind: MoveKind
    by: Text
    at: datetime
    why: str
    run_id: str = ""
    """The evaluation that a promotion rests on."""
    second: str = ""
    """Who agreed, where a second person had to."""


class Promotion(Value):
    """Versions that are to be, or were, put into production together."""

    promotion_id: int
    prompts: Mapping[str, str]
    run_id: str
    said: str
    """What the evaluation says; empty where it is overridden."""
    override: str
    """Why it goes into production without a passing evaluation; empty where one is there."""
    asked_by: Text
    asked_at: datetime
    state: PromotionState
    decided_by: str = ""
    decided_at: datetime | None = None
    why: str = ""


class Evidence(Value):
    """What an evaluation says of versions."""

    run_id: Text
    passed: bool
    said: Text


class Evidences(Protocol):
    """Whoever keeps evaluations of prompts."""

    def evidence(self, run_id: str, prompts: Mapping[str, str]) -> Evidence:
        """What the run says of these versions (name -> version) together. Raises `BadRequest` when it is not about them."""
        ...


class GuardLook(Value):
    """How an arm does by one guard, in students: each counts once, however often it happened."""

    guard: Text
    title: Text
    control_bad: int
    control_students: int
    arm_bad: int
    arm_students: int
    evidence: float
    """The e-value against "this arm does no more harm than the first": may be looked at any time."""
    limit: float
    """From which on the arm counts as harmful, and the split stops."""

    @property
    def harmful(self) -> bool:
        """Whether the limit is reached."""
        return self.evidence >= self.limit


class ArmLook(Value):
    """How an arm does."""

    name: Text
    share: int
    prompts: Mapping[str, str]
    students: int
    requests: int
    guards: tuple[GuardLook, ...] = ()
    """Empty for the first arm, which the others are measured against."""


class Split(Value):
    """A traffic split. While it is open, students get the versions of their arms."""

    split_id: int
    shares: Shares
    why: str
    started_by: Text
    started_at: datetime
    ends_at: datetime | None
    """When it ends by itself."""
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""

    @property
    def open(self) -> bool:
        """Whether students are still told apart by it."""
        return self.ended_at is None


class SplitLook(Value):
    """A split and how its arms do."""

    split: Split
    arms: tuple[ArmLook, ...]

    @property
    def harmful(self) -> tuple[GuardLook, ...]:
        """The guards that an arm has reached."""
        return tuple(guard for arm in self.arms for guard in arm.guards if guard.harmful)
