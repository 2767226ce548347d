"""What the record says, in the shape of the roll-ups' cells.

A request that was counted keeps the organisation, topic and form it was counted with; before that they are what they are now.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    String,
    Table,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from pipeline.database import Base
from pipeline.domain import Stage, StageStatus, Status
from pipeline.ledger.words import BANDS
from pipeline.tables import Cube
from pipeline.tracking import NONE, day_of, furthest, home

TABLES: Mapping[str, Table] = Base.metadata.tables
REQUESTS, RUNS, USAGE, COUNTED = (TABLES[name] for name in ("content_requests", "stage_runs", "usage", "counted_requests"))
USAGE_CELLS, REQUEST_CELLS, USAGE_KINDS = (TABLES[name] for name in ("usage_cells", "request_cells", "usage_kinds"))
MADE = (Status.COMPLETED, Status.PARTIAL)
UNDECIDED = (Status.PENDING, Status.RUNNING)
_AGAIN = "content_requests.counted_lease <> content_requests.lease"
UNCOUNTED = and_(text(f"CASE WHEN {_AGAIN} THEN 1 ELSE 0 END = 1"), text(f"CASE WHEN {_AGAIN} THEN 2 ELSE 0 END = 2"))
"""Not counted, or not since it got another chance; an index holds these. PostgreSQL takes two columns for different in nearly
every row, and would read all of them; that an expression has some value it takes for rare, and that two have for very rare.
"""
COUNTED_NOW = REQUESTS.c.counted_lease == REQUESTS.c.lease
UNFOLDED = and_(text("NOT usage.folded"), ~USAGE.c.folded)
"""Not in the roll-ups: as the condition of the index has it, and as a value of its column, or SQLite would read all rows."""
COMPARED = "compared"
"""Made from nothing for a comparison, which shows what a form takes: nobody did without another form."""
MILLION = 1_000_000
POSTGRESQL = "postgresql"
KEPT_APART = ("modality", "stage", "family", "provider", "model", "unit", "tier", "band")
"""What every cube of usage tells apart besides the day."""


def among(column: ColumnElement[Any], ids: Sequence[Any], dialect: str) -> ColumnElement[bool]:
    """Whether the column is one of these, sent as one value: thousands of parameters would be slow."""
    if dialect == POSTGRESQL:
        return column == any_(cast(literal(list(ids), ARRAY(column.type)), ARRAY(column.type)))
    return column.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))


def facts(dialect: str) -> Select[Any]:
    """What is counted of a decided request, as the record has it now."""
    c = REQUESTS.c
    return select(
        c.id.label("request_id"), c.lease, day_of(func.coalesce(c.finished_at, c.created_at), dialect).label("day"),
        furthest().label("modality"), home().label("organization_id"), func.coalesce(c.topic_id, NONE).label("topic_id"),
        cast(c.status, String).label("status"), _origin().label("origin"), _skipped().label("skipped"),
        c.script_words.label("words"),
    ).where(c.status.not_in(UNDECIDED))


def entries(dialect: str) -> Select[Any]:
    """Rows of usage as single entries: number, request, day, quantity, and the kind without its form."""
    u = USAGE.c
    kind = RUNS.c.family, u.provider, u.model, cast(u.unit, String), u.tier, band_of()
    rows = select(u.id, RUNS.c.request_id, day_of(u.recorded_at, dialect), millionths(), cast(RUNS.c.stage, String), *kind)
    return rows.select_from(USAGE.join(RUNS, RUNS.c.id == u.stage_run_id))


def unfolded(dialect: str) -> Select[Any]:
    """The rows that are in no roll-up yet, with all that the cubes tell apart."""
    u = USAGE.c
    return select(
        REQUESTS.c.id.label("request_id"), day_of(u.recorded_at, dialect).label("day"),
        func.coalesce(COUNTED.c.organization_id, home()).label("organization_id"),
        func.coalesce(COUNTED.c.topic_id, REQUESTS.c.topic_id, NONE).label("topic_id"),
        func.coalesce(COUNTED.c.modality, furthest()).label("modality"), cast(RUNS.c.stage, String).label("stage"),
        RUNS.c.family, u.provider, u.model, cast(u.unit, String).label("unit"), u.tier, band_of().label("band"),
        millionths().label("millionths"),
    ).select_from(_usage_with_all()).where(UNFOLDED)


def requests(counted: FromClause, cube: Cube, sign: int = 1) -> Select[Any]:
    """Every counted request as an addition to a cell of the cube, or what takes it away."""
    c = counted.c
    words = cast(func.coalesce(c.words, 0), BigInteger)
    return select(
        c.day, member(counted, cube).label("member"), c.modality, c.status, c.origin, c.skipped,
        literal(sign).label("requests"), (case((c.words.is_not(None), 1), else_=0) * sign).label("worded"),
        (words * sign).label("words"), (words * words * sign).label("squares"))


def member(rows: FromClause, cube: Cube) -> ColumnElement[str]:
    """What the cube tells apart besides, of rows that have it all."""
    of = {Cube.EVERYTHING.lean: literal(""), Cube.ORGANIZATION.lean: rows.c.organization_id, Cube.TOPIC.lean: rows.c.topic_id}
    return of[cube.lean]


def millionths() -> ColumnElement[int]:
    """The quantity as a whole number."""
    return cast(func.round(USAGE.c.quantity * MILLION), BigInteger)


def band_of() -> ColumnElement[int]:
    """How large the call was, by the steps at which prices change."""
    return case(*((USAGE.c.size > band, band) for band in reversed(BANDS[1:])), else_=BANDS[0])


def _usage_with_all() -> FromClause:
    """Usage with its request. The conditions are written so that an index serves them in one direction only: SQLite would
    rather begin with all requests than with the few rows of usage that are meant.
    """
    run, request = USAGE.c.stage_run_id + 0, RUNS.c.request_id.concat("")
    return (USAGE.join(RUNS, RUNS.c.id == run).join(REQUESTS, REQUESTS.c.id == request)
            .outerjoin(COUNTED, COUNTED.c.request_id == request))


def _origin() -> ColumnElement[str]:
    compared = func.coalesce(REQUESTS.c.request["fresh"].as_boolean(), False)
    return case((REQUESTS.c.cache_hit, "cached"), (REQUESTS.c.revision_of.is_not(None), "corrected"), (compared, COMPARED),
                else_="made")


def _skipped() -> ColumnElement[str]:
    """The stages that a made lesson did without, as one word."""
    skipped: ColumnElement[str] = literal("")
    for stage in (Stage.TTS, Stage.IMAGES, Stage.VIDEO):
        without = exists().where(
            RUNS.c.request_id == REQUESTS.c.id, RUNS.c.stage == stage, RUNS.c.status == StageStatus.SKIPPED
        ).correlate(REQUESTS)
        skipped = skipped.concat(case((without, f"{stage}+"), else_=""))
    return case((REQUESTS.c.status.in_(MADE), func.rtrim(skipped, "+")), else_="")
