"""Errors: groups, one group, their lines, sources and rules.

What was read is kept for some seconds and shared by everybody who looks; a change is seen at once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import streamlit as st

from console.loaders import deployments
from console.loaders.door import door
from pipeline.deployments import Deploy, Mark, fixed_in
from pipeline.incidents import (
    Facet,
    Group,
    GroupDetail,
    Groups,
    Occurrences,
    RatePoint,
    RuleState,
    Sort,
    SourceState,
    Where,
    Window,
)
from pipeline.runbooks import match

KEPT_SECONDS, TOP, BUCKETS = 10, 8, 24
_kept = st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=100, hash_funcs={Where: repr, Window: repr})



@_kept
def groups(window: Window, where: Where, *, sort: Sort, offset: int, limit: int) -> Groups:
    """A page of the groups, and what they add up to."""
    fixed = fixed_in(marks())
    with door() as parts:
        return parts.incidents.groups(window, where, sort=sort, offset=offset, limit=limit, buckets=BUCKETS, fixed=fixed)


def newest(since: datetime, limit: int) -> Groups:
    """The groups with errors since then, those that were seen first last on top."""
    return groups(Window(since=since), Where(), sort=Sort.FIRST, offset=0, limit=limit)


@_kept
def facets(window: Window, where: Where) -> Mapping[Facet, Mapping[str, int]]:
    """How many errors each value of each facet has."""
    fixed = fixed_in(marks())
    with door() as parts:
        return parts.incidents.facets(window, where, fixed=fixed)


@_kept
def rate(window: Window, where: Where, width: timedelta) -> Sequence[RatePoint]:
    """Errors over time, of the largest groups and of all others together."""
    fixed = fixed_in(marks())
    with door() as parts:
        return parts.incidents.rate(window, where, step_seconds=round(width.total_seconds()), top=TOP, fixed=fixed)


@_kept
def timeline(fingerprint: str, since: datetime, width: timedelta) -> Sequence[RatePoint]:
    """One group over time."""
    points = rate(Window(since=since), Where(text=fingerprint), width)
    return [point for point in points if point.fingerprint == fingerprint]


@_kept
def group(fingerprint: str, window: Window) -> GroupDetail | None:
    """The group that this fingerprint is in now; None where it is not known."""
    fixed = fixed_in(marks())
    with door() as parts:
        return parts.incidents.detail(fingerprint, window, fixed=fixed)


@_kept
def occurrences(fingerprint: str, *, before: int | None, limit: int) -> Occurrences:
    """A page of the group's lines, the newest first."""
    with door() as parts:
        return parts.incidents.occurrences(fingerprint, before=before, limit=limit)


@_kept
def sources() -> Sequence[SourceState]:
    """Where lines came from."""
    with door() as parts:
        return parts.incidents.sources()


@_kept
def rules() -> Sequence[RuleState]:
    """The rules that hold, the newest first."""
    with door() as parts:
        return [rule for rule in parts.incidents.rules() if rule.ended_at is None]


@_kept
def first_line() -> datetime | None:
    """When the first line was written that is known; None before anything was read."""
    with door() as parts:
        return parts.incidents.first_line()


def versions() -> Sequence[str]:
    """What a group can be resolved in: builds and commits that were deployed, the newest first, then versions that were seen."""
    names = [name for deploy in reversed(deployments.deploys()) for name in (deploy.build, deploy.commit[:8]) if name]
    seen = facets(Window(), Where()).get(Facet.VERSION, {})
    return list(dict.fromkeys([*(version for version in seen if version), *names]))


def runbooks(shown: Sequence[Group]) -> Mapping[str, str]:
    """The name of the runbook of each group that has one, by fingerprint."""
    matched = {one.fingerprint: match(one) for one in shown}
    return {fingerprint: found.title for fingerprint, found in matched.items() if found is not None}


def marks() -> Mapping[str, Mark]:
    """What deploys did to groups."""
    return deployments.marks()


def deploys() -> Sequence[Deploy]:
    """Every deploy, the oldest first."""
    return deployments.deploys()


def look_again() -> None:
    """Forget what was read."""
    for question in (groups, facets, rate, timeline, group, occurrences, sources, rules, first_line):
        question.clear()
    deployments.look_again()
