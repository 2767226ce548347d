"""The ledger -> which stages were skipped, how often and for how many words, by day, organisation or topic."""

from typing import NamedTuple

from sqlalchemy import Engine, func, select

from pipeline.domain import Stage
from pipeline.ledger.reading import Window, request_sums
from pipeline.report import SAVING, SKIPPABLE
from pipeline.tables import Cube

MADE = "made"
"""Neither from the shelf nor a correction (see `pipeline.report.savings`)."""
CUBES = {"organisation": Cube.ORGANIZATION, "topic": Cube.TOPIC}


class Skips(NamedTuple):
    """Requests of one line of a report that skipped the same stages."""

    key: str
    """The day, organisation or topic; empty where nothing is told apart."""
    stages: tuple[Stage, ...]
    requests: int
    worded: int
    """Those with a script that could be read."""
    words: int


def skips(engine: Engine, span: Window, by: str) -> list[Skips]:
    """What requests decided in the window skipped, where that saved something; by `day`, `organisation`, `topic` or else not."""
    c = request_sums(CUBES.get(by, Cube.EVERYTHING), engine.dialect.name).c
    apart = c.day if by == "day" else c.member
    query = select(apart, c.skipped, func.sum(c.requests), func.sum(c.worded), func.sum(c.words)).where(
        c.origin == MADE, c.skipped != "", c.status.in_([str(status) for status in SAVING]), *span.of(c.day))
    with engine.connect() as connection:
        rows = connection.execute(query.group_by(apart, c.skipped).order_by(apart, c.skipped)).tuples().all()
    return [Skips(str(key), stages_of(word), int(requests), int(worded), int(words))
            for key, word, requests, worded, words in rows if requests]


def stages_of(word: str) -> tuple[Stage, ...]:
    """The stages of `tts+images+video`."""
    return tuple(stage for stage in SKIPPABLE if stage in word.split("+"))
