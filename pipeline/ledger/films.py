"""The record -> what films did cost: each request that spoke, drew and filmed its lesson, by the words of its script."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import cache, partial
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.orm import aliased

from pipeline.domain import Stage, StageStatus, Unit
from pipeline.ledger.cells import Used
from pipeline.ledger.each import KindOfUsage, each
from pipeline.ledger.prediction import Observation
from pipeline.prices import EXACT, Priced, Unpriced
from pipeline.report import SAVING, SKIPPABLE
from pipeline.tables import QueueName, RequestRow, StageRunRow

NEWEST = 2_000
"""Films that are learned from."""
LOOKED_AT = 10_000
"""Requests among which they are looked for; the line of lessons that are only written is not."""


class Films(NamedTuple):
    """The films, oldest first; those whose usage has no price are left out, and the usage named."""

    observations: tuple[Observation, ...]
    unpriced: tuple[str, ...]


def films(connection: Connection, book: Priced) -> Films:
    """The newest films at the prices of their days. What failed on the way counts: a film costs its retries too."""
    found = each(connection, _wanted())
    price, missing = cache(partial(_price, book, found.kinds)), set[str]()
    observations = []
    with localcontext(EXACT):
        for row in sorted(found.rows, key=lambda row: (row.finished_at, row.id)):
            usd, unpriced = _cost(found.used.get(row.id, {}), found.kinds, price)
            missing |= unpriced
            if not unpriced:
                parts = usd[Stage.TTS], usd[Stage.IMAGES], usd[Stage.VIDEO]
                observations.append(Observation(words=row.script_words, usd=parts))
    return Films(tuple(observations), tuple(sorted(missing)))


def _cost(
    used: Used, kinds: Mapping[str, KindOfUsage], price: Callable[[str, str], Decimal | Unpriced],
) -> tuple[dict[Stage, Decimal], set[str]]:
    """What each stage of a film cost, and what of it has no price, in words."""
    usd, missing = dict.fromkeys(SKIPPABLE, Decimal(0)), set()
    for day, numbers in used.items():
        for number in (number for number in numbers if kinds[number].stage in SKIPPABLE):
            of_one = price(number, day)
            if isinstance(of_one, Unpriced):
                missing.add(str(of_one))
            else:
                usd[Stage(kinds[number].stage)] += numbers[number] * of_one
    return usd, missing


def _price(book: Priced, kinds: Mapping[str, KindOfUsage], number: str, day: str) -> Decimal | Unpriced:
    """USD for a millionth of the unit, or that there is no price."""
    kind = kinds[number]
    size = kind.band + 1 if kind.band else 0
    try:
        usd = book.unit_price(kind.provider, kind.model, Unit(kind.unit), date.fromisoformat(day), tier=kind.tier, size=size)
    except Unpriced as fault:
        return fault
    return usd.scaleb(-6)


def _wanted() -> "Select[str, int | None, datetime | None]":
    """The newest that made everything. One that a comparison had made from nothing is no ordinary lesson: it shares no part with
    others."""
    r = RequestRow
    fresh = func.coalesce(r.request["fresh"].as_boolean(), False).label("fresh")
    near = select(r.id, r.script_words, r.finished_at, r.status, r.cache_hit, r.revision_of, fresh).where(
        r.queue == QueueName.VIDEO, r.finished_at.is_not(None)).order_by(r.finished_at.desc()).limit(LOOKED_AT).subquery().c
    made = [  # asked one by one: as EXISTS, PostgreSQL might read every run there is instead
        select(run.id).where(run.request_id == near.id, run.stage == stage, run.status == StageStatus.COMPLETED).limit(1)
        .correlate(near.id.table).scalar_subquery().is_not(None)
        for stage, run in ((stage, aliased(StageRunRow)) for stage in SKIPPABLE)
    ]
    wanted = select(near.id, near.script_words, near.finished_at).where(
        near.status.in_(SAVING), ~near.cache_hit, near.revision_of.is_(None), near.script_words.is_not(None), ~near.fresh, *made)
    return wanted.order_by(near.finished_at.desc(), near.id).limit(NEWEST)
