"""Vectors, the greatest of many, fusion, filters: arithmetic that holds for any input."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.search import Document, Filters, Fusion, MatrixVectors, MemoryDocuments, fuse, write_vectors
from pipeline.search.best import best

scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=30)
ranked = st.dictionaries(st.integers(0, 30), st.floats(-1, 40, width=32), max_size=20).map(
    lambda found: sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


@settings(deadline=None)
@given(scores, st.integers(0, 35))
def test_the_greatest_are_those_of_a_full_sort(given_scores: list[float], limit: int):
    expected = sorted(enumerate(given_scores), key=lambda pair: (-pair[1], pair[0]))[:limit]
    assert best(np.array(given_scores, dtype=np.float32), limit) == expected


@settings(deadline=None)
@given(ranked, ranked, st.floats(0, 1), st.sampled_from(Fusion))
def test_a_fused_list_holds_each_document_once_in_order(lexical, dense, weight: float, fusion: Fusion):
    fused = fuse(lexical, dense, weight=weight, fusion=fusion)
    positions = [position for position, _ in fused]
    assert len(set(positions)) == len(positions)
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)
    assert all(-1e-9 <= score <= 1 + 1e-9 for _, score in fused)


@settings(deadline=None)
@given(ranked, ranked, st.sampled_from(Fusion))
def test_a_weight_of_one_is_the_words_alone_and_of_nothing_the_vectors(lexical, dense, fusion: Fusion):
    assert {position for position, _ in fuse(lexical, dense, weight=1.0, fusion=fusion)} == {p for p, _ in lexical}
    assert {position for position, _ in fuse(lexical, dense, weight=0.0, fusion=fusion)} == {p for p, _ in dense}


def test_reciprocal_rank_is_as_published():
    fused = dict(fuse([(7, 9.0), (8, 1.0)], [(8, 0.9)], weight=0.5, fusion=Fusion.RRF))
    assert fused == {7: pytest.approx(0.5 / 61), 8: pytest.approx(0.5 / 62 + 0.5 / 61)}


def test_min_max_puts_each_list_between_nothing_and_one():
    fused = dict(fuse([(1, 30.0), (2, 20.0), (3, 10.0)], [(3, 0.9), (1, 0.1)], weight=0.4, fusion=Fusion.MINMAX))
    assert fused == {1: pytest.approx(0.4), 2: pytest.approx(0.2), 3: pytest.approx(0.6)}


def test_vectors_are_ranked_by_cosine_within_the_filter():
    vectors = MatrixVectors(np.eye(4, dtype=np.float32))
    query = np.array([0.1, 0.9, 0.3, 0.2], dtype=np.float32)
    assert [position for position, _ in vectors.ranked(query, 2, None)] == [1, 2]
    assert [position for position, _ in vectors.ranked(query, 9, np.array([True, False, False, True]))] == [3, 0]


@pytest.mark.parametrize("content", [b"", b"not an array", b"\x93NUMPY cut"])
def test_a_damaged_matrix_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "vectors.npy"
    write_vectors(path, np.eye(3, dtype=np.float32))
    assert MatrixVectors.open(path, rows=3).ranked(np.array([0, 1, 0], dtype=np.float32), 1, None) == [(1, 1.0)]
    with pytest.raises(ValueError, match="does not hold 4 vectors"):
        MatrixVectors.open(path, rows=4)
    path.write_bytes(content)
    with pytest.raises((ValueError, OSError)):
        MatrixVectors.open(path, rows=3)


@pytest.mark.parametrize(("filters", "found"), [
    (Filters(), None),
    (Filters(subject="physics"), [True, False, False]),
    (Filters(corpora=("book", "nowhere")), [False, True, True]),
    (Filters(licences=("CC BY 4.0",)), [True, True, False]),
    (Filters(modules=("m2",)), [False, False, True]),
    (Filters(grade=6), [True, False, True]),  # nine is three grades away; no grades suit every grade
    (Filters(grade=6, subject="sociology"), [False, False, False]),
])
def test_filters_let_through_what_fits(filters: Filters, found: list[bool] | None):
    documents = MemoryDocuments([
        Document(chunk_id="a", module="m0", title="", text="", corpus="vividly", licence="CC BY 4.0", subject="physics", grades=(9, 10)),
        Document(chunk_id="b", module="m1", title="", text="", corpus="book", licence="CC BY 4.0", subject="sociology", grades=(12,)),
        Document(chunk_id="c", module="m2", title="", text="", corpus="book", licence="CC BY-NC 4.0"),
    ], embedder="m")
    mask = documents.allowed(filters)
    assert mask is None if found is None else mask is not None and mask.tolist() == found
