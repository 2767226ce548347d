"""How sure the reading of a question is, from three witnesses: the topic's name in the question, the nearest passages,
and the model's verdict. The limits were set on the tuning half of data/evaluation/intents.jsonl."""

from collections.abc import Sequence

from pipeline.understanding.topics import Reading
from pipeline.visuals import Value

FOREIGN_BELOW = 0.22
"""Nearest-passage similarity below which a question has nothing to do with the library."""
UNKNOWN_BELOW = 0.33
"""Similarity below which a question of learning has no topic here, unless it names one."""
CLEAR_LEAD = 0.10
"""Lead in similarity over the next topic at which the nearest topic stands alone."""
NAMED_ENOUGH = 0.3
OPTIONS = 4
NEAR_THE_BEST = 0.15


class Verdict(Value):
    """What the model said: the kind of question, and the candidate's number from 1 (0: none)."""

    kind: str
    topic: int


class Sureness(Value):
    """The likeliest reading and how sure it is, 0…1; or that the question is foreign to learning or to the library."""

    reading: Reading
    value: float
    foreign: bool = False
    unknown: bool = False


def confidence(candidates: Sequence[Reading], verdict: Verdict) -> Sureness:
    """How sure the likeliest of the candidates (at least two, likeliest first) is."""
    best = candidates[0]
    named = [reading for reading in candidates if reading.named >= NAMED_ENOUGH]
    if not named and best.similarity < FOREIGN_BELOW:
        return Sureness(reading=best, value=0.0, foreign=True)
    chosen = candidates[verdict.topic - 1] if verdict.topic else None
    if not named and best.similarity < UNKNOWN_BELOW and chosen is not best:
        return Sureness(reading=best, value=0.0, foreign=verdict.kind == "other", unknown=verdict.kind != "other")
    lead = best.similarity - max(reading.similarity for reading in candidates[1:])
    votes = 0.45 * min(1.0, max(0.0, lead) / CLEAR_LEAD) + 0.35 * (chosen is best) + 0.5 * (named == [best])
    return Sureness(reading=best, value=min(1.0, 0.2 + votes))


def options_of(candidates: Sequence[Reading]) -> list[Reading]:
    """Two to four readings to choose from: those near the best."""
    near = [r for r in candidates if r.similarity >= candidates[0].similarity - NEAR_THE_BEST]
    return near[:OPTIONS] if len(near) >= 2 else list(candidates[:2])
