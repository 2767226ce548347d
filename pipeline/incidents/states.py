"""The states of a group and how one leads to the next. What is seen is given; nothing here knows a database or a clock.

People resolve, ignore and reopen. By itself a new group becomes ongoing after a day; one that is open may escalate and
calm down again; what was ignored comes back when its condition is met; what was resolved comes back when it is seen again,
but not for a line from before the resolution or from a version before the fix.
"""

from typing import NamedTuple

from pipeline.incidents.words import State

DAY = 86_400.0
NEW_FOR = DAY
REGRESSED_FOR = DAY
"""After a day with nobody looking, a group that came back is an ongoing one."""


class Decision(NamedTuple):
    """A group's state as it is kept. Moments are seconds since 1970."""

    state: State
    at: float
    by: str
    why: str = ""
    until: float | None = None
    until_count: int | None = None
    until_escalates: bool = False
    version: str = ""


class Sight(NamedTuple):
    """What is seen of a group at a moment."""

    now: float
    first_seen: float
    total: int
    escalates: bool = False
    again: float | None = None
    """Of a resolved group: the first line after the resolution that counts (see `reopens`)."""


def by_itself(decision: Decision, sight: Sight) -> tuple[State, str] | None:
    """The state that follows with nobody doing anything, and why; None where it stays."""
    if decision.state is State.RESOLVED:
        return (State.REGRESSED, "Seen again after it was resolved.") if sight.again is not None else None
    if decision.state is State.IGNORED:
        return _after_ignored(decision, sight)
    if decision.state is State.REGRESSED:
        return (State.ONGOING, "A day after it came back.") if sight.now - decision.at >= REGRESSED_FOR else None
    if sight.escalates:
        return None if decision.state is State.ESCALATING else (State.ESCALATING, "Seen more often than before, beyond chance.")
    if decision.state is State.ESCALATING:
        return State.ONGOING, "As often as before again."
    if decision.state is State.NEW and sight.now - sight.first_seen >= NEW_FOR:
        return State.ONGOING, "A day after it was first seen."
    return None


def _after_ignored(decision: Decision, sight: Sight) -> tuple[State, str] | None:
    if decision.until_escalates and sight.escalates:
        return State.ESCALATING, "It was ignored until it escalates."
    if decision.until is not None and sight.now >= decision.until:
        return State.ONGOING, "The time for which it was ignored is over."
    if decision.until_count is not None and sight.total >= decision.until_count:
        return State.ONGOING, "It was seen as often as it was to be ignored."
    return None


def reopens(at: float, version: str, *, resolved: Decision, known_since: dict[str, float]) -> bool:
    """Whether a line of a resolved group means that it is back.

    `known_since`: when each version was first seen. A line from before the resolution does not count, nor one from a version
    that is older than the fix: seen earlier than the version it was resolved in, or, while that was not seen yet, at all
    before the resolution.
    """
    if at <= resolved.at:
        return False
    if not resolved.version or not version or version == resolved.version:
        return True
    fix_seen = known_since.get(resolved.version, resolved.at)
    return known_since.get(version, at) > fix_seen
