"""Imported models against a live database, in the child: only there do other people's models exist as objects."""

from collections.abc import Callable, Iterable

from sqlalchemy import Table

from pipeline.database import is_missing, open_database
from pipeline.doctor.live import compare
from pipeline.doctor.live_notes import Place
from pipeline.errors import OperatorError

BOOKKEEPING = "alembic_version"


def tell_differences(objects: Iterable[object], url: str, tell: Callable[..., None]) -> None:
    """Tell how the tables among the objects, and those beside them, differ from the database; or why that cannot be seen.

    Findings name table and column where class and attribute belong: the parent knows which those are.
    """
    collections = {id(table.metadata): table.metadata for table in objects if isinstance(table, Table)}
    try:
        if is_missing(url):
            raise OperatorError("There is no database at this address: check --database.")
        engine = open_database(url)
        for metadata in collections.values():
            others = {name for other in collections.values() if other is not metadata for name in other.tables}
            for finding in compare(metadata, engine, where=_where, ignore=(BOOKKEEPING, *others)):
                tell(step="live", **finding.model_dump(mode="json"))
        engine.dispose()
    except OperatorError as refusal:
        tell(step="refused", message=str(refusal))


def _where(table: str, column: str | None) -> Place:
    return Place(model=table, attribute=column or "")
