"""Collections that others have published figures on, where the shared data is present."""

import bm25s
import pytest
import snowballstemmer

from pipeline.config import ROOT
from pipeline.errors import BadRequest
from pipeline.evaluation import Document, Ranking, cisi, evaluate, scifact, shared_data
from tests.evaluation.conftest import ABOUT

SHARED = shared_data(ROOT)
present = pytest.mark.skipif(SHARED is None, reason="the shared data is not beside this checkout: set VIVIDLY_SHARED_DATA")


class Bm25:
    """Lucene's BM25 with an English stemmer, as a system that is evaluated."""

    def __init__(self, documents: tuple[Document, ...], *, k1: float, b: float) -> None:
        self.ids = [each.document_id for each in documents]
        self.index = bm25s.BM25(method="lucene", k1=k1, b=b)
        self.index.index(self.tokens([f"{each.title} {each.text}" for each in documents]), show_progress=False)

    def tokens(self, texts: list[str]):
        stemmer = snowballstemmer.stemmer("english")
        return bm25s.tokenize(texts, stopwords="en", stemmer=stemmer.stemWords, show_progress=False)

    def __call__(self, query: str, limit: int) -> Ranking:
        found, _ = self.index.retrieve(self.tokens([query]), k=limit, show_progress=False)
        return Ranking([self.ids[position] for position in found[0]])


@present
def test_the_published_figure_of_bm25_on_scifact_is_reproduced():
    published = scifact(SHARED)
    assert (len(published.documents), len(published.labelled.queries), len(published.labelled.judgements)) == (5183, 300, 339)
    run = evaluate(published.labelled, {"bm25": Bm25(published.documents, k1=0.9, b=0.4)}, about=ABOUT)
    found = run.system("bm25").measures["nDCG@10"]
    assert 0.676 <= found.mean <= 0.679 and found.n == 300  # BEIR's table, and Anserini's regression: 0.679


@present
def test_cisi_is_read_with_its_judged_queries():
    published = cisi(SHARED)
    assert (len(published.documents), len(published.labelled.queries), len(published.labelled.judgements)) == (1460, 76, 3114)
    assert published.labelled.unjudged == 36
    assert published.documents[0].title == "18 Editions of the Dewey Decimal Classifications"


def test_a_folder_that_lacks_them_is_refused(tmp_path):
    assert shared_data(tmp_path / "checkout", {}) is None
    assert shared_data(tmp_path, {"VIVIDLY_SHARED_DATA": str(tmp_path)}) == tmp_path
    for read in (scifact, cisi):
        with pytest.raises(BadRequest, match="does not hold it whole"):
            read(tmp_path)
