"""The models against a live database: everything that differs, in one look that changes nothing.

Both sides are read whole and compared here: Alembic's own comparison asks the database table by table, and does not see
CHECKs, members of enums, partial indexes, primary keys or lengths that only one side has.
"""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Engine, MetaData, Table

from pipeline.database import told_plainly
from pipeline.doctor.findings import Code, Finding
from pipeline.doctor.live_columns import columns
from pipeline.doctor.live_database import Live, read_live
from pipeline.doctor.live_enums import listed_enums, native_enums
from pipeline.doctor.live_notes import Notes, Place, Where
from pipeline.doctor.live_shapes import FOREIGN_KEY, Meeting, Shape, judged, meet
from pipeline.doctor.live_wanted import check_shape, found_checks, found_shapes, wanted_checks, wanted_shapes

__all__ = ["Place", "compare"]


def compare(
    metadata: MetaData, engine: Engine, *, where: Where, ignore: Collection[str] = (), pending: bool = False,
) -> tuple[Finding, ...]:
    """All differences between models and database; one cause is one finding, so what follows from it is left out.

    `ignore` names tables that belong to others; `pending` says that migrations wait, and the suggestions start there. On
    PostgreSQL only the default schema is looked at. Raises `OperatorError` where the database cannot be read.
    """
    notes = Notes(where=where, pending=pending)
    with told_plainly(), read_live(engine) as live:
        wanted = [table for table in metadata.tables.values() if table.schema in (None, live.schema) and table.name not in ignore]
        return (*_tables(wanted, live, notes, ignore), *_inside(wanted, live, notes))


def _tables(wanted: Sequence[Table], live: Live, notes: Notes, ignore: Collection[str]) -> Iterator[Finding]:
    names = {table.name for table in wanted}
    for table in wanted:
        if table.name not in live.columns:
            message = f"The table {table.name} does not exist in the database: every query of this model fails."
            yield notes.error(Code.TABLE_DIFFERS, (table.name, None), message=message, step=f"creates {table.name}")
    for name in sorted(live.columns.keys() - {*names, *live.views, *ignore}):
        yield notes.warning(
            Code.TABLE_DIFFERS, (name, None), step=f"drops {name}, or import the model that declares it",
            message=f"The database has a table {name} that no model declares: nothing here reads or fills it.",
        )


def _inside(wanted: Sequence[Table], live: Live, notes: Notes) -> Iterator[Finding]:
    tables = [table for table in wanted if table.name in live.columns]
    yield from native_enums(tables, live, notes)
    for table in tables:
        yield from columns(table, live, notes, ()) if table.name in live.views else _table(table, live, notes)


def _table(table: Table, live: Live, notes: Notes) -> Iterator[Finding]:
    wanted, found = wanted_checks(table, live), found_checks(table, live)
    settled = listed_enums(table, live, notes, wanted=wanted, found=found)
    yield from settled.findings
    yield from columns(table, live, notes, settled.columns)
    mine = [*wanted_shapes(table, live), *(check_shape(*each, table, live) for each in wanted if each not in settled.wanted)]
    theirs = [*found_shapes(table, live), *(check_shape(*each, table, live) for each in found if each not in settled.found)]
    absent = {column.name for column in table.columns} ^ live.columns[table.name].keys()
    for meeting in meet(mine, theirs):
        if not _follows(meeting, absent, live):
            yield from judged(notes, table.name, meeting)


def _follows(meeting: Meeting, absent: Collection[str], live: Live) -> bool:
    """Whether it differs because a column or the table it points at is absent on one side, which is a finding already."""
    spoken = {column for shape in meeting if shape for column in shape.columns}
    return bool(spoken & set(absent)) or (meeting.found is None and _points_at_nothing(meeting.wanted, live))


def _points_at_nothing(wanted: Shape | None, live: Live) -> bool:
    if wanted is None or wanted.kind != FOREIGN_KEY:
        return False
    table, _, referred = dict(wanted.traits)["target"].rstrip(")").partition("(")
    return "." not in table and not set(referred.split(", ")) <= live.columns.get(table, {}).keys()
