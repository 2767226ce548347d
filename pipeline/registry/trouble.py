"""What may go wrong for a student who takes part in a split: the guards, and how often each arm meets them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.domain import Origin, Stage, Status
from pipeline.prompts import Arm
from pipeline.registry.guarding import evidence, limit
from pipeline.registry.values import ArmLook, GuardLook, Split, SplitLook
from pipeline.tables import ExposureRow, RequestRow, ReviewRow, StageRunRow
from pipeline.visuals import Text, Value

SLOW_SECONDS = 30.0
"""Of the script, from which on a student waits too long."""
DISLIKED = 2
"""Stars, up to which a lesson counts as disliked."""
AT_ONCE = 200
LATER = "disliked"
"""The guard that may trip long after the lesson was made: it is asked anew at every look."""


class Guard(Value):
    """Something that no arm may cause more often than the first."""

    guard: Text
    title: Text


GUARDS: Mapping[str, Guard] = {guard.guard: guard for guard in (
    Guard(guard="failed", title="No whole lesson was made"),
    Guard(guard="declined", title="The question was declined or asked back"),
    Guard(guard="replaced", title="A sentence of the model was not supported, and a stock sentence stands there"),
    Guard(guard="slow", title=f"The script took more than {SLOW_SECONDS:.0f} seconds"),
    Guard(guard=LATER, title=f"Somebody gave {DISLIKED} stars or fewer"),
)}


def note_troubles(session: Session, split_id: int) -> None:
    """Each exposed request that is decided by now has its troubles noted: a lesson is read once."""
    wanted = (
        select(ExposureRow, RequestRow.status, RequestRow.result)
        .join(RequestRow, RequestRow.id == ExposureRow.request_id)
        .where(ExposureRow.split_id == split_id, ExposureRow.troubles.is_(None), RequestRow.finished_at.is_not(None))
        .limit(AT_ONCE))
    while rows := session.execute(wanted).tuples().all():
        slow = _slow(session, [row.request_id for row, _, _ in rows])
        for row, status, result in rows:
            row.troubles = [*_troubles(Status(status), result), *(["slow"] if row.request_id in slow else [])]
        session.flush()


def tallied(session: Session, split: Split) -> SplitLook:
    """The split with what its arms came to, in students and requests."""
    counts = {arm: (students, requests) for arm, students, requests in session.execute(
        select(ExposureRow.arm, func.count(ExposureRow.student_id.distinct()), func.count())
        .where(ExposureRow.split_id == split.split_id).group_by(ExposureRow.arm)).tuples()}
    looks = [_counted(arm, *counts.get(arm.name, (0, 0))) for arm in split.shares.arms]
    bad = {name: {arm: len(students) for arm, students in arms.items()}
           for name, arms in _bad_students(session, split.split_id).items()}
    control, *others = looks
    highest = limit(len(GUARDS), len(others))
    return SplitLook(split=split, arms=(control, *(_watched(arm, control, bad, highest) for arm in others)))


def _watched(arm: ArmLook, control: ArmLook, bad: Mapping[str, Mapping[str, int]], highest: float) -> ArmLook:
    guards = tuple(_guarded(guard, bad[name], arm, control, highest) for name, guard in GUARDS.items())
    return arm.model_copy(update={"guards": guards})


def _counted(arm: Arm, students: int, requests: int) -> ArmLook:
    return ArmLook(name=arm.name, share=arm.share, prompts=arm.prompts, students=students, requests=requests)


def _guarded(guard: Guard, bad: Mapping[str, int], arm: ArmLook, control: ArmLook, highest: float) -> GuardLook:
    here, there = bad.get(arm.name, 0), bad.get(control.name, 0)
    return GuardLook(
        guard=guard.guard, title=guard.title, control_bad=there, control_students=control.students, arm_bad=here,
        arm_students=arm.students, evidence=evidence(here, here + there, arm.share / (arm.share + control.share)), limit=highest)


def _bad_students(session: Session, split_id: int) -> Mapping[str, Mapping[str, set[str]]]:
    """Guard -> arm -> the students who met it at least once."""
    bad: dict[str, dict[str, set[str]]] = {name: {} for name in GUARDS}
    noted = select(ExposureRow.arm, ExposureRow.student_id, ExposureRow.troubles).where(
        ExposureRow.split_id == split_id, ExposureRow.troubles.is_not(None))
    for arm, student, troubles in session.execute(noted).tuples():
        for name in troubles or ():
            bad[name].setdefault(arm, set()).add(student)
    disliked = (
        select(ExposureRow.arm, ExposureRow.student_id).distinct()
        .join(ReviewRow, ReviewRow.request_id == ExposureRow.request_id)
        .where(ExposureRow.split_id == split_id, ReviewRow.rating <= DISLIKED))
    for arm, student in session.execute(disliked).tuples():
        bad[LATER].setdefault(arm, set()).add(student)
    return bad


def _troubles(status: Status, result: Mapping[str, Any] | None) -> list[str]:
    """The guards that a decided request met; a cancelled one met none."""
    if status in (Status.FAILED, Status.PARTIAL):
        return ["failed"]
    if status in (Status.OUT_OF_SCOPE, Status.CLARIFICATION_NEEDED):
        return ["declined"]
    sentences = ((result or {}).get("script") or {}).get("sentences", ())
    return ["replaced"] if any(sentence.get("origin") == Origin.REPLACED for sentence in sentences) else []


def _slow(session: Session, request_ids: Sequence[str]) -> set[str]:
    wanted = select(StageRunRow.request_id).where(
        StageRunRow.request_id.in_(request_ids), StageRunRow.stage == Stage.SCRIPT, StageRunRow.seconds > SLOW_SECONDS)
    return set(session.scalars(wanted))
