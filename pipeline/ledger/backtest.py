"""The prediction put to the test on requests that made a film: each is predicted from all the others, and compared."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from pipeline.ledger.prediction import MILLIONTH, Floats, Model, Observation, Skipped, arrays
from pipeline.report import SKIPPABLE, Estimate
from pipeline.visuals import Value

FEWEST_TESTED = 8
"""Films without which a test says nothing."""
TESTED = 200
"""The newest so many are predicted, each from all the others."""


class Case(Value):
    """A request that made its film: what that cost, and what was predicted without looking."""

    words: int
    usd: Decimal
    predicted: Estimate

    @property
    def covered(self) -> bool:
        """Whether the cost lies within the interval."""
        low, high = self.predicted.low, self.predicted.high
        return low is not None and high is not None and low <= self.usd <= high


class BackTest(Value):
    """How well the prediction does."""

    tested: int
    coverage: float
    """Share of the cases whose cost lies within the interval; 0.95 is promised."""
    mean_error: Decimal
    """Predicted less actual, in USD."""
    mean_absolute_share: float | None
    """The mean of |predicted - actual| / actual; None where nothing cost anything."""
    cases: tuple[Case, ...]
    later: Estimate
    """The newer half of them together, predicted from the older half."""
    later_usd: Decimal
    """What that half did cost."""


def back_test(observations: Sequence[Observation]) -> BackTest | None:
    """The test on these observations, oldest first; None where they are too few to tell."""
    if len(observations) < FEWEST_TESTED:
        return None
    first = max(0, len(observations) - TESTED)
    words, usd = arrays(observations)
    cases = tuple(_case(observations[at], at, words, usd) for at in range(first, len(observations)))
    errors = [case.predicted.usd - case.usd for case in cases]
    shares = [float(abs(case.predicted.usd - case.usd) / case.usd) for case in cases if case.usd > 0]
    earlier, later = observations[:len(observations) // 2], observations[len(observations) // 2:]
    return BackTest(
        tested=len(cases), coverage=sum(case.covered for case in cases) / len(cases),
        mean_error=(sum(errors, Decimal(0)) / len(errors)).quantize(MILLIONTH),
        mean_absolute_share=sum(shares) / len(shares) if shares else None, cases=cases,
        later=Model.of(earlier).many([_all_skipped(later)]), later_usd=sum((seen.total for seen in later), Decimal(0)),
    )


def _case(seen: Observation, at: int, words: Floats, usd: Floats) -> Case:
    others = Model(np.delete(words, at), np.delete(usd, at, axis=0))
    return Case(words=seen.words, usd=seen.total, predicted=others.one(SKIPPABLE, seen.words))


def _all_skipped(observations: Sequence[Observation]) -> Skipped:
    return Skipped(stages=SKIPPABLE, requests=len(observations), words=sum(seen.words for seen in observations))
