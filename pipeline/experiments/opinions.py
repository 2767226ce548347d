"""What the judge and people say of pairs of answers, and what that comes to."""

from decimal import Decimal

from pipeline.evaluation import Estimate
from pipeline.visuals import Value


class Judgement(Value):
    """What a judge says of two variants' answers, asked in both orders."""

    question_id: str
    one: str
    other: str
    preferred: str | None
    """The variant that it prefers in both orders; None where it sees no difference, or contradicts itself."""
    one_first: float
    """How much better it finds the first, from 1 to −1, with `one` first; then with `other` first."""
    other_first: float
    model: str
    """Who judged."""

    @property
    def contradicts(self) -> bool:
        """Whether the same place won twice: then it says something of the judge, and nothing of the answers."""
        return self.one_first * self.other_first > 0


class Ballot(Value):
    """What one person sees of one question: two answers as A and B; which is which is not in it."""

    vote_id: int
    run_id: str
    question_id: str
    text: str
    """The question."""
    a: str
    b: str
    choice: str | None
    why: str


class Strength(Value):
    """How often a variant is preferred: its log-odds against the mean of all, with a 95 % interval (Bradley–Terry)."""

    variant: str
    value: float
    low: float | None
    high: float | None
    wins: int
    losses: int
    ties: int


class Preferences(Value):
    """What the judge, or people, prefer over a run."""

    strengths: tuple[Strength, ...]
    pairs: int


class Met(Value):
    """How often the judge said one thing where people said the other: `one`, `other` or `none`, as they stand in a pair."""

    judge: str
    people: str
    count: int


class Agreement(Value):
    """The judge beside people, over the pairs that both looked at."""

    n: int
    kappa: float | None
    """Cohen's; None where either always says the same."""
    low: float | None
    high: float | None
    same: Estimate | None
    """The share of pairs in which they say the same, with Wilson's interval."""
    matrix: tuple[Met, ...]
    said: str


class Judged(Value):
    """What one judge prefers over a run, never without what it is worth."""

    judge: str
    preferences: Preferences
    agreement: Agreement
    """With people, over all runs that are closed to votes."""
    usd: Decimal | None
    """What it used for this run, pairs that failed too; None where some of it has no price."""
