"""The ledger -> which stages were skipped, how often and for how many words, by day, organisation or topic."""

from typing import NamedTuple

from sqlalchemy import Engine, func, select

from pipeline.domain import Stage
from pipeline.ledger.counts import request_sums
from pipeline.ledger.reading import cube_of
from pipeline.ledger.spans import Window
from pipeline.ledger.words import Where
from pipeline.report import SAVING, SKIPPABLE
from pipeline.tables import Cube

MADE = "made"
"""Neither from the shelf, nor a correction, nor for a comparison (see `pipeline.report.savings`)."""


class Skips(NamedTuple):
    """Requests of one line of a report that skipped the same stages."""

    key: str
    """The day, organisation or topic; empty where nothing is told apart."""
    stages: tuple[Stage, ...]
    requests: int
    worded: int
    """Those with a script that could be read."""
    words: int


def skips(engine: Engine, span: Window, by: str, where: Where) -> list[Skips]:
    """What requests decided in the window skipped, where that saved something; by `day`, `organisation`, `topic` or else not.

    Of `where` form, organisation and topic count. Raises `BadRequest` for an organisation and a topic at once.
    """
    c = request_sums(_cube(by, where), span, engine.dialect.name, daily=by == "day").c
    apart, member = c.day if by == "day" else c.member, where.organisation or where.topic
    held = [*([c.modality == where.modality] if where.modality else []), *([c.member == member] if member else [])]
    query = select(apart, c.skipped, func.sum(c.requests), func.sum(c.worded), func.sum(c.words)).where(
        c.origin == MADE, c.skipped != "", c.status.in_([str(status) for status in SAVING]), *held)
    with engine.connect() as connection:
        rows = connection.execute(query.group_by(apart, c.skipped).order_by(apart, c.skipped)).tuples().all()
    return [Skips(str(key), stages_of(word), int(requests), int(worded), int(words))
            for key, word, requests, worded, words in rows if requests]


def _cube(by: str, where: Where) -> Cube:
    return cube_of(topic=by == "topic" or where.topic is not None,
                   organisation=by == "organisation" or where.organisation is not None)


def stages_of(word: str) -> tuple[Stage, ...]:
    """The stages of `tts+images+video`."""
    return tuple(stage for stage in SKIPPABLE if stage in word.split("+"))
