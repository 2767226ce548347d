"""Search: a list by words and a list by meaning, fused as the kind of query asks for, each result explained."""

from pipeline.search.documents import Facets, MemoryDocuments
from pipeline.search.fusion import fuse
from pipeline.search.kinds import kind_of
from pipeline.search.protocols import Documents, Mask, Ranked, Vectors, Words
from pipeline.search.question import Question, content_words, read_question
from pipeline.search.rerank import ModelJudge
from pipeline.search.searcher import Judge, Searcher
from pipeline.search.stemming import Stemmer
from pipeline.search.systems import DEFAULT, SYSTEMS
from pipeline.search.values import Document, Filters, Fusion, Hit, Kind, Results, System
from pipeline.search.vectors import MatrixVectors, write_vectors
from pipeline.search.words import Fts5Words, write_words

__all__ = [
    "DEFAULT", "Document", "Documents", "Facets", "Filters", "Fts5Words", "Fusion", "Hit", "Judge", "Kind",
    "Mask", "MatrixVectors", "MemoryDocuments", "ModelJudge", "Question", "Ranked", "Results", "SYSTEMS",
    "Searcher", "Stemmer", "System", "Vectors", "Words", "content_words", "fuse", "kind_of", "read_question", "write_vectors",
    "write_words",
]
