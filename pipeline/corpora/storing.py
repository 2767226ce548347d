"""Every statement about corpora: versions go in whole, frozen values come out."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, delete, exists, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from pipeline.corpora.versions import Plan
from pipeline.corpora.words import Chunk, Chunking, CorpusView, ModuleReport
from pipeline.reading import LeftOut
from pipeline.tables import CorpusChunkRow, CorpusModuleRow, CorpusVectorRow, CorpusVersionRow

ASKED_AT_ONCE = 500
"""Values in one statement: SQLite's older builds take 999."""
STORED = np.dtype("<f4")
Question = TypeVar("Question", bound=Select[Any])
REVISION_CHARACTERS, LANGUAGE_CHARACTERS = 500, 64


class Made(NamedTuple):
    """How a version came about."""

    by: str
    at: datetime
    seconds: float
    embedded: int


def known_digests(session: Session, embedder: str, digests: Collection[str]) -> set[str]:
    """Which of these texts this model has embedded before."""
    column, found = CorpusVectorRow.digest, set[str]()
    for some in _parts(digests):
        found.update(session.scalars(select(column).where(CorpusVectorRow.embedder == embedder, column.in_(some))))
    return found


def keep_vectors(session: Session, embedder: str, digests: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """Write these vectors; what somebody else has written meanwhile stays."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    rows = [{"embedder": embedder, "digest": digest, "vector": vector.astype(STORED).tobytes()}
            for digest, vector in zip(digests, vectors, strict=True)]
    session.execute(dialect.insert(CorpusVectorRow).on_conflict_do_nothing(), rows)


def write_version(session: Session, plan: Plan, made: Made) -> None:
    """The whole version in the transaction of this session."""
    book = plan.book
    session.execute(insert(CorpusVersionRow), [{
        "version": plan.version, "name": plan.name, "title": book.title, "language": book.language[:LANGUAGE_CHARACTERS],
        "subject": plan.subject, "grades": list(plan.grades), "inferred": list(plan.inferred), "licence": book.licence,
        "licence_url": book.licence_url, "attribution": book.attribution, "noncommercial": book.noncommercial,
        "source": book.source, "revision": book.revision[:REVISION_CHARACTERS], "embedder": plan.embedder,
        "size_words": plan.settings.size_words, "overlap_words": plan.settings.overlap_words, "chunks": len(plan.chunks),
        "embedded": made.embedded, "seconds": made.seconds, "ingested_by": made.by, "ingested_at": made.at,
    }])
    session.execute(insert(CorpusModuleRow), [
        {"version": plan.version, "position": position, "words_left_out": report.words_left_out, **report.model_dump(mode="json")}
        for position, report in enumerate(plan.modules)])
    session.execute(insert(CorpusChunkRow), [
        {"version": plan.version, "position": position, "module": chunk.module, "chunk_id": chunk.chunk_id,
         "section": chunk.section, "kind": chunk.kind, "text": chunk.text, "overlap": chunk.overlap, "digest": chunk.digest}
        for position, chunk in enumerate(plan.chunks)])


def put_forward(session: Session, version: str, at: datetime) -> bool:
    """Make this version the one that its name means, where it is there."""
    row = session.get(CorpusVersionRow, version)
    if row is not None and version != _newest(session, row.name):
        row.ingested_at = at
    return row is not None


def views(session: Session, *, name: str | None = None) -> Iterator[CorpusView]:
    """Every version, by name, and the newest first; of one corpus or of all."""
    counted = select(
        CorpusModuleRow.version.label("of"), func.count().label("modules"), func.sum(CorpusModuleRow.words_in).label("came"),
        func.sum(CorpusModuleRow.words_found).label("found"), func.sum(CorpusModuleRow.words_apart).label("apart"),
        func.sum(CorpusModuleRow.words_left_out).label("out")).group_by(CorpusModuleRow.version).subquery()
    wanted = _by_age(select(CorpusVersionRow, counted).join(counted, counted.c.of == CorpusVersionRow.version))
    before = ""
    for row, _, modules, *words in session.execute(wanted.where(CorpusVersionRow.name == name) if name else wanted):
        yield _view(row, modules, words, newest=row.name != before)
        before = row.name


def modules(session: Session, version: str) -> list[ModuleReport]:
    """What became of the words of each module."""
    rows = session.scalars(select(CorpusModuleRow).where(CorpusModuleRow.version == version).order_by(CorpusModuleRow.position))
    return [ModuleReport(
        module_key=row.module_key, title=row.title, chapter=row.chapter, chapter_title=row.chapter_title, kind=row.kind,
        chunks=row.chunks, words_in=row.words_in, words_found=row.words_found, words_apart=row.words_apart,
        left_out=tuple(LeftOut.model_validate(piece) for piece in row.left_out)) for row in rows]


def chunks(session: Session, view: CorpusView, ids: Collection[str] | None = None) -> list[Chunk]:
    """The chunks of a version in the order of the book; all, or those with these ids."""
    wanted = select(CorpusChunkRow, CorpusModuleRow).join(
        CorpusModuleRow, (CorpusModuleRow.version == CorpusChunkRow.version) & (CorpusModuleRow.position == CorpusChunkRow.module)
    ).where(CorpusChunkRow.version == view.version).order_by(CorpusChunkRow.position)
    if ids is None:
        return [_chunk(view, *row) for row in session.execute(wanted)]
    return [_chunk(view, *row) for some in _parts(sorted(set(ids)))
            for row in session.execute(wanted.where(CorpusChunkRow.chunk_id.in_(some)))]


def vectors(session: Session, view: CorpusView) -> NDArray[np.float32]:
    """The vectors of a version, a row for each chunk; empty when one is missing."""
    rows = session.scalars(
        select(CorpusVectorRow.vector).join(CorpusChunkRow, CorpusChunkRow.digest == CorpusVectorRow.digest)
        .where(CorpusChunkRow.version == view.version, CorpusVectorRow.embedder == view.embedder)
        .order_by(CorpusChunkRow.position)).all()
    if len(rows) != view.chunks:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(rows), dtype=STORED).reshape(len(rows), -1).astype(np.float32, copy=False)


def drop_version(session: Session, version: str) -> None:
    """Take a version away, and the vectors that no other version uses."""
    own, other = aliased(CorpusChunkRow), aliased(CorpusChunkRow)
    used = exists().where(other.digest == CorpusVectorRow.digest, other.version != version)
    session.execute(delete(CorpusVectorRow).where(
        CorpusVectorRow.digest.in_(select(own.digest).where(own.version == version)), ~used,
    ).execution_options(synchronize_session=False))
    session.execute(delete(CorpusVersionRow).where(CorpusVersionRow.version == version))


def _newest(session: Session, name: str) -> str | None:
    found: str | None = session.scalar(
        _by_age(select(CorpusVersionRow.version).where(CorpusVersionRow.name == name)).limit(1))
    return found


def _parts(values: Collection[str]) -> Iterator[list[str]]:
    held = list(values)
    return (held[start:start + ASKED_AT_ONCE] for start in range(0, len(held), ASKED_AT_ONCE))


def _by_age(wanted: Question) -> Question:
    return wanted.order_by(CorpusVersionRow.name, CorpusVersionRow.ingested_at.desc(), CorpusVersionRow.version)


def _view(row: CorpusVersionRow, modules: int, words: Sequence[int], *, newest: bool) -> CorpusView:
    came, found, apart, out = words
    return CorpusView(
        name=row.name, version=row.version, title=row.title, language=row.language, subject=row.subject,
        grades=tuple(row.grades), inferred=tuple(row.inferred), licence=row.licence, licence_url=row.licence_url,
        attribution=row.attribution, noncommercial=row.noncommercial, source=row.source, revision=row.revision,
        embedder=row.embedder, chunking=Chunking(size_words=row.size_words, overlap_words=row.overlap_words),
        modules=modules, chunks=row.chunks, words_in=came, words_found=found, words_apart=apart, words_left_out=out,
        ingested_by=row.ingested_by, ingested_at=row.ingested_at, seconds=row.seconds, embedded=row.embedded, newest=newest)


def _chunk(view: CorpusView, row: CorpusChunkRow, module: CorpusModuleRow) -> Chunk:
    return Chunk(
        chunk_id=row.chunk_id, corpus=view.name, version=view.version, module_key=module.module_key, chapter=module.chapter,
        chapter_title=module.chapter_title, title=module.title, section=row.section, kind=row.kind, text=row.text,
        overlap=row.overlap, subject=view.subject, grades=view.grades, licence=view.licence, attribution=view.attribution,
        position=row.position)


__all__ = [
    "Made", "chunks", "drop_version", "keep_vectors", "known_digests", "modules", "put_forward", "vectors", "views",
    "write_version",
]
