"""BM25 alone over documents, every field weighing the same: what published figures are compared with. Needs no model."""

from collections.abc import Sequence

from pipeline.evaluation.files import Document as Given
from pipeline.evaluation.rankers import Ranker, Ranking
from pipeline.search import Document, Fts5Words, content_words

ALIKE = (1.0, 1.0, 1.0)
"""Title, section and text."""


def plain_bm25(given: Sequence[Given]) -> Ranker:
    """The ranker over these documents, indexed in memory."""
    return _PlainBM25(given)


class _PlainBM25:
    """`Ranker`."""

    def __init__(self, given: Sequence[Given]) -> None:
        self._ids = [each.document_id for each in given]
        self._words = Fts5Words.of(
            [Document(chunk_id=each.document_id, module=each.document_id, title=each.title, text=each.text) for each in given],
            columns=ALIKE)

    def __call__(self, query: str, limit: int) -> Ranking:
        """As `Ranker`."""
        return Ranking([self._ids[position] for position, _ in self._words.ranked(content_words(query), limit, None)])
