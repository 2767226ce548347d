"""How sure the reading of a question is: two logistic models over what retrieval found, and the model where they doubt.

The weights were fitted on the tuning half of data/evaluation/intents.jsonl by `python -m tests.bench.fit_nlu`, and are
judged on its other half by `python -m tests.bench nlu`.
"""

import math
from collections.abc import Sequence

from pipeline.understanding.topics import Reading
from pipeline.visuals import Value

IN_LIBRARY = (8.54, 3.93, 0.99, 0.0, 6.02, -2.61, -0.54, -1.09)
"""Weights for "the library has an answer": the features below, then the constant."""
CLEAR = (0.85, 2.98, 0.12, 0.0, 0.49, 7.69, 6.05, -6.5)
"""Weights for "the likeliest topic is the one that is meant"."""
LEAD_COUNTS = 0.25
WORDS_COUNT = 3
PLAIN = 0.9
MOSTLY_NAMED = 0.5
NEAR, FAR_AHEAD = 0.5, 0.14
DOUBT = (0.35, 0.8)
"""Probabilities between which the language model is asked."""
OPTIONS = 4
NEAR_THE_BEST = 0.15


class Verdict(Value):
    """What the model said: the kind of question, and the candidate's number from 1 (0: none)."""

    kind: str
    topic: int

    @property
    def declines(self) -> bool:
        """Whether the model sees no lesson in this."""
        return self.kind == "other" or self.topic == 0


class Sureness(Value):
    """The likeliest reading; how probable it is that the library answers, and that this reading is the one meant."""

    reading: Reading
    in_library: float
    clear: float

    @property
    def doubtful(self) -> bool:
        """Whether the model should be asked if this is a question for the library at all."""
        return DOUBT[0] <= self.in_library < DOUBT[1]


def sureness(candidates: Sequence[Reading], telling: int) -> Sureness:
    """How sure the likeliest of two or more candidates is; `telling` is the question's number of telling words."""
    seen = features(candidates, telling)
    if telling == 0:  # "help me with math": a school question, and nothing to choose by
        return Sureness(reading=candidates[0], in_library=1.0, clear=0.0)
    clear = max(_probability(CLEAR, seen), PLAIN if _plainly_meant(seen, telling) else 0.0)
    return Sureness(reading=candidates[0], in_library=_probability(IN_LIBRARY, seen), clear=clear)


def features(candidates: Sequence[Reading], telling: int) -> tuple[float, ...]:
    """Similarity of the best and its lead, whether it (or another) is named, its word cover, the number of telling words,
    and its lead in word cover."""
    best, others = candidates[0], candidates[1:]
    lead = best.similarity - max(reading.similarity for reading in others)
    return (
        best.similarity, min(lead, LEAD_COUNTS), best.named, max(reading.named for reading in others), best.cover,
        min(telling, WORDS_COUNT) / WORDS_COUNT, best.cover - max(reading.cover for reading in others),
    )


def _plainly_meant(seen: Sequence[float], telling: int) -> bool:
    """Whether half of the question or more is this topic's own name, or nothing else comes near: no statistics needed."""
    similarity, lead, named, other_named = seen[:4]
    if named >= MOSTLY_NAMED and named > other_named:
        return True
    return similarity >= NEAR and lead >= (FAR_AHEAD if telling > 1 else LEAD_COUNTS)


def options_of(candidates: Sequence[Reading]) -> list[Reading]:
    """Two to four readings to choose from: those near the best."""
    near = [r for r in candidates if r.similarity >= candidates[0].similarity - NEAR_THE_BEST]
    return near[:OPTIONS] if len(near) >= 2 else list(candidates[:2])


def _probability(weights: Sequence[float], seen: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, (*seen, 1.0), strict=True))))
