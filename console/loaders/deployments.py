"""Deployments: deploys with their verdicts, checklists, alarms and baselines; recording a deploy.

What was read is kept for some seconds and shared by everybody who looks.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door
from pipeline.deployments import Alarm, Check, Deploy, Mark, Standing, Told
from pipeline.organisation import Actor, Permission, require

KEPT_SECONDS, VERDICT_SECONDS = 15, 30
_kept = st.cache_data(ttl=KEPT_SECONDS, show_spinner=False, max_entries=50, hash_funcs={Deploy: repr})
_judged = st.cache_data(ttl=VERDICT_SECONDS, show_spinner=False, max_entries=5)


@_kept
def deploys() -> Sequence[Deploy]:
    """Every deploy, the oldest first."""
    with door() as parts:
        return parts.deployments.all()


@_judged
def told() -> Sequence[Told]:
    """Every deploy with its verdict, the newest first."""
    with door() as parts:
        return parts.deployments.told()


@_kept
def marks() -> Mapping[str, Mark]:
    """What deploys did to groups, by fingerprint."""
    verdicts = told()
    with door() as parts:
        return parts.deployments.marks(verdicts)


@_kept
def checklist(deploy: Deploy) -> Sequence[Check]:
    """What is usually looked at after this deploy, looked at."""
    with door() as parts:
        return parts.deployments.checklist(deploy)


@_kept
def alarms() -> Sequence[Alarm]:
    """What somebody should look at now."""
    verdicts = told()
    with door() as parts:
        return parts.deployments.alarms(told=verdicts)


def record(deploy: Deploy) -> str:
    """Keep the deploy; what is to be said of it."""
    with door() as parts:
        new = parts.deployments.record(visitor.actor(), deploy)
        remark = parts.deployments.remark(deploy)
    look_again()
    return " ".join(filter(None, ("The deploy is recorded." if new else "This build was recorded before.", remark)))


def allowed() -> Actor:
    """Whoever is here, when they may change something here. Raises `NotAllowed`."""
    actor = visitor.actor()
    require(actor, Permission.INCIDENTS)
    return actor


def look_again() -> None:
    """Forget what was read."""
    for question in (deploys, told, marks, checklist, alarms, standing):
        question.clear()


@_kept
def standing() -> Standing | None:
    """The newest baseline as it is now; None before there was any."""
    with door() as parts:
        return parts.baselines.standing()


def start_baseline(at: datetime, hours: int, build: str, note: str) -> None:
    """Begin one; the one that runs ends with it."""
    with door() as parts:
        parts.baselines.start(visitor.actor(), at=at, hours=hours, build=build, note_=note)
    look_again()


def end_baseline() -> None:
    """End the one that runs."""
    with door() as parts:
        parts.baselines.end(visitor.actor())
    look_again()
