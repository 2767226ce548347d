"""Does an arm of a split do harm? A test that may be looked at after every request, and stays right.

Unit: the student, because students are what is drawn. Of every student who met trouble at least once, only the arm is
looked at. Where the arm makes no difference to who meets trouble (the sharp null hypothesis), each such student is in the
arm with the arm's share of the traffic, s, one like the other, whatever came before. Against that stands "more than s",
with every share above s as likely as the other:

    E = ∫ over q from s to 1 of qᵏ(1−q)ⁿ⁻ᵏ dq / (1−s), divided by sᵏ(1−s)ⁿ⁻ᵏ      (k of n students in the arm)

E is a martingale that begins at 1, so the chance that it ever reaches 1/α is at most α (Ville's inequality), however often
somebody looks and whenever they stop: Robbins (1970), "Statistical methods related to the law of the iterated logarithm";
Ramdas, Grünwald, Vovk and Shafer (2023), "Game-theoretic statistics and safe anytime-valid inference", Statistical Science.
With several guards and arms, α is shared out equally among them (Bonferroni).
"""

import math

from scipy.special import betaln
from scipy.stats import beta

ALPHA = 0.05
"""The chance that a split without any harm is ever stopped, over all its guards and arms."""


def evidence(bad_in_arm: int, bad: int, share: float) -> float:
    """The e-value against "no more harm than the share": 1.0 before anything is known."""
    k, n = bad_in_arm, bad
    mixed = betaln(k + 1, n - k + 1) + float(beta.logsf(share, k + 1, n - k + 1)) - math.log1p(-share)
    fixed = k * math.log(share) + (n - k) * math.log1p(-share)
    return float(math.exp(min(mixed - fixed, 700.0)))


def limit(guards: int, arms: int) -> float:
    """From which e-value on an arm counts as harmful, when so many guards watch so many arms beside the first."""
    return guards * arms / ALPHA

