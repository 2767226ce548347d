"""The two lists of a search in PostgreSQL: full text weighed by how rare each word is, and the nearest vectors.

`ts_rank` alone knows no rarity: with the words joined by OR a common one would count like a rare one.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Float,
    LargeBinary,
    Table,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.types import REAL

from pipeline.database import told_plainly
from pipeline.errors import OperatorError
from pipeline.search import Document, Mask, Ranked

WEIGHTS = (0.25, 0.25, 0.5, 1.0)
"""What a word counts in the text, there too, in a section's heading and in the title: `ts_rank` takes them as D, C, B, A."""
BY_LENGTH = 1
"""`ts_rank` divides by 1 + the logarithm of the length."""
CANDIDATES = 400
"""How many neighbours the graph keeps while it searches; its own 40 are fewer than a list is long."""


class FullText:
    """`Words` over the column `words` of a table."""

    def __init__(self, engine: Engine, table: Table, rows: int) -> None:
        self._engine = engine
        self._table = table
        self._rows = rows

    def ranked(self, words: Sequence[str], limit: int, allowed: Mask | None) -> Ranked:
        """Documents that have any of the words; rare words and headings count for more."""
        asked = [func.plainto_tsquery(_english(), word) for word in words]
        with _asking(self._engine) as connection:
            weights = self._rarity(connection, asked)
            known = [(query, weight) for query, weight in zip(asked, weights, strict=True) if weight > 0]
            if not known:
                return []
            table, weighing = self._table.c, cast(list(WEIGHTS), ARRAY(REAL))
            score = sum((weight * func.ts_rank(weighing, table.words, query, BY_LENGTH, type_=Float) for query, weight in known),
                        literal(0.0))
            queries: Iterable[ColumnElement[Any]] = (query for query, _ in known)
            any_of = reduce(lambda one, other: one.op("||")(other), queries)
            wanted = select(table.position, score.label("score")).where(
                table.words.op("@@")(any_of), *_among(self._table, allowed))
            return _pairs(connection, wanted.order_by(text("score DESC"), table.position).limit(limit))

    def _rarity(self, connection: Connection, asked: Sequence[ColumnElement[Any]]) -> list[float]:
        """The inverse document frequency of each word, as BM25 has it; 0 where no document has it."""
        if not asked:
            return []
        counts = [select(func.count()).where(self._table.c.words.op("@@")(query)).scalar_subquery() for query in asked]
        found = connection.execute(select(*counts)).one()
        return [log(1 + (self._rows - count + 0.5) / (count + 0.5)) if count else 0.0 for count in found]


class Nearest:
    """`Vectors` over the column `vector` of a table."""

    def __init__(self, engine: Engine, table: Table) -> None:
        self._engine = engine
        self._table = table

    def ranked(self, vector: NDArray[np.float32], limit: int, allowed: Mask | None) -> Ranked:
        """By cosine; where there is a graph and no filter, among the graph's candidates."""
        table = self._table.c
        apart = table.vector.max_inner_product(vector)  # pgvector has it negative, so that the nearest comes first
        wanted = select(table.position, (-apart).label("cosine")).where(*_among(self._table, allowed)).order_by(apart)
        with _asking(self._engine) as connection:
            connection.execute(text(f"SET LOCAL hnsw.ef_search = {CANDIDATES}"))
            if allowed is not None:  # the graph finds its candidates first and filters them then: too few may be left
                connection.execute(text("SET LOCAL enable_indexscan = off"))
            return sorted(_pairs(connection, wanted.limit(limit)), key=lambda pair: (-pair[1], pair[0]))


def lexemes(document: Document) -> ColumnElement[Any]:
    """The words of a document, those of its title and heading marked."""
    parts = (("A", document.title), ("B", document.section), ("D", document.text))
    marked = [func.setweight(func.to_tsvector(_english(), said), mark) for mark, said in parts]
    return reduce(lambda one, other: one.op("||")(other), marked)


def _english() -> ColumnElement[Any]:
    return cast(literal("english"), REGCONFIG)


def _among(table: Table, allowed: Mask | None) -> list[ColumnElement[bool]]:
    if allowed is None:
        return []
    bits = np.packbits(allowed, bitorder="little").tobytes()  # as `get_bit` counts them
    return [func.get_bit(literal(bits, LargeBinary), table.c.position) == 1]


def _pairs(connection: Connection, wanted: Any) -> Ranked:
    return [(int(position), float(score)) for position, score in connection.execute(wanted)]


@contextmanager
def _asking(engine: Engine) -> Iterator[Connection]:
    try:
        with told_plainly(), engine.begin() as connection:
            yield connection
    except OperatorError as fault:
        if isinstance(fault.__cause__, ProgrammingError):
            raise OperatorError(
                "This version of the corpus was removed, or its index is being made again: open it again.") from fault
        raise
