"""Which requests are meant, as conditions: what an index answers, and what has to be looked at request by request."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, or_, select, tuple_, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from pipeline.database import Moment
from pipeline.domain import Modality, Stage, StageStatus, Status
from pipeline.tracking.connected import REQUESTS, RUNS, USAGE
from pipeline.tracking.used import WORK_ENDS, belongs_to, of_topic, ran, used
from pipeline.visuals import Value

LOOKED_AT = 10_000
"""How many requests are held against what has no index; the newest."""
SCATTERED = 3_000
"""The same where they do not lie side by side (those of a student, a topic or a status), or where other tables are looked at for
each: whose they are, and what they used."""
COUNTED = 20_000
"""How many are counted where an index alone answers; the newest."""
_C = REQUESTS.c
NEWEST = (_C.created_at.desc(), _C.id.desc())
OLDEST = (_C.created_at, _C.id)
_FURTHEST = (Modality.VIDEO, Modality.IMAGES, Modality.AUDIO, Modality.TEXT)
_TICK = timedelta(microseconds=1)
Conditions = Sequence[ColumnElement[bool]]


class Filter(Value):
    """Which requests are meant; what is empty does not matter."""

    statuses: tuple[Status, ...] = ()
    stage: Stage | None = None
    """The stage it is at, or failed in."""
    modality: Modality | None = None
    """The furthest form that was asked for."""
    student: str = ""
    topic: str = ""
    """The id of a topic of the catalogue, as the question was understood, or `none`."""
    family: str = ""
    """Of a provider: a stage of the request was run by one of its models."""
    organisation: str = ""
    """By id, or `none`: as the ledger counted it."""
    model: str = ""
    """The request used something of it."""
    spent_in: Stage | None = None
    """The request used something in this stage."""
    spent_since: datetime | None = None
    """The request used something from then on."""
    spent_until: datetime | None = None
    """The request used something before then."""
    text: str = ""
    """Part of the question, or the beginning of the id."""
    since: datetime | None = None
    until: datetime | None = None

    def narrowed(self, statuses: Sequence[Status]) -> "Filter | None":
        """The same with no other statuses than these; None when nothing is left."""
        left = tuple(status for status in statuses if not self.statuses or status in self.statuses)
        return self.model_copy(update={"statuses": left}) if left else None


class Key(Value):
    """A place in the list, newest first. Without an id: before everything of its moment."""

    created_at: datetime
    request_id: str


def branches(wanted: Filter) -> list[Filter]:
    """The filter, or one for each of its statuses where their index has to answer: it is in order only within a status."""
    if len(wanted.statuses) < 2 or wanted.student or wanted.topic:
        return [wanted]
    return [wanted.model_copy(update={"statuses": (status,)}) for status in wanted.statuses]


def gathered(
    wanted: Filter, columns: Sequence[ColumnElement[Any]], *, limit: int, also: Conditions = (), oldest: bool = False,
) -> Select[Any]:
    """These columns, `created_at` and `id` among them, of the newest (or oldest) requests of the filter, in order."""
    order = OLDEST if oldest else NEWEST
    parts = [select(*columns).where(*quick(one), *slow(one), *also).order_by(*order).limit(limit) for one in branches(wanted)]
    if len(parts) == 1:
        return parts[0]
    u = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(u).order_by(*((u.c.created_at, u.c.id) if oldest else (u.c.created_at.desc(), u.c.id.desc()))).limit(limit)


def quick(wanted: Filter) -> list[ColumnElement[bool]]:
    """What an index answers. Only one may lead: a planner that knows no numbers might take the one that hardly narrows."""
    held: list[ColumnElement[bool]] = []
    if wanted.student:
        held.append(_C.student_id == wanted.student)
    if wanted.topic:
        held.append(of_topic(aside(_C.topic_id) if wanted.student else _C.topic_id, wanted.topic))
    if wanted.statuses:
        leads = len(wanted.statuses) == 1 and not wanted.student and not wanted.topic
        held.append((_C.status if leads else aside(_C.status)).in_(wanted.statuses))
    begins = wanted.spent_since - WORK_ENDS if wanted.spent_since else None
    since, until = _last(wanted.since, begins), _first(wanted.until, wanted.spent_until)
    return [*held, *([_C.created_at >= since] if since else []), *([_C.created_at < until] if until else [])]


def slow(wanted: Filter) -> list[ColumnElement[bool]]:
    """What has to be looked at request by request."""
    held: list[ColumnElement[bool]] = []
    if wanted.modality:
        held.append(furthest() == wanted.modality)
    if wanted.stage:
        failed = ran(aside(RUNS.c.stage) == wanted.stage, RUNS.c.status == StageStatus.FAILED)
        held.append(or_(_C.current_stage == wanted.stage, failed))
    if wanted.organisation:
        held.append(belongs_to(wanted.organisation))
    family = [RUNS.c.family == wanted.family] if wanted.family else []
    if _by_usage(wanted):
        stage = [aside(RUNS.c.stage) == wanted.spent_in] if wanted.spent_in else []
        model = [USAGE.c.model == wanted.model] if wanted.model else []
        held.append(used(*family, *stage, *model, since=wanted.spent_since, until=wanted.spent_until))
    elif family:
        held.append(ran(*family))
    if wanted.text:
        held.append(or_(_C.student_query.icontains(wanted.text, autoescape=True), _C.id.startswith(wanted.text, autoescape=True)))
    return held


def most(wanted: Filter) -> int:
    """How many of the newest requests of the filter are looked at."""
    if not slow(wanted):
        return COUNTED
    scattered = wanted.student or wanted.topic or wanted.statuses or wanted.organisation or _by_usage(wanted)
    return SCATTERED if scattered else LOOKED_AT


def _by_usage(wanted: Filter) -> bool:
    return any((wanted.model, wanted.spent_in, wanted.spent_since, wanted.spent_until))


def beyond(key: Key | None, *, forward: bool) -> list[ColumnElement[bool]]:
    """What is newer than the key (forward), or older."""
    if key is None:
        return []
    here, there = tuple_(_C.created_at, _C.id), tuple_(literal(key.created_at, Moment()), literal(key.request_id))
    return [here > there if forward else here < there]


def reach(wanted: Filter, key: Key | None = None, *, forward: bool = False, limit: int) -> Select[Any]:
    """The moments of the `limit`-th requests from the key on, of each branch: read from indexes alone, without ids."""
    c = _C.created_at
    edge = [c < key.created_at] if key and not forward and not key.request_id else []
    order, meant = c if forward else c.desc(), branches(near(wanted, None, key, forward=forward))
    parts = [select(c).where(*quick(one), *edge).order_by(order).offset(limit - 1).limit(1) for one in meant]
    u = union_all(*(select(part.subquery()) for part in parts)).subquery()
    return select(func.min(u.c.created_at) if forward else func.max(u.c.created_at))


def near(wanted: Filter, horizon: datetime | None, key: Key | None = None, *, forward: bool = False) -> Filter:
    """The filter for what lies between the key and the horizon, and on them.

    A bound of its own beside that of the filter would not do: SQLite goes by one of them, and it may be the wider one.
    """
    here = key.created_at if key else None
    since, until = (here, horizon) if forward else (horizon, here)
    return wanted.model_copy(update={
        "since": _last(wanted.since, since), "until": _first(wanted.until, until + _TICK if until else None)})


def past(horizon: datetime, *, forward: bool = False) -> Key:
    """The key of what lies behind the horizon."""
    return Key(created_at=horizon + _TICK if forward else horizon, request_id="")


def _last(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


def _first(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment), default=None)


class aside(FunctionElement[Any]):
    """The column, which SQLite shall not take an index for: it has no statistics. PostgreSQL knows better by itself."""

    inherit_cache = True

    def __init__(self, column: ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(aside)
def _as_it_is(element: aside, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses, **how)


@compiles(aside, "sqlite")
def _without_index(element: aside, compiler: SQLCompiler, **how: Any) -> str:
    return f"+{compiler.process(element.clauses, **how)}"


def asks_for(modality: Modality) -> ColumnElement[bool]:
    """Whether the request wants the modality."""
    return cast(_C.requested_modalities, String).like(f'%"{modality}"%')


def furthest() -> ColumnElement[str]:
    """The form that takes longest of those that were asked for; the others are made on the way."""
    return case(*((asks_for(modality), modality.value) for modality in _FURTHEST), else_=Modality.TEXT.value)
