"""Which requests the ledger counts under an organisation or topic, and which used something: in a stage, of a model, some day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, select

from pipeline.tracking.connected import COUNTED, REQUESTS, RUNS, SCHOOLS, USAGE, USERS

NONE = "none"
"""The organisation or topic of a request that has none."""
WORK_ENDS = timedelta(days=1)
"""Work begins when something is asked, and hardly ever ends later than this after it."""


def home() -> ColumnElement[str]:
    """The organisation of the student, who is known by user id or by address, or that of the student's school."""
    student = REQUESTS.c.student_id
    homes = select(func.coalesce(USERS.c.organization_id, SCHOOLS.c.organization_id)).select_from(
        USERS.outerjoin(SCHOOLS, SCHOOLS.c.school_id == USERS.c.school_id)).correlate(REQUESTS)
    return func.coalesce(homes.where(USERS.c.user_id == student).scalar_subquery(),
                         homes.where(USERS.c.email == func.lower(student)).scalar_subquery(), NONE)


def belongs_to(organisation: str) -> ColumnElement[bool]:
    """Whether the request was counted as this organisation's; one that is not counted yet belongs to its student's."""
    counted = select(COUNTED.c.organization_id).where(COUNTED.c.request_id == REQUESTS.c.id).correlate(REQUESTS)
    return func.coalesce(counted.scalar_subquery(), home()) == organisation


def of_topic(column: ColumnElement[Any], topic: str) -> ColumnElement[bool]:
    """Whether the request was understood as of this topic, or of none."""
    return column.is_(None) if topic == NONE else column == topic


def used(*such: ColumnElement[bool], since: datetime | None = None, until: datetime | None = None) -> ColumnElement[bool]:
    """Whether a stage of the request used something, of such a kind, in the time."""
    at = USAGE.c.recorded_at
    within = [*([at >= since] if since else []), *([at < until] if until else [])]
    return _has(RUNS.join(USAGE, USAGE.c.stage_run_id == RUNS.c.id), [*such, *within])


def ran(*such: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the request has such a stage run."""
    return _has(RUNS, such)


def _has(runs: FromClause, such: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Asked request by request: as EXISTS, PostgreSQL might read every run there is instead."""
    one = select(RUNS.c.request_id).select_from(runs).where(RUNS.c.request_id == REQUESTS.c.id, *such).limit(1)
    return one.correlate(REQUESTS).scalar_subquery().is_not(None)
