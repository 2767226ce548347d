"""Books that can be searched: cut, embedded, kept as versions, and removed. Knows nothing of how a book is read from files."""

from pipeline.corpora.corpora import Corpora
from pipeline.corpora.coverage import Covered, covered
from pipeline.corpora.words import (
    SHIPPED,
    Chunk,
    Chunking,
    CorpusView,
    IngestReport,
    IngestStep,
    ModuleReport,
    Progress,
)

__all__ = ["SHIPPED", "Chunk", "Chunking", "Corpora", "CorpusView", "Covered", "IngestReport", "IngestStep",
           "ModuleReport", "Progress", "covered"]
