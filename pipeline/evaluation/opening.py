"""What `--corpus` names -> a searcher, and the set in the units of that corpus: passages, or documents of several."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.corpora import Corpora
from pipeline.errors import BadRequest
from pipeline.evaluation.files import read_documents
from pipeline.evaluation.indexing import Hear, index_bytes, open_given
from pipeline.evaluation.sets import RetrievalSet, Unit
from pipeline.ports import Embedder
from pipeline.search import Judge, Searcher

FILES = (".jsonl", ".json", ".ndjson", ".gz")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A corpus that can be evaluated."""

    searcher: Searcher
    labelled: RetrievalSet
    corpus: str
    version: str
    documents: int
    """Passages of a corpus that was ingested, lines of a file."""
    index_bytes: int


def open_corpus(
    corpus: str, labelled: RetrievalSet, *, corpora: Corpora, embedder: Embedder, home: Path, judge: Judge | None = None,
    hear: Hear | None = None,
) -> Opened:
    """The corpus of this name, or of this file of JSON lines. Raises `BadRequest` and `OperatorError`."""
    path = Path(corpus).expanduser()
    if path.is_file() or corpus.endswith(FILES):
        return _file(path, labelled, embedder=embedder, home=home, judge=judge, hear=hear)
    view = corpora.view(corpus)
    chunks = corpora.chunks(corpus, view.version)
    fitted = _fitted(labelled, {chunk.chunk_id for chunk in chunks}, {chunk.module_key for chunk in chunks})
    return Opened(
        searcher=corpora.open(corpus, version=view.version, judge=judge), labelled=fitted, corpus=corpus, version=view.version,
        documents=len(chunks), index_bytes=corpora.index_bytes(corpus, view.version))


def _file(path: Path, labelled: RetrievalSet, *, embedder: Embedder, home: Path, judge: Judge | None,
          hear: Hear | None) -> Opened:
    given = list(read_documents(path))
    fitted = _fitted(labelled, set(), {each.document_id for each in given})
    searcher = open_given(given, embedder=embedder, home=home, judge=judge, hear=hear)
    return Opened(
        searcher=searcher, labelled=fitted, corpus=path.name.encode("utf-8", "replace").decode(), version=searcher.version,
        documents=len(given), index_bytes=index_bytes(searcher, embedder=embedder, home=home))


def _fitted(labelled: RetrievalSet, passages: set[str], documents: set[str]) -> RetrievalSet:
    """The set in the unit that its judgements are in. Raises `BadRequest` where none of them is of this corpus.

    A judged document that the corpus lacks stays in: nothing can find it, and that counts.
    """
    judged = {each.document_id for each in labelled.judgements}
    unit = Unit.PASSAGE if len(judged & passages) > len(judged & documents) else Unit.DOCUMENT
    missing = len(judged - (passages if unit is Unit.PASSAGE else documents))
    if judged and missing == len(judged):
        raise BadRequest("qrels", "none of the judged documents is in this corpus: the ids of both must be the same.")
    notes = (f"{missing} of {len(judged)} judged {unit}s are not in the corpus: nothing can find them.",) if missing else ()
    left = (f"{labelled.unjudged} queries without an answer among the judgements were left out.",) if labelled.unjudged else ()
    return labelled.model_copy(update={"unit": unit, "notes": (*labelled.notes, *notes, *left)})
