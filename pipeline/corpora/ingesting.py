"""Book -> version: embed what is new, a batch at a time and kept at once; then write the whole version in one transaction.

Vectors are kept by the digest of their text, so a process that was killed finds what it had embedded, and two that ingest
the same book share the work. No row of the version is written before all its vectors are there.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.corpora import storing
from pipeline.corpora.inferring import infer_grades, infer_subject
from pipeline.corpora.versions import Plan, plan
from pipeline.corpora.words import SHIPPED, Chunking, Grades, IngestStep, Name, Progress
from pipeline.database import told_plainly
from pipeline.errors import BadRequest, OperatorError
from pipeline.organisation import Actor, changing, note
from pipeline.plain import one_line
from pipeline.ports import Embedder
from pipeline.reading import Book

BATCH = 128
"""Texts that are embedded and kept at once: about three seconds of work that a kill may cost."""
ATTEMPTS = 3
SUBJECT_CHARACTERS = 64
NAMES: TypeAdapter[str] = TypeAdapter(Name)
GRADES: TypeAdapter[tuple[int, ...]] = TypeAdapter(Grades)


def planned(
    book: Book, *, name: str, settings: Chunking, embedder: str, subject: str, grades: tuple[int, ...],
    subjects: Mapping[str, str],
) -> Plan:
    """What will be made; what nobody said is inferred. Raises `BadRequest`, and `OperatorError` for a book without text."""
    if name == SHIPPED:
        raise BadRequest("name", f"{SHIPPED} is the name of the topics that ship: choose another.")
    try:
        NAMES.validate_python(name)
    except ValidationError:
        raise BadRequest("name", "must be 1 to 64 lower-case letters, digits, dots, hyphens or underscores.") from None
    try:
        said = GRADES.validate_python(tuple(sorted(set(grades))))
    except ValidationError:
        raise BadRequest("grades", "must be from 1 to 13 (13 is everything after school).") from None
    wanted = one_line("subject", subject, 0, SUBJECT_CHARACTERS)
    inferred = tuple(word for word, given in (("subject", wanted), ("grades", said)) if not given)
    made = plan(book, name=name, settings=settings, embedder=embedder, subject=wanted or infer_subject(book, subjects),
                grades=said or infer_grades(book), inferred=inferred)
    if not made.chunks:
        raise OperatorError(f"{book.source} has no text that could be found: nothing was ingested.")
    return made


class Ingesting:
    """Makes versions in one database."""

    def __init__(self, engine: Engine, embedder: Embedder, folder: Path, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._embedder = embedder
        self._folder = folder
        self._clock = clock

    def run(self, plan: Plan, *, by: Actor, progress: Progress) -> bool:
        """Make the version; False when it was there already. One process of this machine at a time for each name."""
        started = time.monotonic()
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / f"{plan.name}.ingest.lock"), told_plainly():
            if self._is_there(plan, by):
                return False
            embedded = 0
            for _ in range(ATTEMPTS):
                embedded += self._embed(plan, progress)
                if self._finish(plan, by, seconds=time.monotonic() - started, embedded=embedded):
                    return True
        raise OperatorError("Somebody keeps removing what this ingest embeds: run it again when they are done.")

    def _is_there(self, plan: Plan, by: Actor) -> bool:
        with changing(self._engine) as session:
            return storing.put_forward(session, plan.version, self._clock())

    def _embed(self, plan: Plan, progress: Progress) -> int:
        """Embed the texts that this model has not seen; how many they were. The longest go first: batches stay even."""
        texts = {chunk.digest: chunk.embedded for chunk in plan.chunks}
        with Session(self._engine) as session:
            known = storing.known_digests(session, plan.embedder, texts)
        missing = sorted(texts.keys() - known, key=lambda digest: (-len(texts[digest]), digest))
        progress(IngestStep(len(texts) - len(missing), len(texts), "passages embedded"))
        for start in range(0, len(missing), BATCH):
            batch = missing[start:start + BATCH]
            vectors = self._embedder.embed([texts[digest] for digest in batch])
            with changing(self._engine) as session:
                storing.keep_vectors(session, plan.embedder, batch, vectors)
            progress(IngestStep(len(texts) - len(missing) + start + len(batch), len(texts), "passages embedded"))
        return len(missing)

    def _finish(self, plan: Plan, by: Actor, *, seconds: float, embedded: int) -> bool:
        """The version, whole; False when a vector that was there is gone, as when somebody removed another version."""
        digests = {chunk.digest for chunk in plan.chunks}
        with changing(self._engine) as session:
            if storing.known_digests(session, plan.embedder, digests) != digests:
                return False
            if not storing.put_forward(session, plan.version, self._clock()):
                made = storing.Made(by=by.name, at=self._clock(), seconds=seconds, embedded=embedded)
                storing.write_version(session, plan, made)
                facts = {"version": plan.version, "title": plan.book.title, "chunks": len(plan.chunks)}
                note(session, by, "corpus.ingested", "corpus", plan.name, None, facts, at=made.at)
            return True
