"""The corpora of one database: books as versions that can be searched, side by side with the topics that ship."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.corpora import storing
from pipeline.corpora.files import FileIndexes
from pipeline.corpora.indexes import Indexes, Lists, Source, document_of, key_of
from pipeline.corpora.ingesting import Ingesting, planned
from pipeline.corpora.postgres import PostgresIndexes
from pipeline.corpora.shipped import Shipped
from pipeline.corpora.words import SHIPPED, Chunk, Chunking, CorpusView, IngestReport, IngestStep, Progress
from pipeline.database import told_plainly
from pipeline.errors import BadRequest, OperatorError
from pipeline.organisation import Actor, Permission, changing, note, require, utc_now
from pipeline.ports import Embedder
from pipeline.reading import Book
from pipeline.search import Judge, MemoryDocuments, Searcher

OPEN_AT_ONCE = 3
"""Indexes that stay open; 100,000 chunks take about 0.4 GB."""
USUAL = Chunking()


class Corpora:
    """Everything about corpora. `embedder` embeds books and queries alike; derived files lie below `home`/corpora."""

    def __init__(
        self, engine: Engine, embedder: Embedder, home: Path, *, shipped: Path | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._engine = engine
        self._embedder = embedder
        self._clock = clock
        self._folder = home / "corpora"
        self._shipped = Shipped(shipped, home / "index.sqlite", embedder) if shipped else None
        self._indexes: Indexes = (
            FileIndexes(self._folder) if engine.dialect.name == "sqlite" else PostgresIndexes(engine))
        self._open: OrderedDict[str, tuple[MemoryDocuments, Lists]] = OrderedDict()
        self._turn = threading.Lock()

    def ingest(
        self, book: Book, *, name: str, by: Actor, settings: Chunking = USUAL, subject: str = "", grades: Sequence[int] = (),
        progress: Progress | None = None,
    ) -> IngestReport:
        """Make the book the newest version of the corpus. It is visible when it is complete, in one moment.

        A text that this model has embedded before is not embedded again; so one that was killed goes on where it stopped.
        Raises `OperatorError`, and `BadRequest` for a name or settings that cannot be.
        """
        require(by, Permission.RETRIEVAL)
        subjects = {} if subject or self._shipped is None else self._shipped.words_by_subject()
        plan = planned(book, name=name, settings=settings, embedder=self._embedder.name, subject=subject,
                       grades=tuple(grades), subjects=subjects)
        self._indexes.ready()
        ingesting = Ingesting(self._engine, self._embedder, self._folder, clock=self._clock)
        new = ingesting.run(plan, by=by, progress=progress or _unheard)
        (progress or _unheard)(IngestStep(len(plan.chunks), len(plan.chunks), "search index"))
        self._parts([self.view(name, plan.version)])
        return self.report(name, plan.version).model_copy(update={"unchanged": not new})

    def all(self) -> list[CorpusView]:
        """The newest version of each corpus, the shipped topics first."""
        with told_plainly(), Session(self._engine) as session:
            return [*self._shipped_views(), *(view for view in storing.views(session) if view.newest)]

    def versions(self, name: str) -> list[CorpusView]:
        """All versions of a corpus, the newest first. Raises `BadRequest` when there is none of this name."""
        if name == SHIPPED and self._shipped:
            return self._shipped_views()
        with told_plainly(), Session(self._engine) as session:
            found = list(storing.views(session, name=name)) if _can_be_stored(name) else []
        if not found:
            raise BadRequest("corpus", f"there is none of the name {name[:64]!r}: see `python -m pipeline corpus list`.")
        return found

    def view(self, name: str, version: str | None = None) -> CorpusView:
        """A version of a corpus, or its newest. Raises `BadRequest`."""
        for view in self.versions(name):
            if version in (None, view.version):
                return view
        raise BadRequest("version", f"{name} has no version {str(version)[:64]!r}.")

    def report(self, name: str, version: str | None = None) -> IngestReport:
        """What became of every word of the book. Raises `BadRequest`."""
        view = self.view(name, version)
        if name == SHIPPED and self._shipped:
            return IngestReport(view=view, modules=self._shipped.modules)
        with told_plainly(), Session(self._engine) as session:
            return IngestReport(view=view, modules=tuple(storing.modules(session, view.version)))

    def remove(self, name: str, version: str | None = None, *, by: Actor) -> list[CorpusView]:
        """Take away a version, or the corpus with all versions; what went. Searchers that are open on SQLite go on."""
        require(by, Permission.RETRIEVAL)
        if name == SHIPPED:
            raise BadRequest("corpus", f"{SHIPPED} is what ships: it cannot be removed.")
        gone = self.versions(name) if version is None else [self.view(name, version)]
        with told_plainly(), changing(self._engine) as session:
            for view in gone:
                storing.drop_version(session, view.version)
                note(session, by, "corpus.removed", "corpus", name, {"version": view.version}, None, at=self._clock())
        self._prune()
        return gone

    def chunks(self, name: str, version: str | None = None, ids: Collection[str] | None = None) -> list[Chunk]:
        """The chunks of a version in the order of the book, or those with these ids. Raises `BadRequest`."""
        view = self.view(name, version)
        if name == SHIPPED and self._shipped:
            return [chunk for chunk in self._shipped.chunks if ids is None or chunk.chunk_id in set(ids)]
        with told_plainly(), Session(self._engine) as session:
            return storing.chunks(session, view, ids)

    def health(self, name: str, version: str | None = None) -> str:
        """What is wrong with the search index; empty when it is whole."""
        return self._indexes.fault(self.view(name, version).version)

    def index_bytes(self, name: str, version: str | None = None) -> int:
        """The size of the search index."""
        return self._indexes.size(self.view(name, version).version)

    def open(self, names: str | Sequence[str], *, version: str | None = None, judge: Judge | None = None) -> Searcher:
        """A searcher over the newest versions of these corpora, or one version of one. Raises `BadRequest`, `OperatorError`."""
        wanted = [names] if isinstance(names, str) else list(dict.fromkeys(names))
        if not wanted:
            raise BadRequest("corpus", "name at least one: see `python -m pipeline corpus list`.")
        documents, lists = self._parts([self.view(name, version) for name in wanted])
        return Searcher(documents, lists.words, lists.vectors, self._embedder, judge)

    def _parts(self, views: Sequence[CorpusView]) -> tuple[MemoryDocuments, Lists]:
        for view in views:
            if view.embedder != self._embedder.name:
                raise OperatorError(
                    f"{view.name} was embedded with {view.embedder} and queries would be with {self._embedder.name}: choose "
                    "the model that it was made with, or ingest it again.")
        key = key_of(tuple(view.version for view in views))
        with self._turn:
            if key in self._open and self._indexes.there(key):
                self._open.move_to_end(key)
                return self._open[key]
            self._open[key] = parts = self._opened(views, key)
            while len(self._open) > OPEN_AT_ONCE:
                self._open.popitem(last=False)
            return parts

    def _opened(self, views: Sequence[CorpusView], key: str) -> tuple[MemoryDocuments, Lists]:
        documents = [document_of(chunk) for view in views for chunk in self.chunks(view.name, view.version)]
        if len(documents) != sum(view.chunks for view in views):
            raise _removed(views)
        versions = tuple(view.version for view in views)
        source = Source(versions=versions, documents=documents, vectors=partial(self._vectors, views))
        return MemoryDocuments(documents, embedder=self._embedder.name, version=key), self._indexes.open(source)

    def _vectors(self, views: Sequence[CorpusView]) -> NDArray[np.float32]:
        return np.concatenate([self._vectors_of(view) for view in views])

    def _vectors_of(self, view: CorpusView) -> NDArray[np.float32]:
        if view.name == SHIPPED and self._shipped:
            return self._shipped.vectors()
        with told_plainly(), Session(self._engine) as session:
            vectors = storing.vectors(session, view)
        if len(vectors) != view.chunks:
            raise _removed([view])
        return vectors

    def _shipped_views(self) -> list[CorpusView]:
        return [self._shipped.view] if self._shipped else []

    def _prune(self) -> None:
        with told_plainly(), Session(self._engine) as session:
            versions = {view.version for view in (*self._shipped_views(), *storing.views(session))}
        with self._turn:
            self._indexes.prune(versions)
            self._open.clear()


def _can_be_stored(name: str) -> bool:
    return name.isascii() and name.isprintable()


def _removed(views: Sequence[CorpusView]) -> OperatorError:
    names = ", ".join(view.name for view in views)
    return OperatorError(f"A version of {names} was removed meanwhile, or its vectors are missing: ingest it again.")


def _unheard(_: IngestStep) -> None:
    """Nobody listens."""
