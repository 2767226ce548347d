"""A pull: what stands behind a source's cursor is read, folded and stored, piece by piece."""

import time
from collections.abc import Callable
from contextlib import closing

from sqlalchemy import Engine

from pipeline.errors import PipelineError
from pipeline.incidents.bulk import INSERT
from pipeline.incidents.crew import circles_seldom, folded_by
from pipeline.incidents.rulebook import in_force
from pipeline.incidents.storing import SOURCES, TOTALS, Overtaken, Stored, Storing, alone, cursor_of
from pipeline.incidents.words import Pulled
from pipeline.logs import Source

Told = Callable[[Pulled], None]


def pull(engine: Engine, source: Source, *, processes: int, told: Told | None = None) -> Pulled:
    """Store what is new in the source. A pull that is killed anywhere loses and doubles nothing: the next one goes on.

    Where two processes pull from one source, the first that stores goes on and the other stops (`overtaken`).
    """
    storing, sum_ = Storing(engine), _Sum()
    try:
        _pull(engine, source, storing, sum_, processes, told)
    except Overtaken:
        return sum_.told.model_copy(update={"overtaken": True})
    except PipelineError as fault:
        _note_end(engine, source.name, str(fault))
        raise
    _note_end(engine, source.name, "")
    return sum_.told


class _Sum:
    """What the pull brought so far."""

    def __init__(self) -> None:
        self.told = Pulled()

    def add(self, stored: Stored) -> Pulled:
        so_far = self.told
        self.told = Pulled(
            lines=so_far.lines + stored.lines, errors=so_far.errors + stored.errors,
            unparsed=so_far.unparsed + stored.unparsed, duplicates=so_far.duplicates + stored.duplicates,
            others=so_far.others + stored.lines - stored.errors - stored.unparsed,
            new_groups=(*so_far.new_groups, *stored.new_groups))
        return self.told


def _pull(engine: Engine, source: Source, storing: Storing, sum_: _Sum, processes: int, told: Told | None) -> None:
    with engine.connect() as connection:
        cursor, rules = cursor_of(connection, source.name), in_force(connection)
    with circles_seldom(), closing(folded_by(processes, iter(source.pieces(cursor)), rules)) as done:
        for piece, folded in done:
            so_far = sum_.add(storing.store(source.name, cursor, piece, folded, rules))
            cursor = folded.cursor
            if told is not None:
                told(so_far)


def _note_end(engine: Engine, name: str, fault: str) -> None:
    with alone(engine) as (connection, _):
        adding = INSERT[connection.dialect.name](SOURCES).values(
            name=name, cursor="", last_pull=time.time(), fault=fault, **dict.fromkeys(TOTALS, 0))
        connection.execute(adding.on_conflict_do_update(
            index_elements=[SOURCES.c.name], set_={"last_pull": adding.excluded.last_pull, "fault": fault}))
