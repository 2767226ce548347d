"""Why queries went wrong, told by rule from what was found and what was judged; people read the worst of each cause."""

from collections.abc import Callable
from enum import StrEnum

from pipeline.evaluation.results import PRIMARY, Outcome, SystemResult
from pipeline.visuals import Value

DEEP = "Recall@100"


class Cause(StrEnum):
    """What went wrong with a query, the plainest reason first."""

    FALSE_ANSWER = "answered, and nothing answers it"
    NOTHING_FOUND = "nothing was found"
    OTHER_PASSAGE = "the right document, another passage of it"
    RANKED_LOW = "an answer was found, below the first ten"
    NOT_FOUND = "no answer among the first hundred"
    LOWER_THAN_BEST = "an answer is in the first ten, others stand above it"


class Worst(Value):
    """A query, what it came to, and why."""

    outcome: Outcome
    cause: Cause
    value: float
    """In the measure that decides; 0 for a false answer."""


def worst(system: SystemResult, document_of: Callable[[str], str], *, count: int) -> tuple[Worst, ...]:
    """The queries that came out worst, the worst first; those that came out as well as can be are left out."""
    judged = [Worst(outcome=each, cause=cause(each, document_of), value=each.values.get(PRIMARY, 0.0))
              for each in system.outcomes if failed(each)]
    order = list(Cause)
    return tuple(sorted(judged, key=lambda one: (one.value, order.index(one.cause), one.outcome.query_id))[:count])


def failed(outcome: Outcome) -> bool:
    """Whether the query could have come out better."""
    return outcome.values[PRIMARY] < 1 if outcome.values else outcome.answered


def cause(outcome: Outcome, document_of: Callable[[str], str]) -> Cause:
    """Why it did not."""
    if not outcome.values:
        return Cause.FALSE_ANSWER
    if not outcome.answered:
        return Cause.NOTHING_FOUND
    if outcome.values[PRIMARY] > 0:
        return Cause.LOWER_THAN_BEST
    if {document_of(name) for name in outcome.judged} & {document_of(name) for name in outcome.found}:
        return Cause.OTHER_PASSAGE
    return Cause.RANKED_LOW if outcome.values.get(DEEP, 0.0) > 0 else Cause.NOT_FOUND
