"""One system over so many chunks, in a process of its own: python -m tests.bench._retrieval FOLDER COUNT make|ours|bm25s|json;
or the ingest of a book: python -m tests.bench._retrieval BOOK 0 ingest.

`make` writes what the others read. The texts are real: each is half of one passage and half of another of the shipped corpus
and, where it lies beside the checkout, of OpenStax; so words have the frequencies of real text. The vectors are random unit
vectors: a product of a matrix and a vector takes the same time whatever stands in it.
"""

import json
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline import models
from pipeline.config import ROOT, read_settings
from pipeline.corpus.book import read_topics
from pipeline.corpus.chunks import passages_of
from pipeline.evaluation import shared_data
from pipeline.organisation import COMMAND_LINE
from pipeline.providers.embedded.embedder import LocalEmbedder
from pipeline.reading import read
from pipeline.search import (
    Document,
    Fts5Words,
    MatrixVectors,
    MemoryDocuments,
    Searcher,
    write_vectors,
    write_words,
)
from pipeline.wiring import Wiring
from tests.bench.queue import installation

WIDTH, WORDS, WARM, ASKED = 384, 200, 60, 120
JSON_UP_TO = 10_000
"""Above this, cosine over a JSON file takes seconds a query, and its making minutes and gigabytes."""


class Milliseconds(NamedTuple):
    """Of one query."""

    clock: float
    work: float


def main(folder: Path, count: int, system: str) -> None:
    """Print the figures as JSON."""
    began = time.perf_counter()
    if system == "make":
        make(folder, count)
        told = {"seconds": time.perf_counter() - began}
    elif system == "ingest":
        told = ingest(folder)
    else:
        ask = SYSTEMS[system](folder, count)
        told = {"open_s": time.perf_counter() - began, **timed(ask, FEWER.get(system, ASKED))}
    print(json.dumps({**told, "mb": most_mb()}))


def most_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def timed(ask: Callable[[str], object], asked: int) -> dict[str, float]:
    """Milliseconds of a query, on the clock and of all cores' work: first come questions that warm what is kept, then others
    are timed. Where others share the cores only the work says what a query costs.
    """
    lines = (read_settings().data / "evaluation" / "retrieval" / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["text"] for line in lines]
    random.Random(7).shuffle(questions)
    cold = [_ms(ask, question) for question in questions[:min(WARM, asked)]]
    warm = [_ms(ask, question) for question in questions[WARM:WARM + asked]]
    clock = sorted(one.clock for one in warm)
    return {"first_ms": cold[0].clock, "p50_ms": statistics.median(clock), "p95_ms": clock[int(0.95 * len(clock))],
            "work_ms": statistics.median(one.work for one in warm)}


def make(folder: Path, count: int) -> None:
    """The texts, the index of words, the vectors; and for the original's way, up to `JSON_UP_TO`, all vectors as JSON."""
    chunks, dice = list(_passages()), random.Random(1)
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count):
            (title, one), (_, other) = dice.choice(chunks), dice.choice(chunks)
            file.write(json.dumps([f"{number}", title, " ".join(one[: WORDS // 2] + other[WORDS // 2:])]) + "\n")
    write_words(folder / "words.sqlite", _documents(folder))
    rows = np.random.default_rng(1).standard_normal((count, WIDTH), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    write_vectors(folder / "vectors.npy", rows)
    if count <= JSON_UP_TO:
        with (folder / "vectors.json").open("w", encoding="utf-8") as file:
            json.dump([[round(float(x), 6) for x in row] for row in rows], file)


def ingest(book: Path) -> dict[str, float]:
    """The book into an empty installation on SQLite, with the real embedding model: read, cut, embedded, indexed."""
    with installation("sqlite") as settings:
        corpora = Wiring(settings).corpora
        clock, work = time.perf_counter(), time.process_time()
        view = corpora.ingest(read(book), name="physics", by=COMMAND_LINE).view
        return {"seconds": time.perf_counter() - clock, "work": time.process_time() - work, "chunks": view.chunks,
                "words": view.words_in}


def ours(folder: Path, count: int) -> Callable[[str], object]:
    """The default system: the query's embedding, both lists, fusion, duplicates, reasons."""
    embedder = _embedder()
    documents = MemoryDocuments(list(_documents(folder)), embedder=embedder.name)
    searcher = Searcher(documents, Fts5Words.open(folder / "words.sqlite"),
                        MatrixVectors.open(folder / "vectors.npy", rows=count), embedder)
    return searcher.search


def words_of_bm25s(folder: Path, count: int) -> Callable[[str], object]:
    """bm25s alone, as its readme shows it, with stop words and a stemmer: no meaning, no reasons."""
    import bm25s
    import snowballstemmer

    texts = [f"{one.title} {one.text}" for one in _documents(folder)]
    stemmer = snowballstemmer.stemmer("english").stemWords
    retriever = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    retriever.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)

    def ask(question: str) -> object:
        tokens = bm25s.tokenize([question], stopwords="en", stemmer=stemmer, show_progress=False)
        return retriever.retrieve(tokens, k=10, show_progress=False)
    return ask


def cosine_over_json(folder: Path, count: int) -> Callable[[str], object]:
    """The original's way: a list of vectors out of a JSON file, one cosine after the other."""
    embedder = _embedder()
    rows = [np.array(row) for row in json.loads((folder / "vectors.json").read_text(encoding="utf-8"))]

    def ask(question: str) -> object:
        vector = embedder.embed([question])[0]
        cosines = [float(np.dot(row, vector) / (np.linalg.norm(row) * np.linalg.norm(vector))) for row in rows]
        return sorted(range(len(rows)), key=lambda i: -cosines[i])[:10]
    return ask


SYSTEMS: dict[str, Callable[[Path, int], Callable[[str], object]]] = {
    "ours": ours, "bm25s": words_of_bm25s, "json": cosine_over_json}
FEWER = {"json": 10}
"""A query takes so long there that a few are enough."""


def _passages() -> Iterator[tuple[str, Sequence[str]]]:
    """Title and words of real passages, 200 words each."""
    for topic in read_topics(read_settings().data / "corpus"):
        yield from _cut(topic.title, " ".join(passage.text for passage in passages_of(topic)))
    shared = shared_data(ROOT)
    for path in sorted((shared / "openstax").glob("*.tar.gz")) if shared else ():
        for module in read(path).modules:
            yield from _cut(module.title, " ".join(block.text for block in module.blocks))


def _cut(title: str, text: str) -> Iterator[tuple[str, Sequence[str]]]:
    words = text.split()
    for start, end in pairwise(range(0, len(words) + 1, WORDS)):
        yield title, words[start:end]


def _documents(folder: Path) -> Iterator[Document]:
    with (folder / "texts.jsonl").open(encoding="utf-8") as file:
        for name, title, text in map(json.loads, file):
            yield Document(chunk_id=name, module=name, title=title, text=text)


def _embedder() -> LocalEmbedder:
    settings = read_settings()
    return LocalEmbedder(models.find_embedder(settings), threads=settings.threads)


def _ms(ask: Callable[[str], object], question: str) -> Milliseconds:
    clock, work = time.perf_counter(), time.process_time()
    ask(question)
    return Milliseconds((time.perf_counter() - clock) * 1e3, (time.process_time() - work) * 1e3)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
