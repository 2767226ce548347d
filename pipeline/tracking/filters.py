"""Which requests are meant, as conditions: what an index answers, and what has to be looked at request by request."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, exists, literal, or_, select, tuple_

from pipeline.database import Moment
from pipeline.domain import Modality, Stage, StageStatus, Status
from pipeline.tracking.connected import REQUESTS, RESULTS, RUNS
from pipeline.visuals import Value

LOOKED_AT = 20_000
"""How many requests a filter without an index looks through, newest first."""
_C = REQUESTS.c
NEWEST = (_C.created_at.desc(), _C.id.desc())
OLDEST = (_C.created_at, _C.id)
_FURTHEST = (Modality.VIDEO, Modality.IMAGES, Modality.AUDIO, Modality.TEXT)


class Filter(Value):
    """Which requests are meant; what is empty does not matter."""

    statuses: tuple[Status, ...] = ()
    stage: Stage | None = None
    """The stage it is at, or failed in."""
    modality: Modality | None = None
    student: str = ""
    topic: str = ""
    """The id of a topic of the catalogue, as the question was understood."""
    text: str = ""
    """Part of the question, or the beginning of the id."""
    since: datetime | None = None
    until: datetime | None = None


class Key(Value):
    """A place in the list, newest first."""

    created_at: datetime
    request_id: str


def found(wanted: Filter, *columns: ColumnElement[Any], also: tuple[ColumnElement[bool], ...] = ()) -> Select[Any]:
    """These columns of the requests of the filter."""
    hard = slow(wanted)
    if not hard:
        return select(*columns).where(*quick(wanted), *also)
    near = select(_C.id).where(*quick(wanted)).order_by(*NEWEST).limit(LOOKED_AT)
    return select(*columns).where(_C.id.in_(near), *hard, *also)


def quick(wanted: Filter) -> list[ColumnElement[bool]]:
    """What an index answers."""
    held: list[ColumnElement[bool]] = []
    if wanted.statuses:
        held.append(_C.status.in_(wanted.statuses))
    if wanted.student:
        held.append(_C.student_id == wanted.student)
    if wanted.since:
        held.append(_C.created_at >= wanted.since)
    if wanted.until:
        held.append(_C.created_at < wanted.until)
    return held


def slow(wanted: Filter) -> list[ColumnElement[bool]]:
    """What has to be looked at request by request."""
    held: list[ColumnElement[bool]] = []
    if wanted.modality:
        held.append(asks_for(wanted.modality))
    if wanted.stage:
        failed = exists().where(RUNS.c.request_id == _C.id, RUNS.c.stage == wanted.stage, RUNS.c.status == StageStatus.FAILED)
        held.append(or_(_C.current_stage == wanted.stage, failed))
    if wanted.topic:
        understood = RESULTS.c.value[("value", "topic_id")].as_string() == wanted.topic
        held.append(exists().where(RESULTS.c.request_id == _C.id, RESULTS.c.stage == Stage.NLU, understood))
    if wanted.text:
        held.append(or_(_C.student_query.icontains(wanted.text, autoescape=True), _C.id.startswith(wanted.text, autoescape=True)))
    return held


def beyond(key: Key | None, *, forward: bool) -> list[ColumnElement[bool]]:
    """What is newer than the key (forward), or older."""
    if key is None:
        return []
    here, there = tuple_(_C.created_at, _C.id), tuple_(literal(key.created_at, Moment()), literal(key.request_id))
    return [here > there if forward else here < there]


def asks_for(modality: Modality) -> ColumnElement[bool]:
    """Whether the request wants the modality."""
    return cast(_C.requested_modalities, String).like(f'%"{modality}"%')


def furthest() -> ColumnElement[str]:
    """The form that takes longest of those that were asked for; the others are made on the way."""
    return case(*((asks_for(modality), modality.value) for modality in _FURTHEST), else_=Modality.TEXT.value)
