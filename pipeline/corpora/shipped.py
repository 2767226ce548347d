"""The topics that ship, as a corpus beside the others: read from their files, kept in no table."""

from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.corpora.words import SHIPPED, Chunk, CorpusView, ModuleReport
from pipeline.corpus.book import read_topics
from pipeline.corpus.chunks import passages_of
from pipeline.corpus.library import corpus_version, open_library
from pipeline.domain import Passage
from pipeline.ports import Embedder

TITLE, ATTRIBUTION = "The topics that ship with Vividly Console", "Vividly Console"


class Shipped:
    """The corpus of a folder of topics."""

    def __init__(self, folder: Path, index: Path, embedder: Embedder) -> None:
        self._folder = folder
        self._index = index
        self._embedder = embedder

    @cached_property
    def version(self) -> str:
        """The digest that lessons name it by."""
        return corpus_version(self._folder, self._embedder.name)

    @cached_property
    def chunks(self) -> list[Chunk]:
        """Its passages, with their own ids."""
        passages = [passage for topic in read_topics(self._folder) for passage in passages_of(topic)]
        return [self._chunk(position, passage) for position, passage in enumerate(passages)]

    @cached_property
    def view(self) -> CorpusView:
        """What there is to say of it."""
        words = sum(report.words_in for report in self.modules)
        return CorpusView(
            name=SHIPPED, version=self.version, title=TITLE, language="en", attribution=ATTRIBUTION,
            source="data/corpus", embedder=self._embedder.name, modules=len(self.modules), chunks=len(self.chunks),
            words_in=words, words_found=words, words_apart=0, words_left_out=0)

    @cached_property
    def modules(self) -> tuple[ModuleReport, ...]:
        """A report for each topic: all of its passages can be found."""
        topics: dict[str, list[Chunk]] = {}
        for chunk in self.chunks:
            topics.setdefault(chunk.module_key, []).append(chunk)
        return tuple(_report(chunks) for chunks in topics.values())

    def words_by_subject(self) -> dict[str, str]:
        """Everything it says, by subject."""
        texts: dict[str, list[str]] = {}
        for chunk in self.chunks:
            texts.setdefault(chunk.subject, []).append(f"{chunk.title} {chunk.section} {chunk.text}")
        return {subject: " ".join(parts) for subject, parts in texts.items()}

    def vectors(self) -> NDArray[np.float32]:
        """The very vectors that lessons are made with. Embeds the corpus when it changed."""
        return open_library(self._folder, self._index, self._embedder).vectors

    def _chunk(self, position: int, passage: Passage) -> Chunk:
        return Chunk(
            chunk_id=passage.chunk_id, corpus=SHIPPED, version=self.version, module_key=passage.topic_id, title=passage.title,
            section=passage.section, kind=passage.role.value, text=passage.text, subject=passage.subject.value,
            grades=passage.grades, attribution=ATTRIBUTION, position=position)


def _report(chunks: list[Chunk]) -> ModuleReport:
    words = sum(len(chunk.text.split()) for chunk in chunks)
    return ModuleReport(module_key=chunks[0].module_key, title=chunks[0].title, kind="topic", chunks=len(chunks),
                        words_in=words, words_found=words, words_apart=0)
