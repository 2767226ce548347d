"""Which fault stood before which: a group that nobody had seen, and that could only show itself once another was gone.

A fault that stops every request at its first query hides whatever is wrong behind it. Three things speak for that: the one
stopped what the other needs to happen, it is gone, and nothing that it did *not* stop had shown the other before.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipeline.deployments.history import History, Known
from pipeline.deployments.rates import Rate, is_sure, rose
from pipeline.deployments.reasons import counted, cut
from pipeline.deployments.words import Unit
from pipeline.domain import Stage

STOPS = 0.5
"""A fault hides others only if it struck at least this share of the occasions before."""
ORDER = {str(stage): number for number, stage in enumerate(Stage)}


class Before(NamedTuple):
    """What stood before a group, and why that is thought."""

    fingerprint: str
    all_of_them: bool
    """It struck every occasion, so that one which got further shows that it is gone."""
    why: str


def stood_before(
    history: History, fingerprint: str, era: int, unit: Unit, candidates: Iterable[str]
) -> Before | None:
    """The candidate, gone in this era, that hid the group until then; None where it was not hidden.

    `candidates` struck the era before and not this one.
    """
    after = history.rate(fingerprint, [era], unit)
    hiding = [(candidate, before) for candidate in candidates
              if (before := _hides(history, candidate, era, unit, after)) is not None
              and _on_one_path(history.groups[candidate], history.groups[fingerprint])]
    if not hiding:
        return None
    chosen, rate = max(hiding, key=lambda pair: (pair[1].share, _kinship(history, pair[0], fingerprint)))
    why = _why(history.groups[chosen], history.groups[fingerprint], rate, unit)
    return Before(chosen, rate.struck >= rate.of, why)


def _hides(history: History, candidate: str, era: int, unit: Unit, after: Rate) -> Rate | None:
    """How often the candidate struck before, if it struck enough to have hidden a fault of this rate."""
    base = history.before(era)
    if base is None:
        return None
    rate = history.rate(candidate, history.stretch(candidate, base), unit)
    passed = Rate(0, rate.of - rate.struck)
    if rate.share < STOPS or is_sure(rose(passed, after)):
        return None
    return rate


def _on_one_path(first: Known, second: Known) -> bool:
    """Whether the first could have stopped the second: in one job, or in a log that names none; and in no later stage."""
    if not first.jobs & second.jobs and (first.jobs or second.jobs):
        return False
    stopped, reached = _places(first.stages), _places(second.stages)
    return not stopped or not reached or min(stopped) <= max(reached)


def _places(stages: Iterable[str]) -> list[int]:
    return [ORDER[stage] for stage in stages if stage in ORDER]


def _kinship(history: History, one: str, other: str) -> int:
    """How much two groups have in common."""
    first, second = history.groups[one], history.groups[other]
    alike = [first.exception == second.exception != "", first.culprit == second.culprit != "",
             bool(first.jobs & second.jobs), bool(first.stages & second.stages)]
    return sum(alike)


def _why(first: Known, second: Known, rate: Rate, unit: Unit) -> str:
    common = _listed([
        *([f"the same job ({', '.join(sorted(first.jobs & second.jobs))})"] if first.jobs & second.jobs else []),
        *([f"the same kind ({first.exception})"] if first.exception == second.exception != "" else []),
        *([f"the same place ({first.culprit})"] if first.culprit == second.culprit != "" else []),
    ])
    stopped = f"“{cut(first.title)}” stopped {rate.struck} of {counted(rate.of, unit)} before and is gone"
    return f"{stopped}; this was never seen until then{', in ' * bool(common)}{common}."


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
