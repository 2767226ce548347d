"""Book -> everything that a version of a corpus consists of, before anything is embedded or written."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.corpora.cutting import cut
from pipeline.corpora.words import Chunking, ModuleReport
from pipeline.reading import Book, Module

FORMAT = "1"
"""Of chunks and of what is embedded for them: a version of another format is another version."""
VERSION_CHARACTERS, ID_CHARACTERS = 16, 8


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A chunk without its vector. `digest` is of `embedded`, what the model reads."""

    chunk_id: str
    module: int
    """The position of its module."""
    section: str
    kind: str
    text: str
    overlap: int
    embedded: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A version that can be made."""

    name: str
    version: str
    book: Book
    settings: Chunking
    embedder: str
    subject: str
    grades: tuple[int, ...]
    inferred: tuple[str, ...]
    modules: tuple[ModuleReport, ...]
    chunks: tuple[Prepared, ...]


def embedded_text(title: str, section: str, text: str) -> str:
    """What the model reads of a chunk: its headings say what it is about where the text only says `it`."""
    return ". ".join(part for part in (title, section, text) if part)


def plan(
    book: Book, *, name: str, settings: Chunking, embedder: str, subject: str, grades: tuple[int, ...],
    inferred: tuple[str, ...],
) -> Plan:
    """The version of this book with these settings; the same again is the same version."""
    modules, chunks = [], list[Prepared]()
    for position, module in enumerate(book.modules):
        found = list(_prepared(name, position, module, settings))
        chunks += (chunk for chunk, _ in found)
        modules.append(_report(module, len(found), sum(words for _, words in found)))
    about = (FORMAT, name, embedder, settings.model_dump_json(), subject, repr(grades), repr(inferred),
             book.model_dump_json(exclude={"modules"}), *(report.model_dump_json() for report in modules),
             *(f"{chunk.module} {chunk.kind} {chunk.section} {chunk.digest}" for chunk in chunks))
    version = hashlib.sha256("\0".join(about).encode()).hexdigest()[:VERSION_CHARACTERS]
    return Plan(name=name, version=version, book=book, settings=settings, embedder=embedder, subject=subject, grades=grades,
                inferred=inferred, modules=tuple(modules), chunks=tuple(_told_apart(chunks)))


def _prepared(name: str, position: int, module: Module, settings: Chunking) -> Iterator[tuple[Prepared, int]]:
    for piece in cut(module, settings):
        embedded = embedded_text(module.title, piece.section, piece.text)
        own = hashlib.sha256(piece.text.encode()).hexdigest()[:ID_CHARACTERS]
        yield Prepared(
            chunk_id=f"{name}:{module.key}:{own}", module=position, section=piece.section, kind=piece.kind, text=piece.text,
            overlap=piece.overlap, embedded=embedded, digest=hashlib.sha256(embedded.encode()).hexdigest()), piece.words


def _report(module: Module, chunks: int, words: int) -> ModuleReport:
    return ModuleReport(
        module_key=module.key, title=module.title, chapter=module.chapter, chapter_title=module.chapter_title,
        kind=module.kind.value, chunks=chunks, words_in=module.words_in, words_found=words, words_apart=module.words_apart,
        left_out=module.left_out)


def _told_apart(chunks: list[Prepared]) -> Iterator[Prepared]:
    """The same text twice in one module gets a number behind its id."""
    seen: dict[str, int] = {}
    for chunk in chunks:
        seen[chunk.chunk_id] = times = seen.get(chunk.chunk_id, 0) + 1
        yield chunk if times == 1 else replace(chunk, chunk_id=f"{chunk.chunk_id}-{times}")
