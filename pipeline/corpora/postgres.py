"""Indexes in PostgreSQL: a table each, with a tsvector under a GIN index and a vector of pgvector.

The tables stand in a schema of their own: they are derived, no migration knows them, and any may be dropped.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from pipeline.corpora.indexes import Lists, Source
from pipeline.corpora.postgres_lists import FullText, Nearest, lexemes
from pipeline.database import told_plainly
from pipeline.errors import OperatorError

EXTENSION, SCHEMA = "vector", "vividly_search"
ADVISORY_LOCK = 7_266_815
"""Any number that nothing else of ours takes."""
APPROXIMATE_FROM = 20_000
"""Rows from which on the nearest vectors are looked up in a graph (HNSW); below, all are compared, which is exact."""
ROWS_AT_ONCE = 200
INSTALL = (
    "PostgreSQL cannot search vectors here ({}): install pgvector for this server (on Debian postgresql-NN-pgvector, its "
    "major version for NN) and have a user who may do so run `CREATE EXTENSION vector` in this database."
)
META = MetaData(schema=SCHEMA)
MADE = Table("made", META, Column("key", String, primary_key=True), Column("versions", JSON), Column("rows", Integer))


class PostgresIndexes:
    """Indexes in the database itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ready(self) -> None:
        """pgvector and our schema are there, made now where this user may."""
        with told_plainly(), self._changing() as connection:
            try:
                connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}"))
            except DBAPIError as fault:
                raise OperatorError(INSTALL.format(str(fault.orig).strip().splitlines()[0])) from fault
            connection.execute(CreateSchema(SCHEMA, if_not_exists=True))
            MADE.create(connection, checkfirst=True)

    def open(self, source: Source) -> Lists:
        """Looked at, and made when it is missing or not whole."""
        self.ready()
        rows = len(source.documents)
        with told_plainly(), self._changing() as connection:
            if _fault(connection, source.key) or _made(connection).get(source.key, ((), -1))[1] != rows:
                _make(connection, source)
        table = _table(source.key, width=None)
        return Lists(words=FullText(self._engine, table, rows), vectors=Nearest(self._engine, table))

    def there(self, key: str) -> bool:
        """The table and its columns."""
        with told_plainly(), self._engine.connect() as connection:
            return _has_columns(connection, _table(key, width=None))

    def fault(self, key: str) -> str:
        """Whether the table is there with all its rows and columns."""
        with told_plainly(), self._engine.connect() as connection:
            return _fault(connection, key)

    def size(self, key: str) -> int:
        """Of the table with its indexes."""
        with told_plainly(), self._engine.connect() as connection:
            place = func.to_regclass(f"{SCHEMA}.{_table(key, width=None).name}")
            return int(connection.scalar(select(func.coalesce(func.pg_total_relation_size(place), 0))) or 0)

    def prune(self, versions: Collection[str]) -> None:
        """Whoever searches in one that goes is told to open it again."""
        with told_plainly(), self._changing() as connection:
            for key, (own, _) in _made(connection).items():
                if not set(own) <= set(versions):
                    _drop(connection, key)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A transaction that nobody else makes or takes away an index beside."""
        with self._engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
            yield connection


def _table(key: str, *, width: int | None) -> Table:
    return Table(
        f"index_{key}", MetaData(schema=SCHEMA), Column("position", Integer, primary_key=True, autoincrement=False),
        Column("words", TSVECTOR, nullable=False), Column("vector", HALFVEC(width), nullable=False))


def _made(connection: Connection) -> dict[str, tuple[tuple[str, ...], int]]:
    if not inspect(connection).has_table(MADE.name, schema=SCHEMA):
        return {}
    return {row.key: (tuple(row.versions), row.rows) for row in connection.execute(select(MADE))}


def _fault(connection: Connection, key: str) -> str:
    made, table = _made(connection).get(key), _table(key, width=None)
    if made is None:
        return "The search index is not made yet: it is made at the first search."
    if not _has_columns(connection, table) or connection.scalar(select(func.count()).select_from(table)) != made[1]:
        return "The table of the search index is damaged: it is made again at the next search."
    return ""


def _has_columns(connection: Connection, table: Table) -> bool:
    """Without its extension a vector column goes, and the table stays."""
    found = inspect(connection)
    if not found.has_table(table.name, schema=SCHEMA):
        return False
    return {column["name"] for column in found.get_columns(table.name, schema=SCHEMA)} >= {column.name for column in table.c}


def _make(connection: Connection, source: Source) -> None:
    _drop(connection, source.key)
    vectors = source.vectors()
    table = _table(source.key, width=vectors.shape[1])
    table.create(connection)
    for start in range(0, len(source.documents), ROWS_AT_ONCE):
        part = source.documents[start:start + ROWS_AT_ONCE]
        connection.execute(table.insert().values([
            {"position": position, "words": lexemes(document), "vector": vectors[position]}
            for position, document in enumerate(part, start=start)]))
    Index(f"ix_{table.name}_words", table.c.words, postgresql_using="gin").create(connection)
    if len(source.documents) >= APPROXIMATE_FROM:
        Index(f"ix_{table.name}_vector", table.c.vector, postgresql_using="hnsw",
              postgresql_ops={"vector": "halfvec_ip_ops"}).create(connection)
    connection.execute(MADE.insert().values(key=source.key, versions=list(source.versions), rows=len(source.documents)))


def _drop(connection: Connection, key: str) -> None:
    _table(key, width=None).drop(connection, checkfirst=True)
    connection.execute(MADE.delete().where(MADE.c.key == key))
