"""What the room of comparisons hands out."""

from datetime import datetime
from enum import StrEnum

from pipeline.comparison.variants import Asked, Variant
from pipeline.domain import Status
from pipeline.visuals import Value


class State(StrEnum):
    """Where a comparison stands."""

    RUNNING = "running"
    UNSENT = "unsent"
    """Some of it never came into the queue."""
    DONE = "done"
    CANCELLED = "cancelled"


class Item(Value):
    """One question in one variant, both by number from 1; without a request it is not in the queue."""

    question: int
    variant: int
    request_id: str | None
    status: Status | None

    @property
    def decided(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.status is not None and self.status.decided


class ComparisonView(Value):
    """One comparison as it stands."""

    comparison_id: str
    name: str
    seed: int
    author: str
    """The name, or the address, of whoever made it; empty where no account is known."""
    created_at: datetime
    cancelled_at: datetime | None
    closed_at: datetime | None
    """Since when nobody votes any more."""
    variants: tuple[Variant, ...]
    questions: tuple[Asked, ...]
    items: tuple[Item, ...]

    @property
    def decided(self) -> int:
        """How many items are."""
        return sum(item.decided for item in self.items)

    @property
    def state(self) -> State:
        """Where it stands."""
        return state_of(total=len(self.items), sent=sum(item.request_id is not None for item in self.items),
                        decided=self.decided, cancelled=self.cancelled_at is not None)

    def request_id(self, question: int, variant: int) -> str | None:
        """The request that answers this question in this variant."""
        return next(item.request_id for item in self.items if (item.question, item.variant) == (question, variant))


class ComparisonLine(Value):
    """One comparison of the list."""

    comparison_id: str
    name: str
    author: str
    created_at: datetime
    questions: int
    variants: int
    decided: int
    state: State


def state_of(*, total: int, sent: int, decided: int, cancelled: bool) -> State:
    """A comparison that was stopped is cancelled once nothing of it is under way."""
    if decided == total:
        return State.DONE
    if cancelled and decided == sent:
        return State.CANCELLED
    return State.RUNNING if cancelled or sent == total else State.UNSENT
