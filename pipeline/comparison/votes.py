"""Blind votes: which of two outputs is better, said without knowing which is which, and what it comes to."""

from collections.abc import Sequence
from datetime import datetime

from pipeline.comparison.statistics import Interval, wilson
from pipeline.tables import Choice
from pipeline.visuals import Value


class Two(Value):
    """The two variants that are held against each other, by number from 1, the smaller first."""

    one: int
    other: int


class Ballot(Value):
    """What one person sees of one question: two outputs as A and B, in an order that was drawn once and is kept."""

    vote_id: int
    question: int
    """Its number, counted from 1."""
    swapped: bool
    """Whether A is the other variant."""
    choice: Choice | None
    why: str


class Verdict(Value):
    """A vote with its order decoded."""

    question: int
    author: str
    preferred: int | None
    """The number of the variant, counted from 1; None for no difference."""
    why: str
    voted_at: datetime


class Tally(Value):
    """The votes on two variants, added up. The share is of those who saw a difference."""

    one: int
    other: int
    no_difference: int
    share_of_other: Interval | None

    @property
    def votes(self) -> int:
        """All of them."""
        return self.one + self.other + self.no_difference


def preferred(choice: Choice, *, swapped: bool, one: int, other: int) -> int | None:
    """Which of the two was meant; None for no difference."""
    if choice is Choice.NO_DIFFERENCE:
        return None
    return other if (choice is Choice.A) is swapped else one


def tally(verdicts: Sequence[Verdict], *, one: int, other: int) -> Tally:
    """The votes on these two."""
    counts = {each: sum(verdict.preferred == each for verdict in verdicts) for each in (one, other, None)}
    return Tally(one=counts[one], other=counts[other], no_difference=counts[None],
                 share_of_other=wilson(counts[other], counts[one] + counts[other]))
