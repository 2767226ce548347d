"""The record -> what films did cost: each request that spoke, drew and filmed its lesson, by the words of its script."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, localcontext
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, String, cast, func, select
from sqlalchemy.orm import aliased

from pipeline.domain import Stage, StageStatus, Unit
from pipeline.ledger import raw
from pipeline.ledger.prediction import Observation
from pipeline.prices import EXACT, Priced, Unpriced
from pipeline.report import SAVING, SKIPPABLE
from pipeline.tables import QueueName, RequestRow, StageRunRow, UsageRow

NEWEST = 2_000
"""Films that are learned from."""
LOOKED_AT = 10_000
"""Requests among which they are looked for; the line of lessons that are only written is not."""


class Films(NamedTuple):
    """The films, oldest first; those whose usage has no price are left out, and the usage named."""

    observations: tuple[Observation, ...]
    unpriced: tuple[str, ...]


class _Paid(NamedTuple):
    """What a price depends on."""

    provider: str
    model: str
    unit: str
    day: date
    tier: str
    band: int


def films(connection: Connection, book: Priced) -> Films:
    """The newest films at the prices of their days. What failed on the way counts: a film costs its retries too."""
    wanted = _wanted()
    words = {one: count or 0 for one, count in connection.execute(wanted)}
    costs, missing = {one: dict.fromkeys(map(str, SKIPPABLE), Decimal(0)) for one in words}, dict[str, str]()
    price = cache(partial(_price, book))
    with localcontext(EXACT):
        for one, stage, millionths, *paid in connection.execute(_used(wanted, connection.dialect.name)):
            usd = price(_Paid(*paid))
            if isinstance(usd, Unpriced):
                missing[one] = str(usd)
            else:
                costs[one][stage] += int(millionths) * usd
    return Films(_observed(words, {one: usd for one, usd in costs.items() if one not in missing}),
                 tuple(sorted(set(missing.values()))))


def _price(book: Priced, paid: _Paid) -> Decimal | Unpriced:
    """USD for a millionth of the unit, or that there is no price."""
    size = paid.band + 1 if paid.band else 0
    try:
        usd = book.unit_price(paid.provider, paid.model, Unit(paid.unit), paid.day, tier=paid.tier, size=size)
    except Unpriced as fault:
        return fault
    return usd.scaleb(-6)


def _observed(words: dict[str, int], costs: Mapping[str, Mapping[str, Decimal]]) -> tuple[Observation, ...]:
    return tuple(
        Observation(words=words[one], usd=(costs[one][Stage.TTS], costs[one][Stage.IMAGES], costs[one][Stage.VIDEO]))
        for one in reversed(words) if one in costs)


def _used(wanted: "Select[str, int | None]", dialect: str) -> "Select[Any]":
    """What each of them used, as plain numbers and words: there are tens of thousands of rows."""
    r, u = StageRunRow, UsageRow
    return (
        select(r.request_id, cast(r.stage, String), raw.millionths(), u.provider, u.model, cast(u.unit, String),
               raw.day_of(raw.USAGE.c.recorded_at, dialect), u.tier, raw.band_of())
        .join(u, u.stage_run_id == r.id).where(r.request_id.in_(select(wanted.subquery().c.id)), r.stage.in_(SKIPPABLE)))


def _wanted() -> "Select[str, int | None]":
    """Ids and words of the newest that made everything, the newest first. One that a comparison had made from nothing is no
    ordinary lesson: it shares no part with others."""
    r = RequestRow
    near = (
        select(r.id).where(r.queue == QueueName.VIDEO, r.finished_at.is_not(None))
        .order_by(r.finished_at.desc()).limit(LOOKED_AT).subquery()
    )
    made = [
        select(run.id).where(run.request_id == r.id, run.stage == stage, run.status == StageStatus.COMPLETED).exists()
        for stage, run in ((stage, aliased(StageRunRow)) for stage in SKIPPABLE)
    ]
    wanted = select(r.id, r.script_words).where(
        r.id.in_(select(near.c.id)), r.status.in_(SAVING), ~r.cache_hit, r.revision_of.is_(None), r.script_words.is_not(None),
        func.coalesce(r.request["fresh"].as_boolean(), False).is_(False), *made,
    )
    return wanted.order_by(r.finished_at.desc(), r.id).limit(NEWEST)
